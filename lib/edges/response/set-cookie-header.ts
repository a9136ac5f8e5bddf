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
