import type { CookieAttributes } from './cookie-attributes.js';
import { needsInWords, prefixOf, unmetNeed } from './cookie-prefix.js';

/** Half the range of a `Date`, so that the sum of a time and a lifetime is still a date. */
const MAX_TIME = 4.32e15;

/** For how many days a browser keeps a cookie at most (RFC 6265bis, 5.5). */
export const MAX_COOKIE_DAYS = 400;

/** True for a time or a duration, in milliseconds, that is within the range of dates. */
export function isTime(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= MAX_TIME; // false for NaN
}

/** True for a valid value of `Path=` (RFC 6265bis, 4.1.1): no control characters, no semicolon. */
export function isCookiePath(path: string): boolean {
  return path === '/' || /^[\x20-\x3a\x3d-\x7e]*$/.test(path);
}

/** True for a valid value of `Domain=`: labels of letters, digits and hyphens between dots, or nothing. */
export function isCookieDomain(domain: string): boolean {
  return (
    domain === '' || /^\.?[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(domain)
  );
}

const SAME_SITES = new Set<unknown>([undefined, null, true, false, 'lax', 'strict', 'none']);
const PRIORITIES = new Set<unknown>([undefined, null, 'low', 'medium', 'high']);

/** Returns the attribute that a cookie cannot carry or browsers refuse; `undefined` if it can be sent. */
export function unsendable(
  cookie: CookieAttributes,
  cookieName: string,
): { name: string; is: string } | undefined {
  const { originalMaxAge, path, domain, sameSite, priority, secure, partitioned } = cookie;
  if (originalMaxAge !== null && !isTime(originalMaxAge)) {
    return { name: 'maxAge', is: 'not a time that a date can hold' };
  }
  if (path && !isCookiePath(path)) return { name: 'path', is: 'not a valid cookie path' };
  if (domain && !isCookieDomain(domain)) return { name: 'domain', is: 'not a valid cookie domain' };
  if (!SAME_SITES.has(inLowerCase(sameSite))) {
    return { name: 'sameSite', is: "not one of true, false, 'lax', 'strict' and 'none'" };
  }
  if (!PRIORITIES.has(inLowerCase(priority))) {
    return { name: 'priority', is: "not one of 'low', 'medium' and 'high'" };
  }
  const prefix = prefixOf(cookieName);
  const unmet = prefix && unmetNeed(prefix, cookie);
  if (unmet) return { name: unmet, is: `refused by browsers, since ${needsInWords(prefix)}` };
  if (secure === true) return undefined;
  if (inLowerCase(sameSite) === 'none') return { name: 'sameSite', is: UNSAFE };
  return partitioned === true ? { name: 'partitioned', is: UNSAFE } : undefined;
}

const UNSAFE = 'refused by browsers, since it needs cookie.secure: true';

function inLowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
