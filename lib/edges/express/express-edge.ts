import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpArrival, Next } from '../http/http-arrival.js';
import type { HttpEdge } from '../http/http-edge.js';
import { isSendable } from '../response/sendable-response.js';
import { keepPropertiesFast } from './dictionary-mode.js';

/** Binds the lifecycle to Express, Connect and `node:http`. */
export class ExpressEdge {
  constructor(private readonly edge: HttpEdge) {}

  /** @param given the response; for a request that has none, whatever stands in for it */
  handle(request: IncomingMessage, given: object, next: Next): void {
    const response = isSendable(request, given) ? given : undefined;
    if (response !== undefined) keepPropertiesFast(request, response);
    this.edge.handle(new ExpressArrival(request, response, next));
  }
}

class ExpressArrival implements HttpArrival {
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse | undefined,
    readonly next: Next,
  ) {}

  get platformRequest(): IncomingMessage {
    return this.request;
  }

  /** Express passes whatever `next` is called with to its error handlers, even later on. */
  answer(error: Error): void {
    this.next(error);
  }
}
