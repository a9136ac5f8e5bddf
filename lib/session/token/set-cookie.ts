import { stringifySetCookie } from 'cookie';
import { COOKIE_ATTRIBUTES } from '../../options/cookie/cookie-attributes.js';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';

/** A `Set-Cookie` value (RFC 6265bis, 4.1). */
export function setCookie(
  name: string,
  value: string,
  attributes: CookieAttributes,
  expires: Date | undefined,
): string {
  const names = COOKIE_ATTRIBUTES.filter((attribute) => attributes[attribute] !== undefined);
  const own = Object.fromEntries(names.map((attribute) => [attribute, attributes[attribute]]));
  return stringifySetCookie({ name, value, ...own, ...(expires && { expires }) });
}

/** The `Set-Cookie` value that makes the browser forget its session cookie. */
export function clearingCookie(name: string, attributes: CookieAttributes): string {
  return setCookie(name, '', attributes, new Date(0));
}
