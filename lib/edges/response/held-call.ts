import type { ServerResponse } from 'node:http';

/** The methods of a response that send something. */
export type Method = 'writeHead' | 'flushHeaders' | 'write' | 'end';

/** A call that waits to be carried out. */
export interface HeldCall {
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** What the method answers a caller whose call was taken but not yet carried out. */
export function answerOf(method: Method, response: ServerResponse): unknown {
  if (method === 'write') return false;
  return method === 'flushHeaders' ? undefined : response;
}

/** About how much of a body a chunk is. */
export function lengthOf(chunk: unknown): number {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0;
}

/** What Node throws at a caller who comes too late: the call that waits has decided the headers. */
export function headersSent(what: 'write' | 'set' | 'append' | 'remove'): Error {
  const error = new Error(`Cannot ${what} headers after they are sent to the client`);
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}

/** Calls back who waits for calls that will not be carried out, as a stream does that is destroyed. */
export function abandon(calls: readonly HeldCall[], error: Error): void {
  for (const { args } of calls) {
    const callback = args.at(-1);
    if (typeof callback === 'function') process.nextTick(callback, error);
  }
}
