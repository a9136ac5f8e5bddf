import type { SessionUser } from '../options/session-user.js';
import type { SessionManager } from '../session/session-manager.js';
import type { RequestSession } from '../session/state/request-session.js';

/**
 * The property that leads from a request to its session. A WeakMap would make V8's garbage collector keep
 * everything of a request for long. All copies of this library share the symbol, so that the decorators and
 * the guard of one find the session that another opened.
 */
export const BINDING = Symbol.for('nestjs-sesame:binding');

interface Bound {
  readonly [BINDING]: Binding;
}

interface Binding {
  readonly session: RequestSession;
  readonly manager: SessionManager;
}

/** Returns the session of a request object. */
export function sessionOf(request: unknown): RequestSession | undefined {
  return isBound(request) ? request[BINDING].session : undefined;
}

/** Returns the user of a request's session, as the application's `loadUser` returns them. */
export async function userOf(request: unknown): Promise<SessionUser | undefined> {
  if (!isBound(request)) return undefined;
  const { manager, session } = request[BINDING];
  return manager.requestUsers.of(session);
}

function isBound(request: unknown): request is Bound {
  if (typeof request !== 'object' || request === null || !(BINDING in request)) return false;
  return request[BINDING] !== undefined; // a Fastify request has it from the one behind it
}
