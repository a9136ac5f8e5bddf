import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import { createSessionMiddleware, sessionPlugin } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { statusOf } from './fuzz-errors.js';
import type { Scene } from './fuzz-steps.js';

/** What a handler gets from its platform. */
export type Arrived = Omit<Scene, 'fuzzCase'>;

/** What a server of the run does with its requests. */
export interface Requests {
  /** Before anything else sees the request, in whose context `next` is called. */
  arrive(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  handle(arrived: Arrived): Promise<void>;
  /** Is told of every error before it is answered. */
  judge(request: IncomingMessage, error: unknown): void;
}

/** Starts a server on one platform, with sessions. */
export type Platform = (options: SessionOptions, requests: Requests) => Promise<Server>;

const LOCAL = { port: 0, host: '127.0.0.1' };

export const onNode: Platform = async (options, requests) => {
  const middleware = createSessionMiddleware(options);
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const fail = (error: unknown): void => {
      requests.judge(request, error);
      if (response.headersSent) return void response.end();
      response.statusCode = statusOf(error);
      response.end(String(error));
    };
    const answer = (text: string): unknown => response.end(text);
    requests.arrive(request, response, () => {
      middleware(request, response, (error) => {
        if (error !== undefined) return fail(error);
        if (!hasSession(request)) return fail(new Error('there is no session on the request'));
        requests.handle({ request, response, answer }).catch(fail);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(LOCAL, resolve));
  return server;
};

/** Handlers use Fastify's reply until they have sent something around it. */
export const onFastify: Platform = async (options, requests) => {
  const app = fastify({ keepAliveTimeout: 0 });
  app.addHook('onRequest', ({ raw }, reply, done) => requests.arrive(raw, reply.raw, done));
  await app.register(sessionPlugin, options);
  app.decorateRequest('destroy', function () {
    this.raw.destroy();
  });
  app.setErrorHandler((error, { raw }, reply) => {
    requests.judge(raw, error);
    return reply.code(statusOf(error)).send(String(error));
  });
  app.get('*', (request, reply) => {
    const response = reply.raw;
    const send = (payload: unknown, text?: string): unknown => {
      if (!response.headersSent) return reply.send(payload);
      reply.hijack();
      return response.end(text);
    };
    const answer = (text: string): unknown => send(text, text);
    if (!hasSession(request)) throw new Error('there is no session on the request');
    requests.handle({ request, response, answer }).catch((error: unknown) => {
      if (response.headersSent) requests.judge(request.raw, error);
      send(error);
    });
  });
  await app.listen(LOCAL);
  return app.server;
};

function hasSession(request: object): request is Scene['request'] {
  return 'session' in request;
}
