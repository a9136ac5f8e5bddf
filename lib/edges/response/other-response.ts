import type { ServerResponse } from 'node:http';

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
