import type { CookieAttributes, CookieSettings } from '../options/cookie/cookie-attributes.js';
import type { SessionAttributes } from './data/attributes.js';
import type { RequestOrigin } from './origin/request-origin.js';

/**
 * The session's present id: a rotation changes it in place. A class: see "Literals that outlive their
 * request" in benchmarks/NOTES.md.
 */
export class SessionIdentity {
  /** @param hash the SHA-256 of the id, in base64url; `undefined` until someone asks for it */
  constructor(
    readonly id: string,
    public hash?: string,
  ) {}
}

/**
 * The port to the platform of a request: what the lifecycle asks of it. In return, the edge gets a
 * `RequestSession`, which it settles before it answers.
 */
export interface SessionEdge extends RequestOrigin {
  readonly cookieHeader: string | undefined;
  /** The cookie as it is configured for this request. */
  readonly cookie: CookieSettings;
  readonly isSecure: boolean;
  /** False if there is no response that could bring the client a cookie, as for an upgrade to a socket. */
  readonly canSendCookie: boolean;
  /** The client's address. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  /** The platform's request object, which session objects refer to. */
  readonly request: object;
  /** A fresh session id, from the `genid` option if it is set. */
  generateId(): string;
  /** How the application's session objects are made and read. */
  readonly objects: SessionObjects;
}

/** How the lifecycle makes, reads and fills the objects that an application has as its session. */
export interface SessionObjects {
  /** @param request what the session object refers to as its request */
  create(
    identity: SessionIdentity,
    request: object,
    cookie: CookieAttributes,
    attributes: SessionAttributes,
  ): object;
  /** The attributes of a session object, or of another object that the application put in its place. */
  attributesOf(object: object): SessionAttributes;
  /** Makes an object hold exactly these attributes. */
  fill(object: object, attributes: SessionAttributes): void;
  /** The attributes of its cookie; `undefined` if it has no cookie that counts. */
  cookieOf(object: object): CookieAttributes | undefined;
  /** Gives its cookie these attributes, with a lifetime that begins now. */
  renewCookie(object: object, cookie: CookieAttributes): void;
}

/** Where the application finds the session of a request, and may delete or replace it. */
export interface SessionBinding {
  /** Notices that the session was deleted there, or what was put in its place. */
  sync(): void;
}
