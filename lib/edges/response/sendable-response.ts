import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** What it takes to hold a response back, and to send a cookie with it. */
const METHODS = [
  'on',
  'writeHead',
  'write',
  'end',
  'getHeader',
  'hasHeader',
  'setHeader',
  'removeHeader',
] as const;

/**
 * True for a response that can bring its client a cookie. An upgrade request has none: what stands in for
 * one, so that a middleware can be called at all, is an empty object, or a response that is never sent.
 */
export function isSendable(
  request: IncomingMessage,
  response: unknown,
): response is ServerResponse {
  if (isUpgrade(request)) return false;
  if (response instanceof ServerResponse) return !response.writableEnded;
  if (typeof response !== 'object' || response === null) return false;
  for (const method of METHODS)
    if (typeof Reflect.get(response, method) !== 'function') return false;
  return Reflect.get(response, 'writableEnded') !== true;
}

/** True for a request to go on with another protocol, which gets no response of its own. */
export function isUpgrade(request: IncomingMessage): boolean {
  return 'upgrade' in request && request.upgrade === true;
}
