import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestSession } from '../session/state/request-session.js';

/** Knows the session of the request whose code runs now. */
export class SessionContext {
  private readonly storage = new AsyncLocalStorage<RequestSession>();

  /** Runs the rest of a request with its session. */
  run(session: RequestSession, next: () => void): void {
    this.storage.run(session, next);
  }

  /** The session of the running request; `undefined` outside a request that has a session. */
  get current(): RequestSession | undefined {
    return this.storage.getStore();
  }
}
