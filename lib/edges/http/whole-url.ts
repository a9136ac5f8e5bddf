import type { IncomingMessage } from 'node:http';

/** Returns the URL that the client asked for, wherever in the application this middleware is mounted. */
function wholeUrlOf(request: IncomingMessage): string {
  const original = 'originalUrl' in request ? request.originalUrl : undefined;
  const url = typeof original === 'string' ? original : request.url;
  return typeof url === 'string' ? url : '/';
}

/** The part before the path, when a client sends a whole URL as if to a proxy (RFC 9112, 3.2.2). */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;

/** Returns the path that the client asked for. */
export function pathOf(request: IncomingMessage): string {
  const target = wholeUrlOf(request);
  const url = target.startsWith('/') ? target : target.replace(ORIGIN, '');
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/**
 * Makes a function of the application see a request as its client sent it. Where a middleware is mounted,
 * Express, Connect and Nest cut the path of the mount off `request.url`.
 */
export function seeingWholeUrl<T>(
  look: (request: IncomingMessage) => T,
): (request: IncomingMessage) => T {
  return (request) => {
    const url = wholeUrlOf(request);
    if (request.url === url || request.url === undefined) return look(request);
    const cut = { url: request.url, baseUrl: Reflect.get(request, 'baseUrl') };
    const isMounted = typeof cut.baseUrl === 'string';
    Object.assign(request, isMounted ? { url, baseUrl: '' } : { url });
    try {
      return look(request);
    } finally {
      Object.assign(request, isMounted ? cut : { url: cut.url });
    }
  };
}
