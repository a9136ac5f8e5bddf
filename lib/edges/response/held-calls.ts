import type { ServerResponse } from 'node:http';
import { nextTick } from '../next-tick.js';
import { hasStatusMessage } from './other-response.js';

/** The methods of a response that send something. */
export type Method = 'writeHead' | 'flushHeaders' | 'write' | 'end';

/** A call that waits to be carried out. A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
export class HeldCall {
  constructor(
    readonly method: Method,
    readonly args: readonly unknown[],
  ) {}
}

/**
 * How much of a body may wait before its writer is told to wait too. It is more than any stream
 * behind the gate takes without asking its writer to wait: compression listens for 'drain' there.
 */
const MAX_LENGTH = 256 * 1_024;

/** The calls of a held response, in order, and the status that it had when the first of them came. */
export class HeldCalls {
  private readonly calls: HeldCall[] = [];
  private length = 0;
  private readonly statusCode: number;
  private readonly statusMessage: string;

  constructor(private readonly response: ServerResponse) {
    this.statusCode = response.statusCode;
    this.statusMessage = hasStatusMessage(response) ? response.statusMessage : '';
  }

  get hasEnd(): boolean {
    return this.calls.at(-1)?.method === 'end';
  }

  /** True once a writer was told to wait. */
  get isFull(): boolean {
    return this.length >= MAX_LENGTH;
  }

  /** Adds a call, and returns what its caller gets meanwhile. What comes after `end()` is dropped. */
  add(method: Method, args: readonly unknown[]): unknown {
    if (method === 'writeHead' && this.calls.length > 0) throw headersSent('write');
    if (!this.hasEnd) this.calls.push(new HeldCall(method, args));
    if (method !== 'write') return answerOf(method, this.response);
    this.length += lengthOf(args[0]);
    return !this.isFull;
  }

  /** Gives the response its status back, which may have been changed since, and hands over the calls. */
  release(): readonly HeldCall[] {
    const { response } = this;
    response.statusCode = this.statusCode;
    if (hasStatusMessage(response)) response.statusMessage = this.statusMessage;
    return this.calls.splice(0);
  }
}

/** What a method returns when its call is accepted but not carried out. */
export function answerOf(method: Method, response: ServerResponse): unknown {
  if (method === 'write') return false;
  return method === 'flushHeaders' ? undefined : response;
}

/** Returns about how much of a body a chunk is. */
function lengthOf(chunk: unknown): number {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0;
}

/** Creates the error that Node throws for headers that come too late: a held call has decided them. */
export function headersSent(what: 'write' | 'set' | 'append' | 'remove'): Error {
  const error = new Error(`Cannot ${what} headers after they are sent to the client`);
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}

/** Passes an error to the callbacks of calls that will not be carried out, as a destroyed stream does. */
export function failCalls(calls: readonly HeldCall[], error: Error): void {
  for (const { args } of calls) {
    const callback = args.at(-1);
    if (typeof callback === 'function') nextTick(callback, error);
  }
}
