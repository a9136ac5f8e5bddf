import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpArrival, Next } from '../http/http-arrival.js';
import { describesBody } from '../response/other-response.js';
import { isSendable } from '../response/sendable-response.js';
import type { FastifyReply, FastifyRequest } from './fastify-platform.js';

/** A request that came in by Fastify. */
export class FastifyArrival implements HttpArrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse | undefined;

  constructor(
    private readonly reply: FastifyReply,
    readonly next: Next,
  ) {
    this.request = reply.request.raw;
    this.response = isSendable(this.request, reply.raw) ? reply.raw : undefined;
  }

  get platformRequest(): FastifyRequest {
    return this.reply.request;
  }

  /**
   * Answers by another reply, with the same error handlers and hooks. As far as Fastify knows, this one has
   * been sent, and does not answer again.
   */
  answer(error: Error): void {
    const { reply } = this;
    reply.hijack(); // its handler may still send something, which must not come before the error
    const other: FastifyReply = Reflect.construct(reply.constructor, [
      reply.raw,
      reply.request,
      reply.log,
    ]);
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (!describesBody(name)) other.header(name, value);
    }
    other.send(error);
  }
}
