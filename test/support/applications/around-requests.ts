import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';

type Around = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

/** Runs around the whole of a request, on either platform: Fastify opens sessions before any middleware. */
export function aroundRequests(app: INestApplication, around: Around): void {
  const server: Server = app.getHttpServer();
  const listeners = server.rawListeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    around(request, response, () => {
      for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
    });
  });
}
