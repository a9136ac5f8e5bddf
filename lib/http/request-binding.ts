import type { IncomingMessage } from 'node:http';
import type { Store } from 'express-session';
import type { RequestSession } from '../core/request-session.js';

/** Puts a request's session where express-session's users look for it: on the request. */
export class RequestBinding {
  private store: Store | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly session: RequestSession,
    private readonly createStore: (binding: RequestBinding) => Store,
  ) {
    this.attach();
  }

  /** Defines `session`, `sessionID` and `sessionStore`; again, when the application deleted them. */
  attach(): void {
    const { session } = this;
    Object.defineProperties(this.request, {
      session: {
        configurable: true,
        enumerable: true,
        get: () => session.view(),
        set: (value: unknown) => {
          session.assign(value);
        },
      },
      sessionID: { configurable: true, enumerable: true, get: () => session.id },
      sessionStore: {
        configurable: true,
        enumerable: true,
        get: () => (this.store ??= this.createStore(this)),
      },
    });
  }

  /** Takes note of `delete req.session`, and of what was put there afterwards. */
  sync(): void {
    const property = Object.getOwnPropertyDescriptor(this.request, 'session');
    if (property?.get === undefined) this.session.assign(property?.value);
  }
}
