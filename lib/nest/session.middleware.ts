import type { IncomingMessage } from 'node:http';
import type { RequestSession } from '../session/state/request-session.js';
import type { SessionManager } from '../session/session-manager.js';
import type { Next } from '../edges/express/session-exchange.js';
import { ExpressEdge } from '../edges/express/express-edge.js';
import { seeingWholeUrl } from '../edges/express/whole-url.js';
import { resolveEdgeSettings } from '../options/resolve-options.js';
import { generateSessionId } from '../session/ids.js';
import { checkOptions } from '../options/check-options.js';
import { createSessionManager } from './session-manager.factory.js';
import { SessionLogger } from './logging/session.logger.js';
import { CompleteSessionOptions } from '../options/session.options.js';
import type { SessionOptions } from '../options/session.options.js';

/**
 * A middleware for Express, Connect, or a plain `node:http` server.
 * @param response a `ServerResponse`; for an upgrade request, which has none, an empty object
 */
export type SessionMiddleware = (request: IncomingMessage, response: object, next: Next) => void;

/**
 * The session lifecycle without Nest's module: for `app.use()` in main.ts, for plain Express, or for
 * `node:http`. If the session cannot be read or stored, `next` is called with the error.
 * @throws InvalidSessionOptionsException listing everything that is wrong with the options
 */
export function createSessionMiddleware(options: SessionOptions): SessionMiddleware {
  const complete = checkOptions(new CompleteSessionOptions(), options);
  const logger = new SessionLogger();
  const manager = createSessionManager(complete, options, logger);
  manager.prepare().catch((error: unknown) => {
    logger.error('The session store cannot work as it is set up.', error);
  });
  // Without a SessionService, nothing needs to find the session of the running code.
  return middlewareOf(manager, complete, (_session, next) => next());
}

/** @param run runs the rest of a request so that its code can find the session */
export function middlewareOf(
  manager: SessionManager,
  options: CompleteSessionOptions,
  run: (session: RequestSession, next: Next) => void,
): SessionMiddleware {
  const settings = resolveEdgeSettings(options, generateSessionId, seeingWholeUrl);
  const edge = new ExpressEdge(manager, settings, run);
  return (request, response, next) => edge.handle(request, response, next);
}
