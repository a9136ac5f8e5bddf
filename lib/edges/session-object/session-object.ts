import session from 'express-session';
import { brand } from '../../copies/brand.js';
import type { SessionAttributes } from '../../session/attributes.js';
import { COOKIE_ATTRIBUTES } from '../../session/token/session-cookie.js';
import { isSameJson } from '../../session/merge.js';
import type { CookieAttributes } from '../../session/record/session-record.js';
import type { NativeRequest } from '../../options/session-settings.js';

/** The session's id as its owner has it now: rotation changes it in place. */
export interface SessionIdentity {
  readonly id: string;
  /** The session's public name; `undefined` until somebody asks. */
  handle?: string | undefined;
}

/** What an application knows as its session: express-session's object, with the augmented data. */
export type Session = session.Session & Partial<session.SessionData>;

/**
 * The object behind {@link Session}: an express-session `Session`, with that class's
 * own methods, whose `id` follows its identity. express-session's constructor would freeze the id,
 * so that a rotated session had to become another object, and writes to the first one got lost.
 */
export class LiveSession {
  static {
    brand(this, 'Session');
  }

  cookie: session.Cookie;
  readonly #identity: SessionIdentity;
  readonly #request: NativeRequest;

  constructor(
    identity: SessionIdentity,
    request: NativeRequest,
    cookie: session.Cookie,
    attributes: SessionAttributes,
  ) {
    this.cookie = cookie;
    this.#identity = identity;
    this.#request = request;
    assign(this, attributes);
  }

  get id(): string {
    return this.#identity.id;
  }

  get req(): NativeRequest {
    return this.#request;
  }
}

Object.setPrototypeOf(LiveSession.prototype, session.Session.prototype);
// What a debugger or console.log() shows of it.
Object.defineProperty(LiveSession, 'name', { value: 'Session' });

/** True for what an application may use as its session. */
export function isSession(value: unknown): value is Session {
  return value instanceof session.Session || value instanceof LiveSession;
}

/** The attributes a session object holds now. */
export function attributesOf(live: object): SessionAttributes {
  const attributes: SessionAttributes = {};
  for (const name of Object.keys(live)) {
    if (name === 'cookie') continue;
    const value: unknown = Reflect.get(live, name);
    // Assigned, it would become the prototype of the copy, and not be seen.
    if (name === '__proto__') Object.defineProperty(attributes, name, { value, enumerable: true });
    else attributes[name] = value;
  }
  return attributes;
}

/**
 * Makes a session object hold exactly these attributes, in this order, by which it is compared with
 * what is stored. The value of one that says the same already is left, since the application may
 * hold a reference to it.
 */
export function fill(live: object, attributes: SessionAttributes): void {
  const now = attributesOf(live);
  for (const name of Object.keys(now)) Reflect.deleteProperty(live, name);
  for (const [name, value] of Object.entries(attributes)) {
    const isSame = now[name] === value || isSameJson(value, now[name]);
    assign(live, { [name]: isSame ? now[name] : value });
  }
}

/** As express-session does, a name that the session object has as a method is left out. */
function assign(live: object, attributes: SessionAttributes): void {
  const hasMethod = (name: string): boolean => name in live && !Object.hasOwn(live, name);
  if (!Object.keys(attributes).some(hasMethod)) Object.assign(live, attributes);
  else
    for (const [name, value] of Object.entries(attributes))
      if (!hasMethod(name)) Reflect.set(live, name, value);
}

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
