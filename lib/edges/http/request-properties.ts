import type { IncomingMessage } from 'node:http';
import type { Store } from 'express-session';
import type { SessionBinding } from '../../session/edge.js';
import type { SessionManager } from '../../session/session-manager.js';
import type { RequestSession } from '../../session/state/request-session.js';
import { BINDING } from '../session-of.js';
import { RequestSessionStore } from './request-session.store.js';

interface Bound extends IncomingMessage {
  readonly [BINDING]: RequestProperties;
}

// All requests share the same accessors. If each had its own, V8 would give each a hidden class of its
// own, and everything that the application reads from it would be slow.
const ACCESSORS = {
  session: {
    configurable: true,
    enumerable: true,
    get(this: Bound): unknown {
      return this[BINDING].session.object();
    },
    set(this: Bound, value: unknown) {
      this[BINDING].session.put(value);
    },
  },
  sessionID: {
    configurable: true,
    enumerable: true,
    get(this: Bound): string {
      return this[BINDING].session.resolve().id;
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

/** Puts a session on its request, where express-session puts it. */
export class RequestProperties implements SessionBinding {
  private ownStore: Store | undefined;

  constructor(
    readonly manager: SessionManager,
    readonly session: RequestSession,
    private readonly request: IncomingMessage,
  ) {
    // Not enumerable: whoever logs a request must not log the settings, with the secrets in them.
    Object.defineProperty(request, BINDING, { value: this, configurable: true });
    this.attach();
    session.binding = this;
  }

  /** What the application gets as `req.sessionStore`. */
  get store(): Store {
    return (this.ownStore ??= new RequestSessionStore(this.manager, this.session, () =>
      this.attach(),
    ));
  }

  /** Defines `session`, `sessionID` and `sessionStore`, again if the application deleted them. */
  attach(): void {
    const { request } = this;
    Object.defineProperty(request, 'session', ACCESSORS.session);
    Object.defineProperty(request, 'sessionID', ACCESSORS.sessionID);
    Object.defineProperty(request, 'sessionStore', ACCESSORS.sessionStore);
  }

  /** Notices `delete req.session`, and what was put there afterwards. */
  sync(): void {
    const property = Object.getOwnPropertyDescriptor(this.request, 'session');
    if (property?.get !== undefined) return;
    this.session.put(property?.value);
    this.attach();
  }
}
