import type { ServerResponse } from 'node:http';
import type { Method } from './held-calls.js';

/** What a response asks of its gate. */
export interface Gate {
  readonly isHolding: boolean;
  readonly isEndHeld: boolean;
  call(method: Method, args: readonly unknown[]): unknown;
  /** Carries out a call for the other response, after the first one was refused. */
  callAnew(method: Method, args: readonly unknown[]): unknown;
  changeHeaders(method: HeaderMethod, args: readonly unknown[]): unknown;
  /** Called when a stream was piped into the response. */
  piped(source: object): void;
  closed(): void;
}

// All gated responses share the same functions and accessors. If each had its own, V8 would give each
// a hidden class of its own, and every read from it would be slow.

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

const METHODS_OF_REFUSED = {
  writeHead(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].callAnew('writeHead', args);
  },
  flushHeaders(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].callAnew('flushHeaders', args);
  },
  write(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].callAnew('write', args);
  },
  end(this: Gated, ...args: unknown[]): unknown {
    return this[GATE].callAnew('end', args);
  },
};

/**
 * Takes whatever has wrapped the methods since they were gated, such as compression, out of the way of
 * another response: the wrapper has seen the end of the first one, and would let nothing through.
 */
export function gateAnew(response: ServerResponse): void {
  Object.assign(response, METHODS_OF_REFUSED);
}

function piped(this: Gated, source: object): void {
  this[GATE].piped(source);
}

function closed(this: Gated): void {
  this[GATE].closed();
}

/**
 * The methods of a response that send something, as they are before it is gated. A class: see "Literals that
 * outlive their request" in benchmarks/NOTES.md.
 */
export class OwnMethods implements Readonly<Record<Method, unknown>> {
  readonly writeHead: unknown;
  readonly flushHeaders: unknown;
  readonly write: unknown;
  readonly end: unknown;

  constructor({ writeHead, flushHeaders, write, end }: ServerResponse) {
    this.writeHead = writeHead;
    this.flushHeaders = flushHeaders;
    this.write = write;
    this.end = end;
  }
}

/** Routes everything that a response sends through a gate. */
export function gate(response: ServerResponse, itsGate: Gate): void {
  // Not enumerable: whoever logs a response must not log what is behind its gate.
  Object.defineProperty(response, GATE, { value: itsGate, configurable: true });
  Object.assign(response, METHODS_OF_GATED);
  response.on('pipe', piped);
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
      return this[GATE].isEndHeld || inherited(this, 'writableEnded');
    },
  },
} satisfies PropertyDescriptorMap;

/** Makes a held response look as if it had been sent. */
export function pretendSent(response: ServerResponse): void {
  if (Object.hasOwn(response, 'headersSent')) return;
  Object.defineProperty(response, 'headersSent', PRETENDING.headersSent);
  Object.defineProperty(response, 'writableEnded', PRETENDING.writableEnded);
}

function inherited(response: object, property: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response), property, response);
}

/** The methods that change headers, and the verb in Node's error; Node's other methods call these. */
export const HEADER_METHODS = {
  setHeader: 'set',
  appendHeader: 'append',
  removeHeader: 'remove',
} as const;
export type HeaderMethod = keyof typeof HEADER_METHODS;

/**
 * The methods of a response that change its headers, as they are before they are locked. A class: see
 * "Literals that outlive their request" in benchmarks/NOTES.md.
 */
export class HeaderMethods implements Pick<ServerResponse, HeaderMethod> {
  readonly setHeader: ServerResponse['setHeader'];
  readonly appendHeader: ServerResponse['appendHeader'];
  readonly removeHeader: ServerResponse['removeHeader'];

  constructor({ setHeader, appendHeader, removeHeader }: ServerResponse) {
    this.setHeader = setHeader;
    this.appendHeader = appendHeader;
    this.removeHeader = removeHeader;
  }
}

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

/** Makes a response ask its gate before a header is changed; returns the methods that it had. */
export function lockHeaders(response: ServerResponse): HeaderMethods {
  const methods = new HeaderMethods(response);
  Object.assign(response, LOCKABLE);
  return methods;
}
