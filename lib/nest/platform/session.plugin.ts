import { FastifyEdge } from '../../edges/fastify/fastify-edge.js';
import type { FastifyInstance } from '../../edges/fastify/fastify-platform.js';
import { FASTIFY_SESSION_OBJECTS } from '../../edges/fastify/fastify-session-object.js';
import { decorateRequests } from '../../edges/fastify/request-decorators.js';
import { HttpEdge } from '../../edges/http/http-edge.js';
import { checkOptions } from '../../options/check-options.js';
import { CompleteSessionOptions } from '../../options/session.options.js';
import type { SessionOptions } from '../../options/session.options.js';
import { SessionLogger } from '../logging/session.logger.js';
import { createSessionManager } from '../session-manager.factory.js';
import { edgeSettingsOf } from './session.middleware.js';

/**
 * Adds the session lifecycle to Fastify without Nest: `await app.register(sessionPlugin, { secret })`, before
 * the plugins that need a session. If a session cannot be read or stored, the error handler gets the error.
 * @throws InvalidSessionOptionsException listing everything that is wrong with the options, or saying that
 * another plugin puts its session on the request; or the store's error, if it can never work as it is set up
 */
export async function sessionPlugin(instance: object, options: SessionOptions): Promise<void> {
  if (!isFastify(instance)) throw new TypeError(NO_FASTIFY);
  const complete = checkOptions(new CompleteSessionOptions(), options);
  const manager = createSessionManager(complete, options, new SessionLogger());
  const edge = new HttpEdge(
    manager,
    edgeSettingsOf(complete),
    // Without a SessionService, nothing needs to find the session of the running code.
    (_session, { next }) => next(),
    FASTIFY_SESSION_OBJECTS,
  );
  await manager.prepare();
  decorateRequests(instance);
  instance.addHook('onRequest', new FastifyEdge(edge).open);
  instance.addHook('onClose', () => manager.close());
}

const NO_FASTIFY =
  'sessionPlugin() was called with something other than a Fastify instance: await app.register(sessionPlugin, { secret }).';

/** Goes by the methods, since only users of Fastify have its own types. */
function isFastify(value: object): value is FastifyInstance {
  return 'addHook' in value && 'decorateRequest' in value && 'hasRequestDecorator' in value;
}

// What the package fastify-plugin would set: the hook and the properties are for the whole application.
Object.assign(sessionPlugin, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'nestjs-sesame',
  [Symbol.for('plugin-meta')]: { name: 'nestjs-sesame', fastify: '5.x' },
});
