import { stringifySetCookie } from 'cookie';
import type { SetCookie } from 'cookie';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';

/**
 * A `Set-Cookie` value (RFC 6265bis, 4.1). A lifetime is given twice: `Max-Age` means the same to every
 * client, whatever its clock says, and `Expires` is for whoever knows only that.
 * @param now by the clock of the server, in epoch milliseconds
 */
export function setCookie(
  name: string,
  value: string,
  attributes: CookieAttributes,
  now: number,
): string {
  const { path = '', domain = '', priority, originalMaxAge } = attributes;
  const { httpOnly = false, secure = false, sameSite = false, partitioned = false } = attributes;
  const cookie: SetCookie = { name, value, path, domain, httpOnly, secure, sameSite, partitioned };
  if (priority !== undefined) cookie.priority = priority;
  if (originalMaxAge !== null) {
    // Rounded up: what is left of a second must not become a cookie that is to be dropped at once.
    cookie.maxAge = Math.max(0, Math.ceil(originalMaxAge / 1_000));
    cookie.expires = new Date(now + originalMaxAge);
  }
  return stringifySetCookie(cookie);
}

/** The `Set-Cookie` value that makes the browser forget its session cookie. */
export function clearingCookie(name: string, attributes: CookieAttributes): string {
  return setCookie(name, '', { ...attributes, originalMaxAge: 0 }, 0);
}
