import type { CookieAttributes, CookieSettings } from '../options/cookie/cookie-attributes.js';
import type { SessionAttributes } from './data/attributes.js';

/** The session's id as its owner has it now: rotation changes it in place. */
export interface SessionIdentity {
  readonly id: string;
  /** The session's public name; `undefined` until somebody asks. */
  handle?: string | undefined;
}

/**
 * The port to the platform that a request came by: what the lifecycle asks of it. In return the edge
 * gets a `RequestSession`, which it settles before it answers.
 */
export interface SessionEdge {
  readonly cookieHeader: string | undefined;
  /** The cookie as it is configured for this request. */
  readonly cookie: CookieSettings;
  readonly isSecure: boolean;
  /** The client's address. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  /** The platform's request object, by which a session store may be asked for the same request. */
  readonly request: object;
  /** A fresh session id, by the `genid` option. */
  generateId(): string;
  /** How the application's session objects are made and read. */
  readonly objects: SessionObjects;
}

/** The objects that an application has as its session: how the lifecycle makes, reads and fills them. */
export interface SessionObjects {
  /** @param request what the session knows as its request */
  create(
    identity: SessionIdentity,
    request: object,
    cookie: CookieAttributes,
    attributes: SessionAttributes,
  ): object;
  /** Also of an object that the application put in the place of its session. */
  attributesOf(object: object): SessionAttributes;
  /** Makes an object hold exactly these attributes. */
  fill(object: object, attributes: SessionAttributes): void;
  /** The attributes of its cookie; `undefined` where it has none that counts. */
  cookieOf(object: object): CookieAttributes | undefined;
  /** Has its cookie say these attributes, and that its lifetime begins now. */
  renewCookie(object: object, cookie: CookieAttributes): void;
}

/** Where users of a request find its session, and may take it away. */
export interface SessionBinding {
  /** Takes note of a session that was taken away, or of what was put in its place. */
  sync(): void;
}
