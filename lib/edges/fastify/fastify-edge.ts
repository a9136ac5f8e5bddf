import type { IncomingMessage } from 'node:http';
import type { Next } from '../http/http-arrival.js';
import type { HttpEdge } from '../http/http-edge.js';
import { FastifyArrival } from './fastify-arrival.js';
import type { FastifyReply, OnRequest } from './fastify-platform.js';

const REPLY = Symbol('reply');

interface Linked extends IncomingMessage {
  readonly [REPLY]: FastifyReply;
}

/**
 * Binds the lifecycle to Fastify. A hook opens the session. From there on, Node's own response is held
 * until the session is stored, so that it does not matter how Fastify, a plugin or a handler sends it.
 */
export class FastifyEdge {
  constructor(private readonly edge: HttpEdge) {}

  /** A hook that opens the session of every request. */
  readonly open: OnRequest = (_request, reply, done) => {
    this.edge.handle(new FastifyArrival(reply, done));
  };

  /** A middleware for some requests, which must have passed the hook {@link linkToReply} before. */
  readonly handle = (request: IncomingMessage, _response: object, next: Next): void => {
    if (isLinked(request)) this.edge.handle(new FastifyArrival(request[REPLY], next));
    else next();
  };
}

/** A hook that lets a middleware, which gets Node's own request, find Fastify's reply. */
export const linkToReply: OnRequest = ({ raw }, reply, done) => {
  // Not enumerable: whoever logs a request must not log everything behind it.
  Object.defineProperty(raw, REPLY, { value: reply, configurable: true });
  done();
};

function isLinked(request: IncomingMessage): request is Linked {
  return REPLY in request;
}
