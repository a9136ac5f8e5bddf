import { stringifySetCookie } from 'cookie';
import { COOKIE_ATTRIBUTES } from '../../options/cookie/cookie-attributes.js';
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
  const names = COOKIE_ATTRIBUTES.filter((attribute) => attributes[attribute] !== undefined);
  const own = Object.fromEntries(names.map((attribute) => [attribute, attributes[attribute]]));
  const { originalMaxAge } = attributes;
  if (originalMaxAge === null) return stringifySetCookie({ name, value, ...own });
  // Rounded up: what is left of a second must not become a cookie that is to be dropped at once.
  const maxAge = Math.max(0, Math.ceil(originalMaxAge / 1_000));
  const expires = new Date(now + originalMaxAge);
  return stringifySetCookie({ name, value, ...own, maxAge, expires });
}

/** The `Set-Cookie` value that makes the browser forget its session cookie. */
export function clearingCookie(name: string, attributes: CookieAttributes): string {
  return setCookie(name, '', { ...attributes, originalMaxAge: 0 }, 0);
}
