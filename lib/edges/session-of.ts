import type { RequestSession } from '../session/state/request-session.js';

/**
 * Where a request carries what binds it to its session. Not a WeakMap: with one, V8's garbage
 * collector keeps all that belongs to a request for long. One symbol for all copies of this library:
 * the decorators and the guard of one find the session that another opened.
 */
export const BINDING = Symbol.for('nestjs-sesame:binding');

interface Bound {
  readonly [BINDING]: { readonly session: RequestSession };
}

/** The session that belongs to a request object, for code that holds the request. */
export function sessionOf(request: unknown): RequestSession | undefined {
  return isBound(request) ? request[BINDING].session : undefined;
}

function isBound(request: unknown): request is Bound {
  return typeof request === 'object' && request !== null && BINDING in request;
}
