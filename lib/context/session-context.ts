import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestSession } from '../core/request-session.js';

const sessions = new WeakMap<object, RequestSession>();

/** Which session belongs to the request whose code runs now. */
export class SessionContext {
  private readonly storage = new AsyncLocalStorage<RequestSession>();

  /** Runs the rest of a request with its session. */
  run(session: RequestSession, next: () => void): void {
    remember(session);
    this.storage.run(session, next);
  }

  /** The session of the running request; `undefined` outside one that has a session. */
  get current(): RequestSession | undefined {
    return this.storage.getStore();
  }
}

/** Lets {@link sessionOf} find the session by its request. */
export function remember(session: RequestSession): void {
  sessions.set(session.request.native, session);
}

/** The session that belongs to a request object, for code that holds the request. */
export function sessionOf(request: unknown): RequestSession | undefined {
  return isObject(request) ? sessions.get(request) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
