import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { standardApplication } from '../scenarios/standard-application.js';
import type { Scenario, ScenarioRequest } from './scenario.js';
import type { SessionMiddleware } from './sides.js';
import type { World } from './world.js';

/** Makes the scenario's server: the middlewares, its handler, and one way to report errors. */
export function createScenarioServer(
  scenario: Scenario,
  middlewares: readonly SessionMiddleware[],
  world: World,
): Server & { closeAllConnections?(): void } {
  if (world.platform === 'express') return createServer(expressOf(scenario, middlewares, world));
  const handle = scenario.handle ?? standardApplication;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const fail = (error: unknown): void => answerError(error, response, world);
    const run = (index: number): void => {
      const middleware = middlewares[index];
      if (middleware !== undefined) {
        middleware(request, response, (error) => (error ? fail(error) : run(index + 1)));
      } else if (isScenarioRequest(request)) {
        new Promise((resolve) => resolve(handle(request, response, world))).catch(fail);
      }
    };
    // Connect and Express pass on what a middleware throws.
    new Promise<void>((resolve) => resolve(run(0))).catch(fail);
  };
  return world.platform === 'http' ? createServer(listener) : overHttp2(listener);
}

function overHttp2(listener: RequestListener): Server {
  const server = createHttp2Server();
  // The compatibility API stands in for node:http's request and response.
  Reflect.apply(server.on, server, ['request', listener]);
  return server;
}

function expressOf(
  scenario: Scenario,
  middlewares: readonly SessionMiddleware[],
  world: World,
): express.Express {
  const app = express();
  app.disable('x-powered-by');
  const [first] = middlewares;
  if (scenario.express !== undefined && first !== undefined) scenario.express(app, first, world);
  else for (const middleware of middlewares) app.use(middleware);
  const handle = scenario.handle ?? standardApplication;
  app.use((request, response) => {
    return isScenarioRequest(request) ? handle(request, response, world) : undefined;
  });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    answerError(error, response, world);
  });
  return app;
}

/** A request behind the middleware; whether it has a session is for the scenario to check. */
function isScenarioRequest(request: IncomingMessage): request is ScenarioRequest {
  return 'headers' in request;
}

function answerError(error: unknown, response: ServerResponse, world: World): void {
  if (response.headersSent) {
    world.note('an error after the headers had left');
    // As Express does by itself: a client must not take half a response for a whole one.
    if (!response.writableEnded) response.destroy();
    return;
  }
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  response.statusCode = typeof status === 'number' ? status : 500;
  try {
    response.end('an error was told');
  } catch {
    world.note('the answer to an error threw, too');
  }
  if (response.headersSent || response.writableEnded) return;
  // No end() gets through any more, so the client would wait in vain.
  world.note('the response never leaves');
  response.destroy();
}
