import type { ServerResponse } from 'node:http';
import { headersSent } from './held-call.js';
import type { Method } from './held-call.js';

/** What a response asks of its gate. */
export interface Gate {
  readonly isHolding: boolean;
  readonly isEndWaiting: boolean;
  call(method: Method, args: readonly unknown[]): unknown;
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

const PRETENDING: PropertyDescriptorMap = {
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
};

/** Lets a held response say of itself what it would say if it were sent. */
export function pretendSent(response: ServerResponse): void {
  if (!Object.hasOwn(response, 'headersSent')) Object.defineProperties(response, PRETENDING);
}

function inherited(response: object, property: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response), property, response);
}

/** The methods of a response that change its headers. */
export type HeaderMethods = Pick<
  ServerResponse,
  'setHeader' | 'appendHeader' | 'removeHeader' | 'setHeaders'
>;

const FORBIDDEN: HeaderMethods = {
  setHeader() {
    throw headersSent('set');
  },
  appendHeader() {
    throw headersSent('append');
  },
  removeHeader() {
    throw headersSent('remove');
  },
  setHeaders() {
    throw headersSent('set');
  },
};

/** Has a held response refuse other headers, as one that is sent does; returns the methods it had. */
export function forbidHeaders(response: ServerResponse): HeaderMethods {
  const { setHeader, appendHeader, removeHeader, setHeaders } = response;
  Object.assign(response, FORBIDDEN);
  return { setHeader, appendHeader, removeHeader, setHeaders };
}
