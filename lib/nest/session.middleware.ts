import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestSession } from '../session/state/request-session.js';
import type { SessionManager } from '../session/session-manager.js';
import type { Next } from '../edges/express/session-exchange.js';
import { ExpressEdge } from '../edges/express/express-edge.js';
import { resolveEdgeSettings } from '../options/resolve-options.js';
import { generateSessionId } from '../session/ids.js';
import { checkOptions } from '../options/check-options.js';
import { createSessionManager } from './session-manager.factory.js';
import { SessionLogger } from './session.logger.js';
import { CompleteSessionOptions } from '../options/session.options.js';
import type { SessionOptions } from '../options/session.options.js';

/** A middleware for Express, Connect, or a plain `node:http` server. */
export type SessionMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void;

/**
 * The session lifecycle without Nest's module: for `app.use()` in main.ts, for plain Express, or
 * for `node:http`. `next` is called with an error when the session cannot be read or stored.
 * @throws InvalidSessionOptionsException naming everything that is wrong with the options
 */
export function createSessionMiddleware(options: SessionOptions): SessionMiddleware {
  const complete = checkOptions(new CompleteSessionOptions(), options);
  const manager = createSessionManager(complete, options, new SessionLogger());
  // There is no SessionService here that would ask which session belongs to the running code.
  return middlewareOf(manager, complete, (_session, next) => next());
}

/** @param run runs the rest of a request, so that its session is found from there */
export function middlewareOf(
  manager: SessionManager,
  options: CompleteSessionOptions,
  run: (session: RequestSession, next: Next) => void,
): SessionMiddleware {
  const edge = new ExpressEdge(manager, resolveEdgeSettings(options, generateSessionId), run);
  return (request, response, next) => edge.handle(request, response, next);
}
