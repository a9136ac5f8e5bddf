import session from 'express-session';
import { brand } from '../../copies/brand.js';
import type { SessionAttributes } from '../../session/data/attributes.js';
import type { SessionIdentity } from '../../session/edge.js';
import { callbackOrPromise } from './callback-or-promise.js';
import type { OptionalCallback } from './callback-or-promise.js';
import { assignAttributes } from './object-attributes.js';

/** The session as an application has it: express-session's object, with the augmented data. */
export type Session = session.Session & Partial<session.SessionData>;

type CallingBack = 'save' | 'regenerate' | 'reload' | 'destroy';

/**
 * The object behind {@link Session}: an express-session `Session`, with that class's own methods, which
 * return a promise if they get no callback, and an `id` that can change. express-session's constructor would
 * freeze the id, so that a rotation would have to make another object, and what is written to the former one
 * would be lost.
 */
export class SessionObject {
  static {
    brand(this, 'Session');
  }

  cookie: session.Cookie;
  readonly #identity: SessionIdentity;
  readonly #request: object;

  constructor(
    identity: SessionIdentity,
    request: object,
    cookie: session.Cookie,
    attributes: SessionAttributes,
  ) {
    this.cookie = cookie;
    this.#identity = identity;
    this.#request = request;
    assignAttributes(this, attributes);
  }

  save(callback?: OptionalCallback): unknown {
    return this.#call('save', callback);
  }

  regenerate(callback?: OptionalCallback): unknown {
    return this.#call('regenerate', callback);
  }

  reload(callback?: OptionalCallback): unknown {
    return this.#call('reload', callback);
  }

  destroy(callback?: OptionalCallback): unknown {
    return this.#call('destroy', callback);
  }

  #call(method: CallingBack, callback: OptionalCallback): unknown {
    return callbackOrPromise(
      (done) => Reflect.apply(session.Session.prototype[method], this, [done]),
      callback,
    );
  }

  get id(): string {
    return this.#identity.id;
  }

  get req(): object {
    return this.#request;
  }
}

Object.setPrototypeOf(SessionObject.prototype, session.Session.prototype);
// The name that a debugger or console.log() shows.
Object.defineProperty(SessionObject, 'name', { value: 'Session' });

/** True for what an application may use as its session. */
export function isSession(value: unknown): value is Session {
  return value instanceof session.Session || value instanceof SessionObject;
}
