import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createSessionMiddleware } from 'nestjs-sesame';
import type { Session, SessionOptions } from 'nestjs-sesame';
import { Browser } from '../browser.js';
import { reasonOf } from '../reason-of.js';
import { SECRET } from './nest-app.js';

/** A request that went through the session middleware. */
export interface SessionRequest extends IncomingMessage {
  session: Session & Record<string, unknown>;
  sessionID: string;
}

export type Handler = (request: SessionRequest, response: ServerResponse) => unknown;

const running: Server[] = [];

/** Starts a plain `node:http` server with sessions on a free port; errors are told in the body. */
export async function startServer(
  options: Partial<SessionOptions>,
  handler: Handler,
): Promise<{ server: Server; origin: string; browser(): Browser }> {
  const middleware = createSessionMiddleware({ secret: SECRET, ...options });
  return listen((request, response) => {
    const answerError = (error: unknown): void => {
      response.statusCode = statusOf(error);
      response.end(reasonOf(error));
    };
    middleware(request, response, (error) => {
      if (error !== undefined) return answerError(error);
      if (!hasSession(request)) return response.end('no session here');
      Promise.resolve()
        .then(() => handler(request, response))
        .catch(answerError);
    });
  });
}

export async function listen(
  listener: RequestListener,
): Promise<{ server: Server; origin: string; browser(): Browser }> {
  const server = createServer(listener);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return { server, origin, browser: () => new Browser(origin) };
}

/** For `afterEach`: closes every server that was started. */
export async function closeServers(): Promise<void> {
  await Promise.all(
    running.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
}

/** True for a request that went through the session middleware. */
export function hasSession(request: IncomingMessage): request is SessionRequest {
  return 'session' in request;
}

function statusOf(error: unknown): number {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' ? status : 500;
}
