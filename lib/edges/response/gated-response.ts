import type { ServerResponse } from 'node:http';
import type { Method } from './held-call.js';

/** What a response asks of its gate. */
export interface Gate {
  readonly isHolding: boolean;
  readonly isEndWaiting: boolean;
  call(method: Method, args: readonly unknown[]): unknown;
  changeHeaders(method: HeaderMethod, args: readonly unknown[]): unknown;
  closed(): void;
}

// Every gated response gets the very same functions and accessors: properties of its own would give
// each response a shape of its own, and make everything that is read from it slow.

const GATE = Symbol('gate');

interface Gated extends ServerResponse {
  [GATE]: Gate;
}

const METHODS_OF_GATED = {
  writeHead(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].call('writeHead', args);
  },
  flushHeaders(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].call('flushHeaders', args);
  },
  write(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].call('write', args);
  },
  end(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].call('end', args);
  },
};

function closed(this: Gated): void {
  this[GATE].closed();
}

/** The methods of a response that send something, as they are before it is gated. */
export function methodsOf(response: ServerResponse): Readonly<Record<Method, unknown>> {
  const { writeHead, flushHeaders, write, end } = response;
  return { writeHead, flushHeaders, write, end };
}

/** Leads whatever sends something through a gate. */
export function gate(response: ServerResponse, itsGate: Gate): void {
  // Not enumerable: whoever logs a response must not log what stands behind its gate.
  Object.defineProperty(response, GATE, { value: itsGate, configurable: true });
  Object.assign(response, METHODS_OF_GATED);
  response.on('close', closed);
}

const PRETENDING = {
  headersSent: {
    configurable: true,
    get(this: Gated): unknown {
      return this[GATE].isHolding || inherited(this, 'headersSent');
    },
  },
  writableEnded: {
    configurable: true,
    get(this: Gated): unknown {
      return this[GATE].isEndWaiting || inherited(this, 'writableEnded');
    },
  },
} satisfies PropertyDescriptorMap;

/** Lets a held response say of itself what it would say if it were sent. */
export function pretendSent(response: ServerResponse): void {
  if (Object.hasOwn(response, 'headersSent')) return;
  Object.defineProperty(response, 'headersSent', PRETENDING.headersSent);
  Object.defineProperty(response, 'writableEnded', PRETENDING.writableEnded);
}

function inherited(response: object, property: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response), property, response);
}

/** What changes the headers of a response; Node's other methods that do so go through these. */
export const HEADER_METHODS = {
  setHeader: 'set',
  appendHeader: 'append',
  removeHeader: 'remove',
} as const;
export type HeaderMethod = keyof typeof HEADER_METHODS;

/** The methods of a response that change its headers. */
export type HeaderMethods = Pick<ServerResponse, HeaderMethod>;

const LOCKABLE = {
  setHeader(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].changeHeaders('setHeader', args);
  },
  appendHeader(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].changeHeaders('appendHeader', args);
  },
  removeHeader(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].changeHeaders('removeHeader', args);
  },
};

/** Has a response ask its gate before other headers are set; returns the methods it had. */
export function lockHeaders(response: ServerResponse): HeaderMethods {
  const { setHeader, appendHeader, removeHeader } = response;
  Object.assign(response, LOCKABLE);
  return { setHeader, appendHeader, removeHeader };
}
