import type { IncomingMessage } from 'node:http';
import type { Store } from 'express-session';
import { BINDING } from '../session-of.js';
import type { RequestSession, SessionPlace } from '../../session/request-session.js';
import type { SessionEngine } from '../../session/session-manager.js';
import { RequestSessionStore } from './request-session.store.js';

interface Bound extends IncomingMessage {
  readonly [BINDING]: RequestBinding;
}

// Every request gets the very same accessors: functions of its own would give each request a shape
// of its own, and make everything that the application reads from it slow.
const ACCESSORS = {
  session: {
    configurable: true,
    enumerable: true,
    get(this: Bound): unknown {
      return this[BINDING].session.view();
    },
    set(this: Bound, value: unknown) {
      this[BINDING].session.assign(value);
    },
  },
  sessionID: {
    configurable: true,
    enumerable: true,
    get(this: Bound): string {
      return this[BINDING].session.provenId;
    },
  },
  sessionStore: {
    configurable: true,
    enumerable: true,
    get(this: Bound): Store {
      return this[BINDING].store;
    },
  },
} satisfies PropertyDescriptorMap;

/** Puts a request's session where express-session's users look for it: on the request. */
export class RequestBinding implements SessionPlace {
  private ownStore: Store | undefined;

  constructor(
    private readonly engine: SessionEngine,
    readonly session: RequestSession,
    private readonly request: IncomingMessage,
  ) {
    // Not enumerable: whoever logs a request must not log the settings, with the secrets in them.
    Object.defineProperty(request, BINDING, { value: this, configurable: true });
    this.attach();
    session.place = this;
  }

  /** What the application has as `req.sessionStore`. */
  get store(): Store {
    return (this.ownStore ??= new RequestSessionStore(this.engine, this.session, () =>
      this.attach(),
    ));
  }

  /** Defines `session`, `sessionID` and `sessionStore`; again, when the application deleted them. */
  attach(): void {
    const { request } = this;
    Object.defineProperty(request, 'session', ACCESSORS.session);
    Object.defineProperty(request, 'sessionID', ACCESSORS.sessionID);
    Object.defineProperty(request, 'sessionStore', ACCESSORS.sessionStore);
  }

  /** Takes note of `delete req.session`, and of what was put there afterwards. */
  sync(): void {
    const property = Object.getOwnPropertyDescriptor(this.request, 'session');
    if (property?.get !== undefined) return;
    this.session.assign(property?.value);
    this.attach();
  }
}
