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

/** The attributes of a session's cookie as they stand, whatever kind of object it is. */
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

/** Has the cookie of a session object say these attributes, and that its lifetime begins now. */
export function renewCookie(object: object, attributes: CookieAttributes): void {
  const cookie = cookieIn(object);
  const isSame = cookie !== undefined && isSameCookie(cookieAttributesOf(cookie), attributes);
  if (!isSame) Reflect.set(object, 'cookie', createCookie(attributes));
  else if (attributes.originalMaxAge !== null) cookie.maxAge = attributes.originalMaxAge;
}

/**
 * The cookie of what the application has as its session, if it is one. A plain object in its place is
 * none: data that came with a request may have been assigned to the session, and must not say for how
 * long it lives, nor who may read its cookie.
 */
export function cookieIn(object: object): Cookie | undefined {
  return 'cookie' in object && isCookie(object.cookie) ? object.cookie : undefined;
}

function isCookie(value: unknown): value is Cookie {
  return value instanceof session.Cookie || isOfOtherCopy(value);
}

/** An application may have a copy of express-session of its own. Data have no class with accessors. */
function isOfOtherCopy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return ['data', 'expires', 'maxAge'].every((name) => {
    const accessor = Object.getOwnPropertyDescriptor(Object(prototype), name);
    return accessor?.get !== undefined;
  });
}
