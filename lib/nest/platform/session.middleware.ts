import type { IncomingMessage } from 'node:http';
import { ExpressEdge } from '../../edges/express/express-edge.js';
import type { Next } from '../../edges/http/http-arrival.js';
import { HttpEdge } from '../../edges/http/http-edge.js';
import type { Run } from '../../edges/http/http-edge.js';
import { seeingWholeUrl } from '../../edges/http/whole-url.js';
import { checkOptions } from '../../options/check-options.js';
import { resolveEdgeSettings } from '../../options/resolve-options.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import { CompleteSessionOptions } from '../../options/session.options.js';
import type { SessionOptions } from '../../options/session.options.js';
import { generateSessionId } from '../../session/ids.js';
import type { SessionManager } from '../../session/session-manager.js';
import { SessionLogger } from '../logging/session.logger.js';
import { createSessionManager } from '../session-manager.factory.js';

/**
 * A middleware for Express, Connect, or a plain `node:http` server.
 * @param response a `ServerResponse`; for an upgrade request, which has none, an empty object
 */
export type SessionMiddleware = (request: IncomingMessage, response: object, next: Next) => void;

/**
 * Creates a middleware with the session lifecycle, without Nest's module: for `app.use()` in main.ts, for
 * plain Express, or for `node:http`. If the session cannot be read or stored, `next` is called with the
 * error.
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
  return middlewareOf(manager, complete, (_session, arrival) => arrival.next());
}

export function middlewareOf(
  manager: SessionManager,
  options: CompleteSessionOptions,
  run: Run,
): SessionMiddleware {
  const edge = new ExpressEdge(new HttpEdge(manager, edgeSettingsOf(options), run));
  return (request, response, next) => edge.handle(request, response, next);
}

export function edgeSettingsOf(options: CompleteSessionOptions): EdgeSettings {
  return resolveEdgeSettings(options, generateSessionId, seeingWholeUrl);
}
