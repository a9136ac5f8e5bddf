import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Next } from '../http/http-arrival.js';

// The parts of Fastify 5 that are used. Its own types would have to be installed by those who do not use
// Fastify.

export interface FastifyRequest {
  readonly raw: IncomingMessage;
}

export interface FastifyReply {
  readonly raw: ServerResponse;
  readonly request: FastifyRequest;
  readonly log: object;
  hijack(): unknown;
  getHeaders(): Readonly<Record<string, unknown>>;
  header(name: string, value: unknown): unknown;
  send(payload: unknown): unknown;
}

/** A hook of the type `onRequest`. */
export type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: Next) => void;

/** A property that all requests have, through accessors on their prototype. */
export interface RequestAccessors<T> {
  getter(this: FastifyRequest): T;
  setter?(this: FastifyRequest, value: T): void;
}

export interface FastifyInstance {
  addHook(name: 'onRequest', hook: OnRequest): unknown;
  addHook(name: 'onClose', hook: () => Promise<void>): unknown;
  hasRequestDecorator(name: string | symbol): boolean;
  decorateRequest<T>(name: string | symbol, accessors: RequestAccessors<T>): unknown;
}
