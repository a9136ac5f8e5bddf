import type { RequestSession } from '../core/request-session.js';

/**
 * Where a request carries what binds it to its session. Not a WeakMap: with one, V8's garbage
 * collector keeps all that belongs to a request for long.
 */
export const BINDING = Symbol('session');

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
