import session from 'express-session';
import type { Cookie } from 'express-session';
import { isSameCookie } from '../../options/cookie/cookie-attributes.js';
import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';

/** Creates a cookie of express-session's class with these attributes. */
export function createCookie(attributes: CookieAttributes): session.Cookie {
  const { originalMaxAge, path, domain, httpOnly, secure, sameSite } = attributes;
  const { partitioned, priority } = attributes;
  // One by one: a loop over their names takes three times as long, in nearly every request.
  const cookie = withNewerAttributes(new session.Cookie());
  if (path !== undefined) cookie.path = path;
  if (domain !== undefined) cookie.domain = domain;
  if (httpOnly !== undefined) cookie.httpOnly = httpOnly;
  if (secure !== undefined) cookie.secure = secure;
  if (sameSite !== undefined) cookie.sameSite = sameSite;
  if (partitioned !== undefined) cookie.partitioned = partitioned;
  if (priority !== undefined) cookie.priority = priority;
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
): session.Cookie & Pick<session.CookieOptions, 'partitioned' | 'priority'> {
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
 * Returns the cookie of what the application has as its session, if it has one. A plain object in its place
 * does not count: data of a request may have been assigned to the session, and must not decide how long it
 * lives, or who may read its cookie.
 */
export function cookieIn(object: object): Cookie | undefined {
  return 'cookie' in object && isCookie(object.cookie) ? object.cookie : undefined;
}

function isCookie(value: unknown): value is Cookie {
  return value instanceof session.Cookie || isOfOtherCopy(value);
}

/** True for a cookie of another copy of express-session. Plain data never has accessors in a class. */
function isOfOtherCopy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return ['data', 'expires', 'maxAge'].every((name) => {
    const accessor = Object.getOwnPropertyDescriptor(Object(prototype), name);
    return accessor?.get !== undefined;
  });
}
