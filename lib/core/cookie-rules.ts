import { UnserialisableAttributeError } from './session-errors.js';
import type { CookieAttributes } from './session-record.js';

/** Half of what a `Date` reaches, so that the sum of a time and a lifetime still is a date. */
const MAX_TIME = 4.32e15;

/** True for milliseconds that stand for a time, or a length of time, that a date can hold. */
export function isTime(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= MAX_TIME; // false for NaN
}

/** True for what `Path=` can carry (RFC 6265bis, 4.1.1): no control characters, no semicolon. */
export function isCookiePath(path: string): boolean {
  return path === '/' || /^[\x20-\x3a\x3d-\x7e]*$/.test(path);
}

/** True for what `Domain=` can carry: labels of letters, digits and hyphens, between dots. Empty: none. */
export function isCookieDomain(domain: string): boolean {
  return (
    domain === '' || /^\.?[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(domain)
  );
}

/** @throws UnserialisableAttributeError naming what the application gave its cookie and no cookie can be */
export function refuseUnsendable({ originalMaxAge, path, domain }: CookieAttributes): void {
  if (originalMaxAge !== null && !isTime(originalMaxAge)) {
    throw new UnserialisableAttributeError('cookie.maxAge', 'no time that a date can hold');
  }
  if (path !== undefined && !isCookiePath(path)) {
    throw new UnserialisableAttributeError('cookie.path', 'no path of a cookie');
  }
  if (domain !== undefined && !isCookieDomain(domain)) {
    throw new UnserialisableAttributeError('cookie.domain', 'no domain of a cookie');
  }
}
