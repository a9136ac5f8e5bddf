import { fastify } from 'fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { sessionPlugin } from 'nestjs-sesame';
import type { FastifySession, SessionOptions } from 'nestjs-sesame';
import { Browser } from '../browser.js';
import { SECRET } from './nest-app.js';

export interface FastifyApp {
  readonly app: FastifyInstance;
  readonly origin: string;
  browser(): Browser;
}

const running: FastifyInstance[] = [];

/** Starts Fastify, without Nest, with sessions on a free port. */
export async function startFastify(
  options: Partial<SessionOptions>,
  configure: (app: FastifyInstance) => unknown,
  serverOptions: FastifyServerOptions = {},
): Promise<FastifyApp> {
  const app = fastify(serverOptions);
  running.push(app);
  await app.register(sessionPlugin, { secret: SECRET, ...options });
  await configure(app);
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, origin, browser: () => new Browser(origin) };
}

/** For `afterEach`: closes every application that was started. */
export async function closeFastify(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}

/** The session of a request; plugins declare it in types of their own. */
export function sessionOf(request: object): FastifySession {
  const session: unknown = Reflect.get(request, 'session');
  if (!isFastifySession(session)) throw new TypeError('the request has no session');
  return session;
}

function isFastifySession(value: unknown): value is FastifySession {
  return typeof value === 'object' && value !== null && 'sessionId' in value;
}
