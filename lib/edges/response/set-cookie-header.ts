import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ServerResponse } from 'node:http';

/** Adds a session's `Set-Cookie` to a response, and what keeps caches from sharing it. */
export function addSetCookie(response: ServerResponse, cookie: string): void {
  const others = response.getHeader('Set-Cookie');
  // No literal: see "Literals that outlive their request" in benchmarks/NOTES.md.
  const all = others === undefined ? Array.of(cookie) : [others, cookie].flat().map(String);
  response.setHeader('Set-Cookie', all);
  keepFromCaches(response);
  const vary = joined(response.getHeader('Vary'));
  if (VARIES_BY_COOKIE.test(vary)) return;
  response.setHeader('Vary', vary === '' ? 'Cookie' : `${vary}, Cookie`);
}

/**
 * Keeps caches from answering another visitor with this cookie (RFC 9111, 5.2.2.4). Even a response that the
 * application wants to be cached carries one now and then, when the session is extended.
 */
function keepFromCaches(response: ServerResponse): void {
  const own = joined(response.getHeader('Cache-Control'));
  if (IS_UNSHARED.test(own)) return;
  response.setHeader('Cache-Control', own === '' ? UNSHARED_COOKIE : `${own}, ${UNSHARED_COOKIE}`);
}

/** Returns a header, which may be a list, as one text; empty if it was not set. */
function joined(header: ReturnType<ServerResponse['getHeader']> = ''): string {
  return typeof header === 'string' ? header : [header].flat().join(', ');
}

const UNSHARED_COOKIE = 'no-cache="Set-Cookie"';

/** A `Cache-Control` header by which no shared cache stores the response, or this header of it. */
const IS_UNSHARED = /(?:^|,)\s*(?:no-store|private|(?:no-cache|private)="set-cookie")\s*(?:,|$)/i;

/** A `Vary` header that names cookies already, or everything (RFC 9110, 12.5.5). */
const VARIES_BY_COOKIE = /(?:^|,)\s*(?:\*|cookie)\s*(?:,|$)/i;

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

/** The headers that describe the body of a response, which is not sent after all. */
const BODY_HEADERS = [
  'Accept-Ranges',
  'Cache-Control',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-Range',
  'Content-Type',
  'ETag',
  'Expires',
  'Last-Modified',
  'Location',
  'Trailer',
  'Transfer-Encoding',
];

const NAMES_OF_BODY_HEADERS = new Set(BODY_HEADERS.map((name) => name.toLowerCase()));

/** True for a header that describes the body, by its name in lower case. */
export function describesBody(name: string): boolean {
  return NAMES_OF_BODY_HEADERS.has(name);
}

/** Makes room for another response: clears the status and what describes the body. */
export function clearResponse(response: ServerResponse): void {
  // Once a header is removed, even one that was never set, Node no longer adds it by itself.
  for (const name of BODY_HEADERS) if (response.hasHeader(name)) response.removeHeader(name);
  response.statusCode = 200;
  if (hasStatusMessage(response)) response.statusMessage = '';
}

/** True when a status message was set. HTTP/2 has none, and its responses warn when they are asked. */
export function hasStatusMessage(response: ServerResponse): boolean {
  return Object.hasOwn(response, 'statusMessage');
}
