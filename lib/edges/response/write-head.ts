import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ServerResponse } from 'node:http';

/**
 * Sets the headers passed to `writeHead(status, message?, headers?)` one by one, so that they add to those
 * that were set before, and returns the remaining arguments.
 * @throws what `writeHead()` throws for headers that cannot be sent; none of them is set then
 */
export function takeHeaders(response: ServerResponse, args: readonly unknown[]): unknown[] {
  const headers = headersOf(args);
  eachHeader(headers, checkHeader);
  if (Array.isArray(headers)) {
    // A name may occur several times here; all of its values replace what was set before.
    eachHeader(headers, (name) => response.removeHeader(name));
    eachHeader(headers, (name, value) =>
      response.appendHeader(name, typeof value === 'number' ? String(value) : value),
    );
  } else {
    eachHeader(headers, (name, value) => response.setHeader(name, value));
  }
  return typeof args[1] === 'string' ? [args[0], args[1]] : [args[0]];
}

function headersOf(args: readonly unknown[]): unknown {
  return typeof args[1] === 'string' ? args[2] : (args[2] ?? args[1]);
}

type HeaderValue = string | number | readonly string[];

/** Calls a function for each header. It runs for every response, so it makes no needless objects. */
function eachHeader(headers: unknown, use: (name: string, value: HeaderValue) => void): void {
  if (Array.isArray(headers)) {
    // Either pairs, or names and values in turn.
    const flat: unknown[] = Array.isArray(headers[0]) ? headers.flat() : headers;
    for (let index = 0; index + 1 < flat.length; index += 2) {
      use(String(flat[index]), valueOf(flat[index + 1]));
    }
  } else if (typeof headers === 'object' && headers !== null) {
    for (const name of Object.keys(headers)) {
      const value: unknown = Reflect.get(headers, name);
      if (value !== undefined) use(name, valueOf(value));
    }
  }
}

function checkHeader(name: string, value: HeaderValue): void {
  validateHeaderName(name);
  if (typeof value === 'object') for (const one of value) validateHeaderValue(name, one);
  else if (typeof value === 'string') validateHeaderValue(name, value);
}

function valueOf(value: unknown): HeaderValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return Array.isArray(value) ? value.map(String) : String(value);
}
