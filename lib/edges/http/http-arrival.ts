import type { IncomingMessage, ServerResponse } from 'node:http';

/** Goes on with a request, or passes an error to what answers errors. */
export type Next = (error?: unknown) => void;

/** A request that came in, as its platform has it. */
export interface HttpArrival {
  /** Node's own request. */
  readonly request: IncomingMessage;
  /** The request as the application has it, which heeds the proxies that the platform trusts. */
  readonly platformRequest: object;
  /** Node's own response; `undefined` if none could bring the client a cookie, as for an upgrade. */
  readonly response: ServerResponse | undefined;
  readonly next: Next;
  /** Makes the platform respond with an error, in place of a response that was held and dropped. */
  answer(error: Error): void;
}
