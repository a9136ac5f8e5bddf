import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createSessionMiddleware } from 'nestjs-sesame';
import type { SessionStore } from 'nestjs-sesame';
import type { SessionRequest } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';

/** Where a client goes away, and the stage at which its server learns of it. */
export const STAGES = ['before', 'handling', 'storing', 'streaming', 'ended'] as const;
export type Stage = (typeof STAGES)[number];

/** More listeners than this on one object, and some are left from requests that are over. */
const MAX_LISTENERS = 12;

export interface LoadServer {
  readonly server: Server;
  readonly port: number;
  /** How many requests are under way. */
  running(): number;
}

/** A server that counts requests in sessions, and notices listeners that pile up. */
export async function startLoadServer(store: SessionStore): Promise<LoadServer> {
  const middleware = createSessionMiddleware({ secret: SECRET, store, touchInterval: 1 });
  let running = 0;
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    running += 1;
    let isCounted = true;
    response.once('close', () => {
      if (isCounted) running -= 1;
      isCounted = false;
    });
    response.on('error', () => undefined);
    refusePiles(request, response);
    middleware(request, response, (error) => {
      if (error !== undefined) throw error;
      if (hasSession(request)) void handle(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, port, running: () => running };
}

async function handle(request: SessionRequest, response: ServerResponse): Promise<void> {
  const stage = request.headers['x-abort-at'];
  const leave = async (here: Stage): Promise<void> => {
    if (stage !== here) return;
    request.socket.destroy();
    await new Promise((resolve) => setImmediate(resolve));
  };
  if (request.url === '/read') return void response.end(String(request.session.count));
  await leave('handling');
  request.session.count = (request.session.count ?? 0) + 1;
  if (stage === 'storing') {
    response.end('never seen');
    return leave('storing');
  }
  response.write('counted ');
  await leave('streaming');
  response.end(String(request.session.count));
  await leave('ended');
}

function hasSession(request: IncomingMessage): request is SessionRequest {
  return 'session' in request;
}

function refusePiles(request: IncomingMessage, response: ServerResponse): void {
  for (const emitter of [request, response, request.socket]) {
    for (const name of emitter.eventNames()) {
      const count = emitter.listenerCount(name);
      if (count > MAX_LISTENERS) throw new Error(`${count} listeners of ${String(name)}`);
    }
  }
}
