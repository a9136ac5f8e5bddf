import { stringifySetCookie } from 'cookie';
import type { SetCookie } from 'cookie';
import { COOKIE_ATTRIBUTES } from '../../options/cookie/cookie-attributes.js';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';

/**
 * Returns a `Set-Cookie` value (RFC 6265bis, 4.1). A lifetime is given twice: `Max-Age` means the same to
 * every client, whatever its clock says, and `Expires` is for clients that know only that.
 * @param now by the clock of the server, in epoch milliseconds
 * @param encode turns the value into a text that a cookie can hold
 */
export function setCookie(
  name: string,
  value: string,
  attributes: CookieAttributes,
  now: number,
  encode: (value: string) => string = encodeURIComponent,
): string {
  const { originalMaxAge } = attributes;
  const expires = originalMaxAge === null ? undefined : toSecond(now + originalMaxAge);
  const known =
    latest?.expires === expires && isEqual(latest?.attributes, attributes) ? latest : undefined;
  latest = known ?? { attributes, expires, text: textOf(attributes, expires) };
  return stringifySetCookie({ name, value }, { encode }) + latest.text;
}

/** The attributes of the cookie that was sent last: within one second, nearly all are the same. */
let latest:
  | {
      readonly attributes: CookieAttributes;
      readonly expires: number | undefined;
      readonly text: string;
    }
  | undefined;

function isEqual(one: CookieAttributes | undefined, other: CookieAttributes): boolean {
  return (
    one !== undefined &&
    one.originalMaxAge === other.originalMaxAge &&
    COOKIE_ATTRIBUTES.every((name) => one[name] === other[name])
  );
}

/** Rounds down to a second, since `Expires` is no more exact. */
function toSecond(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}

/** Returns what follows the value: `; Max-Age=60; Path=/`. */
function textOf(attributes: CookieAttributes, expires: number | undefined): string {
  const { path = '', domain = '', priority, originalMaxAge } = attributes;
  const { httpOnly = false, secure = false, sameSite = false, partitioned = false } = attributes;
  const name = 'of-any-name';
  const cookie: SetCookie = {
    name,
    value: '',
    path,
    domain,
    httpOnly,
    secure,
    sameSite,
    partitioned,
  };
  if (priority !== undefined) cookie.priority = priority;
  if (originalMaxAge !== null && expires !== undefined) {
    // Rounded up: what is left of a second must not become a cookie that is to be dropped at once.
    cookie.maxAge = Math.max(0, Math.ceil(originalMaxAge / 1_000));
    cookie.expires = new Date(expires);
  }
  return stringifySetCookie(cookie).slice(`${name}=`.length);
}

/** Returns the `Set-Cookie` value that makes the browser forget its session cookie. */
export function clearingCookie(name: string, attributes: CookieAttributes): string {
  return setCookie(name, '', { ...attributes, originalMaxAge: 0 }, 0);
}
