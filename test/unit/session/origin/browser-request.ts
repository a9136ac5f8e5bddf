import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import * as fc from 'fast-check';

/** Somewhere on the web, in parts, as a browser knows it. */
export interface Place {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** `undefined` for the scheme's default port. */
  readonly port: number | undefined;
}

/** A page that makes its browser send a request, and what lies between the two. */
export interface BrowserRequest {
  readonly page: Place;
  readonly target: Place;
  /** True for a sandbox, or a `data:` URL: it has an origin of its own, which is not sent. */
  readonly isOpaque: boolean;
  /** True under `Referrer-Policy: no-referrer`. */
  readonly hidesOrigin: boolean;
  /** True if the browser sends `Sec-Fetch-Site`. */
  readonly isModern: boolean;
  /** True if a proxy puts its own `Host` in place of the one that it got, which it forwards. */
  readonly isRewritten: boolean;
  /** True if TLS ends in the application. */
  readonly isTlsEnd: boolean;
  readonly method: string;
  /** The method that a middleware has put in place of the real one. */
  readonly override: string | undefined;
  readonly hasCookie: boolean;
}

export const INNER_HOST = '10.0.0.7:3000';
export const COOKIE = 'connect.sid=whatever';

/** Each host, and the site that it belongs to. */
const SITES: Readonly<Record<string, string>> = {
  'shop.example': 'shop.example',
  'a.shop.example': 'shop.example',
  'evil.example': 'evil.example',
  localhost: 'localhost',
  '127.0.0.1': '127.0.0.1',
  '[::1]': '[::1]',
};

const LOOPBACKS = new Set(['localhost', '127.0.0.1', '[::1]']);

const place: fc.Arbitrary<Place> = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: fc.constantFrom(...Object.keys(SITES)),
  port: fc.constantFrom(undefined, undefined, 3000, 8443),
});

const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE');
const rarely = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);

export const browserRequest: fc.Arbitrary<BrowserRequest> = place.chain((target) =>
  fc.record({
    target: fc.constant(target),
    page: fc.oneof(fc.constant(target), place),
    isOpaque: rarely,
    hidesOrigin: rarely,
    isModern: fc.boolean(),
    isRewritten: fc.boolean(),
    isTlsEnd: fc.boolean(),
    method,
    override: fc.option(method, { nil: undefined }),
    hasCookie: rarely.map((is) => !is),
  }),
);

export function originOf({ scheme, host, port }: Place): string {
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}`;
}

export function isLoopback({ host }: Place): boolean {
  return LOOPBACKS.has(host);
}

export function isSameOrigin(one: Place, other: Place): boolean {
  return originOf(one) === originOf(other);
}

/** True if the browser tells the application which site the page is from. */
export function tellsSite({ isModern, target }: BrowserRequest): boolean {
  return isModern && (target.scheme === 'https' || isLoopback(target));
}

/** True if the application gets to know the page's origin. */
export function tellsOrigin({ isOpaque, hidesOrigin }: BrowserRequest): boolean {
  return !isOpaque && !hidesOrigin;
}

function siteOf({ page, target, isOpaque }: BrowserRequest): string {
  if (isOpaque) return 'cross-site';
  if (isSameOrigin(page, target)) return 'same-origin';
  const isSameSite = page.scheme === target.scheme && SITES[page.host] === SITES[target.host];
  return isSameSite ? 'same-site' : 'cross-site';
}

/** The request as it reaches the middleware. */
export function incoming(asked: BrowserRequest): IncomingMessage {
  const { page, target, isRewritten, isTlsEnd, override, hasCookie } = asked;
  const host = originOf(target).replace(/^\w+:\/\//, '');
  const request = new IncomingMessage(new Socket());
  if (isTlsEnd) Object.assign(request.socket, { encrypted: target.scheme === 'https' });
  const overridden = override !== undefined && { originalMethod: asked.method };
  Object.assign(request, { method: override ?? asked.method, url: '/cart?of=mine' }, overridden);
  Object.assign(request.headers, {
    host: isRewritten ? INNER_HOST : host,
    ...(isRewritten && { 'x-forwarded-host': `${host}, inner.example` }),
    ...(hasCookie && { cookie: COOKIE }),
    ...(tellsSite(asked) && { 'sec-fetch-site': siteOf(asked) }),
    origin: tellsOrigin(asked) ? originOf(page) : 'null',
  });
  return request;
}
