import { resolveCookie } from '../../options/cookie/cookie-attributes.js';
import { isOfWeb, originOf, parseOrigin } from '../../options/cross-origin/web-origin.js';
import type { WebOrigin } from '../../options/cross-origin/web-origin.js';
import type { SessionEdge } from '../edge.js';
import type { RequestOrigin } from './request-origin.js';

/** What tells whether a request is one of the application's own pages. */
export type Sender = Pick<RequestOrigin, 'fetchSite' | 'origin' | 'hosts' | 'isHandshake'> &
  Pick<SessionEdge, 'cookie' | 'isSecure'>;

/**
 * True if a page of another origin sent the request: by `Sec-Fetch-Site`, which browsers send to HTTPS and
 * to loopback, or else by `Origin`. A request with neither comes from no browser that could be misled.
 */
export function isFromAnotherOrigin(sender: Sender): boolean {
  const { fetchSite, origin, isHandshake } = sender;
  // Some browsers send no site in the handshake of a socket, but all send its origin.
  if (fetchSite !== undefined && !isHandshake) {
    return fetchSite !== 'same-origin' && fetchSite !== 'none' && !isBetweenLoopbacks(sender);
  }
  if (origin === undefined) return false;
  if (origin === 'null') return isHandshake || !isKeptToSite(sender);
  return !isOwn(sender) && !isBetweenLoopbacks(sender);
}

/** True if the origin is that of a host which the request was sent to. */
function isOwn({ origin = '', hosts, isSecure }: Sender): boolean {
  const page = parseOrigin(origin);
  if (page === undefined || !isOfWeb(page)) return false;
  // The reverse may be a proxy that ends TLS and is not trusted.
  if (isSecure && page.scheme === 'http') return false;
  return hosts.some((host) => isSameHost(page, originOf(page.scheme, host)));
}

function isSameHost(page: WebOrigin, host: WebOrigin | undefined): boolean {
  return page.hostname === host?.hostname && page.port === host.port;
}

/**
 * True if all are loopback hosts. During development, an application and its pages are often at two ports of
 * one machine, and under two names. Nobody else's pages are there.
 */
function isBetweenLoopbacks({ origin = '', hosts }: Sender): boolean {
  const page = parseOrigin(origin);
  if (page === undefined || !isOfWeb(page) || !isLoopback(page)) return false;
  return hosts.length > 0 && hosts.every((host) => isLoopback(originOf(page.scheme, host)));
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isLoopback(origin: WebOrigin | undefined): boolean {
  return origin !== undefined && LOOPBACK.test(origin.hostname);
}

/**
 * True if browsers keep the cookie from requests of other sites. Then a request that hides its origin, as
 * each form does under `Referrer-Policy: no-referrer` over plain HTTP, is of this site if it has the cookie.
 */
function isKeptToSite({ cookie, isSecure }: Sender): boolean {
  const { sameSite } = resolveCookie(cookie, undefined, isSecure);
  return sameSite === true || sameSite === 'strict' || sameSite === 'lax';
}
