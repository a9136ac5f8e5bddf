import session from 'express-session';
import type { Cookie } from 'express-session';
import { COOKIE_ATTRIBUTES, isSameCookie } from '../../options/cookie/cookie-attributes.js';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';

/** A cookie of express-session's class with these attributes. */
export function createCookie(attributes: CookieAttributes): session.Cookie {
  const { originalMaxAge } = attributes;
  const cookie: session.Cookie = Reflect.construct(session.Cookie, []);
  for (const name of COOKIE_ATTRIBUTES) {
    const value = attributes[name];
    if (value !== undefined) Reflect.set(cookie, name, value);
  }
  if (originalMaxAge !== null) cookie.maxAge = originalMaxAge;
  cookie.originalMaxAge = originalMaxAge;
  return cookie;
}

/** The attributes of a session's cookie as they are now. */
export function cookieAttributesOf(cookie: session.Cookie): CookieAttributes {
  const { originalMaxAge, path, domain, httpOnly, secure, sameSite } = cookie;
  const { partitioned, priority } = withNewerAttributes(cookie);
  return {
    // `cookie.expires = false` makes it false.
    originalMaxAge: typeof originalMaxAge === 'number' ? originalMaxAge : null,
    path,
    domain,
    httpOnly,
    secure: secure === 'auto' ? undefined : secure,
    sameSite,
    partitioned,
    priority,
  };
}

/** express-session knows these two attributes; its published types do not yet. */
function withNewerAttributes(
  cookie: session.Cookie & Pick<session.CookieOptions, 'partitioned' | 'priority'>,
): Pick<session.CookieOptions, 'partitioned' | 'priority'> {
  return cookie;
}

/** Gives the cookie of a session object these attributes, with a lifetime that begins now. */
export function renewCookie(object: object, attributes: CookieAttributes): void {
  const cookie = cookieIn(object);
  const isSame = cookie !== undefined && isSameCookie(cookieAttributesOf(cookie), attributes);
  if (!isSame) Reflect.set(object, 'cookie', createCookie(attributes));
  else if (attributes.originalMaxAge !== null) cookie.maxAge = attributes.originalMaxAge;
}

/**
 * The cookie of what the application has as its session, if it has one. A plain object in its place
 * does not count: data of a request may have been assigned to the session, and must not decide how
 * long it lives, or who may read its cookie.
 */
export function cookieIn(object: object): Cookie | undefined {
  return 'cookie' in object && isCookie(object.cookie) ? object.cookie : undefined;
}

function isCookie(value: unknown): value is Cookie {
  return value instanceof session.Cookie || isOfOtherCopy(value);
}

/** The application may have another copy of express-session. Plain data never has accessors in a class. */
function isOfOtherCopy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return ['data', 'expires', 'maxAge'].every((name) => {
    const accessor = Object.getOwnPropertyDescriptor(Object(prototype), name);
    return accessor?.get !== undefined;
  });
}
