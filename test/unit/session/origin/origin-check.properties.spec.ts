import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionOptions } from 'nestjs-sesame';
import { HttpRequest } from '../../../../lib/edges/http/http-request.js';
import type { SessionEdge } from '../../../../lib/session/edge.js';
import { CrossOriginError } from '../../../../lib/session/errors.js';
import { OriginCheck } from '../../../../lib/session/origin/origin-check.js';
import { edgeSettingsOf, settingsOf } from '../../settings-of.js';
import {
  browserRequest,
  incoming,
  isLoopback,
  isSameOrigin,
  originOf,
  tellsOrigin,
  tellsSite,
} from './browser-request.js';
import type { BrowserRequest } from './browser-request.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

const mayChange = ({ method, override }: BrowserRequest): boolean =>
  !SAFE.has(method) || (override !== undefined && !SAFE.has(override));

interface Outcome {
  readonly isRefused: boolean;
  readonly logged: readonly string[];
}

type Ask = (asked: BrowserRequest, at?: 'arrive' | 'signIn') => Outcome;

/** What happens to requests that arrive, or that sign somebody in. */
function checkOf(options: Partial<SessionOptions>): Ask {
  let logged: string[] = [];
  const note = ({ message }: Error): void => void logged.push(message);
  const check = new OriginCheck(settingsOf(options), { crossOrigin: note });
  const settings = edgeSettingsOf(options);
  return (asked, at = 'arrive') => {
    const request = incoming(asked);
    logged = [];
    try {
      check[at](new HttpRequest(request, settings.cookieFor(request), settings, true));
      return { isRefused: false, logged };
    } catch (error) {
      if (!(error instanceof CrossOriginError)) throw error;
      return { isRefused: true, logged };
    }
  };
}

const byDefault = checkOf({});

/** Whether the application can tell that the page is its own, with a cookie that is SameSite=Lax. */
function isKnownAsOwn(asked: BrowserRequest, trustsProxy: boolean): boolean {
  const { page, target, isOpaque, isRewritten, isTlsEnd } = asked;
  const seesTarget = !isRewritten || trustsProxy;
  const onOneMachine = isLoopback(page) && isLoopback(target) && !isRewritten;
  if (tellsOrigin(asked) && onOneMachine) return true;
  if (tellsSite(asked)) return !isOpaque && isSameOrigin(page, target);
  if (!tellsOrigin(asked)) return true; // it has a cookie that other sites' pages cannot send
  if (!seesTarget) return false;
  const seesTls = isTlsEnd && target.scheme === 'https';
  // If TLS ends before the application, it does not know the scheme of the target.
  return isSameOrigin(page, seesTls ? target : { ...target, scheme: page.scheme });
}

const PROXIES = [undefined, true, false].map((proxy) => ({ proxy, ask: checkOf({ proxy }) }));

describe('a request that arrives', () => {
  it('is refused if it may change something, has the cookie, and is not known to be from our own origin', () => {
    fc.assert(
      fc.property(browserRequest, fc.constantFrom(...PROXIES), (asked, { proxy, ask }) => {
        const isOthers = !isKnownAsOwn(asked, proxy === true);
        expect(ask(asked).isRefused).toBe(mayChange(asked) && asked.hasCookie && isOthers);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused in the same way at a sign-in, with or without the cookie', () => {
    fc.assert(
      fc.property(browserRequest, (asked) => {
        const { isRefused } = byDefault({ ...asked, hasCookie: true });
        expect(byDefault(asked, 'signIn').isRefused).toBe(isRefused);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, (origin: string) => SessionOptions['crossOrigin'], (host: string) => boolean]>([
    ['an exact origin', (origin) => ({ trustedOrigins: [origin] }), () => true],
    ['another exact one', () => ({ trustedOrigins: ['https://other.example'] }), () => false],
    [
      'a wildcard',
      () => ({ trustedOrigins: ['http', 'https'].flatMap(onEveryPort) }),
      (host) => host === 'a.shop.example',
    ],
    ['a function', (origin) => ({ trustedOrigins: (told) => told === origin }), () => true],
    ['an excluded path', () => ({ exclude: ['/cart'] }), () => true],
    ['a function of the path', () => ({ exclude: (path) => path === '/cart' }), () => true],
    ['an excluded path elsewhere', () => ({ exclude: ['/cart/'] }), () => false],
  ])(
    'is let through by %s if that applies to it, and only then',
    (_what, crossOrigin, speaksOf) => {
      fc.assert(
        fc.property(browserRequest, (asked) => {
          fc.pre(tellsOrigin(asked));
          const before = byDefault(asked).isRefused;
          const after = checkOf({ crossOrigin: crossOrigin(originOf(asked.page)) })(asked);
          expect(after.isRefused).toBe(before && !speaksOf(asked.page.host));
        }),
        { numRuns: 100 },
      );
    },
  );

  it('is never let through by trustedOrigins if its origin is not sent', () => {
    const trusting = checkOf({ crossOrigin: { trustedOrigins: () => true } });
    fc.assert(
      fc.property(browserRequest, (asked) => {
        fc.pre(!tellsOrigin(asked));
        expect(trusting(asked).isRefused).toBe(byDefault(asked).isRefused);
      }),
      { numRuns: 500 },
    );
  });

  it("is logged and let through with 'report' if it would be refused; with false, it is not logged", () => {
    const [reporting, off] = [checkOf({ crossOrigin: 'report' }), checkOf({ crossOrigin: false })];
    fc.assert(
      fc.property(browserRequest, (asked) => {
        const { isRefused, logged } = byDefault(asked);
        expect(logged).toHaveLength(isRefused ? 1 : 0);
        expect(reporting(asked)).toEqual({ isRefused: false, logged });
        expect(off(asked)).toEqual({ isRefused: false, logged: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('is logged with the origin it came from, and with the option that lets it pass', () => {
    fc.assert(
      fc.property(browserRequest, (asked) => {
        const [message] = byDefault(asked).logged;
        fc.pre(message !== undefined);
        expect(message).toContain("crossOrigin: { exclude: ['/cart'] }");
        const origin = tellsOrigin(asked) ? originOf(asked.page) : 'null';
        expect(message).toContain(` came from ${origin} to `);
        const trust = `crossOrigin: { trustedOrigins: ['${origin}'] }`;
        expect(message?.includes(trust)).toBe(tellsOrigin(asked));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a request with a safe method', () => {
  it.each([...SAFE])('costs only a look at its method: %s', (method) => {
    const read: PropertyKey[] = [];
    const target = { method, methodOnWire: undefined, isHandshake: false };
    const edge = new Proxy(bareEdge(), {
      get(_edge, name) {
        read.push(name);
        return Reflect.get(target, name);
      },
    });
    const check = new OriginCheck(settingsOf(), { crossOrigin: () => undefined });
    check.arrive(edge);
    check.signIn(edge);
    expect(new Set(read)).toEqual(new Set(Object.keys(target)));
  });
});

function bareEdge(): SessionEdge {
  const settings = edgeSettingsOf();
  const request = incoming(OWN);
  return new HttpRequest(request, settings.cookieFor(request), settings, true);
}

const OWN: BrowserRequest = {
  page: { scheme: 'https', host: 'shop.example', port: undefined },
  target: { scheme: 'https', host: 'shop.example', port: undefined },
  isOpaque: false,
  hidesOrigin: false,
  isModern: true,
  isRewritten: false,
  isTlsEnd: true,
  method: 'GET',
  override: undefined,
  hasCookie: true,
};

function onEveryPort(scheme: string): string[] {
  return ['', ':3000', ':8443'].map((port) => `${scheme}://*.shop.example${port}`);
}
