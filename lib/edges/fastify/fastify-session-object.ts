import type { CookieOptions, SessionData } from 'express-session';
import type { SessionObjects } from '../../session/edge.js';
import { callbackOrPromise } from '../session-object/callback-or-promise.js';
import type { OptionalCallback } from '../session-object/callback-or-promise.js';
import { assignAttributes, setAttribute } from '../session-object/object-attributes.js';
import { createCookie } from '../session-object/object-cookie.js';
import type { Session } from '../session-object/session-object.js';
import { SessionObject } from '../session-object/session-object.js';
import { SESSION_OBJECTS } from '../session-object/session-objects.js';

/** The session as an application on Fastify has it, which may also use it like that of @fastify/session. */
export type FastifySession = Session & {
  /** The session's id, as `id`. */
  readonly sessionId: string;
  /** Returns an attribute; `undefined` if there is none of this name. */
  get<Name extends keyof SessionData>(name: Name): SessionData[Name] | undefined;
  get(name: string): unknown;
  /** Changes an attribute. */
  set<Name extends keyof SessionData>(name: Name, value: SessionData[Name]): void;
  set(name: string, value: unknown): void;
  /** Changes attributes of the cookie. */
  options(attributes: Partial<CookieOptions>): void;
  /** @param kept the names of attributes that the new session has too */
  regenerate(kept: readonly string[]): Promise<void>;
};

/** The session as users of @fastify/session, and its plugins, know it: all of express-session's, and more. */
class FastifySessionObject extends SessionObject {
  get sessionId(): string {
    return this.id;
  }

  set sessionId(value: unknown) {
    setAttribute(this, 'sessionId', value);
  }

  get(name: string): unknown {
    return Reflect.get(this, name);
  }

  set(name: string, value: unknown): void {
    Reflect.set(this, name, value);
  }

  /** Changes attributes of the cookie. */
  options(attributes: object): void {
    Object.assign(this.cookie, attributes);
  }

  /** @param kept the names of attributes that the new session has too, if they are the first argument */
  override regenerate(
    kept?: readonly string[] | OptionalCallback,
    after?: OptionalCallback,
  ): unknown {
    if (!Array.isArray(kept)) return super.regenerate(typeof kept === 'function' ? kept : after);
    const attributes = Object.fromEntries(
      kept
        .filter((name) => Object.hasOwn(this, name))
        .map((name) => [name, Reflect.get(this, name)]),
    );
    return callbackOrPromise((done) => {
      super.regenerate((error) => {
        const session: unknown = Reflect.get(this.req, 'session');
        if (!error && session instanceof SessionObject) assignAttributes(session, attributes);
        done(error);
      });
    }, after);
  }
}

// The name that a debugger or console.log() shows.
Object.defineProperty(FastifySessionObject, 'name', { value: 'Session' });

/** Session objects for applications on Fastify. */
export const FASTIFY_SESSION_OBJECTS: SessionObjects = {
  ...SESSION_OBJECTS,
  create: (identity, request, cookie, attributes) =>
    new FastifySessionObject(identity, request, createCookie(cookie), attributes),
};
