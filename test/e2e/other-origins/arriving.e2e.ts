import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, createServer } from 'node:http2';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSessionMiddleware, CrossOriginException } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers } from '../../support/applications/http-server.js';
import { closeApps, SECRET } from '../../support/applications/nest-app.js';
import { platform } from '../../support/applications/platform-differences.js';
import type { Answer, Browser } from '../../support/browser.js';
import { CountedStore, startPlainShop, startShop, visitorOf } from './shop-app.js';

afterEach(async () => {
  await closeApps();
  await closeServers();
});

const EVIL = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

const post = (browser: Browser, headers: Record<string, string> = {}, path = '/count') =>
  browser.post(path, undefined, { headers });

const statusOf = async (answer: Promise<Answer>): Promise<number> => (await answer).status;

describe.each([
  ['a plain server', startPlainShop],
  ['a Nest application', startShop],
])('%s', (_what, start) => {
  it('refuses what another origin sends with the cookie, and never looks at the session', async () => {
    const store = new CountedStore();
    const browser = await visitorOf(await start({ store }));
    const before = store.reads;

    const { status, text, setCookies } = await post(browser, EVIL);

    expect({ status, setCookies }).toEqual({ status: 403, setCookies: [] });
    expect(text).toContain('https://evil.example');
    expect(text).toContain("crossOrigin: { trustedOrigins: ['https://evil.example'] }");
    expect(text).toContain("crossOrigin: { exclude: ['/count'] }");
    expect(store.reads).toBe(before);
    expect((await browser.get('/count')).text).toBe('1');
  });

  it('refuses it from an older browser, which sends only the origin', async () => {
    const shop = await start({});
    const browser = await visitorOf(shop);
    expect(await statusOf(post(browser, { origin: 'https://evil.example' }))).toBe(403);
    expect(await statusOf(post(browser, { origin: shop.origin }))).toBe(200);
  });

  it('lets through what nobody can forge', async () => {
    const shop = await start({});
    const browser = await visitorOf(shop);
    expect(await statusOf(post(browser))).toBe(200);
    expect(await statusOf(post(browser, { 'sec-fetch-site': 'same-origin' }))).toBe(200);
    expect(await statusOf(post(browser, { 'sec-fetch-site': 'none' }))).toBe(200);
    expect(await statusOf(post(browser, { origin: 'null' }))).toBe(200);
    expect(await statusOf(browser.get('/count', { headers: EVIL }))).toBe(200);
    // Without the cookie, as a webhook comes.
    expect(await statusOf(post(shop.browser(), EVIL))).toBe(200);
    expect(await statusOf(post(shop.browser(), { ...EVIL, cookie: 'other.sid=1' }))).toBe(200);
  });

  it('refuses a cookie of its name that does not verify, too', async () => {
    const browser = (await start({ name: 'sid' })).browser();
    expect(await statusOf(post(browser, { ...EVIL, cookie: 'sid=forged' }))).toBe(403);
    expect(await statusOf(post(browser, { ...EVIL, cookie: 'connect.sid=forged' }))).toBe(200);
  });

  it.each<[string, SessionOptions['crossOrigin'], number]>([
    ['an exact origin', { trustedOrigins: ['https://evil.example'] }, 200],
    ['a wildcard', { trustedOrigins: ['https://*.evil.example'] }, 403],
    ['a function', { trustedOrigins: (origin) => origin.endsWith('evil.example') }, 200],
    ['a path', { exclude: ['/count'] }, 200],
    ['another path', { exclude: ['/count/'] }, 403],
    ['a function of the path', { exclude: (path) => path.startsWith('/c') }, 200],
    ["'report'", 'report', 200],
    ['false', false, 200],
  ])('goes by %s in the options', async (_option, crossOrigin, status) => {
    const browser = await visitorOf(await start({ crossOrigin }));
    expect(await statusOf(post(browser, EVIL, '/count?of=mine'))).toBe(status);
  });

  it('trusts the host that a proxy forwards if the proxy option says so', async () => {
    const headers = { origin: 'https://shop.example', 'x-forwarded-host': 'shop.example, inner' };
    for (const [proxy, status] of [
      [true, 200],
      [false, 403],
      [undefined, 403],
    ] as const) {
      const browser = await visitorOf(await start({ proxy }));
      expect(await statusOf(post(browser, headers))).toBe(status);
    }
  });

  it('fails a request when a function in the options throws, and carries on', async () => {
    const trustedOrigins = (): boolean => {
      throw new Error('the list of partners is missing');
    };
    const browser = await visitorOf(await start({ crossOrigin: { trustedOrigins } }));
    expect(await statusOf(post(browser, EVIL))).toBe(500);
    expect(await statusOf(post(browser))).toBe(200);
  });
});

describe('a Nest application', () => {
  it('answers in the same form as its other errors, with the reason', async () => {
    const browser = await visitorOf(await startShop({}));
    expect((await post(browser, EVIL)).body).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: expect.stringMatching(/^A POST came from https:\/\/evil\.example to 127\.0\.0\.1/),
      reason: 'cross-origin',
    });
  });

  it.each([
    ['trusted', true, 200],
    ['not trusted', false, 403],
  ])('uses the host that Express sees where its proxy is %s', async (_is, trust, status) => {
    const shop = await startShop({}, undefined, trust);
    const headers = {
      origin: 'https://shop.example:8443',
      'x-forwarded-host': 'shop.example:8443',
    };
    expect(await statusOf(post(await visitorOf(shop), headers))).toBe(status);
  });

  // Fastify has chosen the route before a middleware can override the method (test/support/applications/platform-differences).
  const itOverrides = platform.overridesMethods ? it : it.skip;

  itOverrides(
    'goes by the method on the wire, and by the one that stands in its place',
    async () => {
      const shop = await startShop({}, (app) => {
        // As method-override does it.
        app.use(
          (request: { method: string; headers: object }, _response: unknown, next: () => void) => {
            const method: unknown = Reflect.get(request.headers, 'x-http-method-override');
            if (typeof method === 'string')
              Object.assign(request, { originalMethod: request.method, method });
            next();
          },
        );
      });
      const browser = await visitorOf(shop);
      const as = (method: string) => ({ headers: { ...EVIL, 'x-http-method-override': method } });
      expect(await statusOf(browser.get('/count', as('POST')))).toBe(403);
      expect(await statusOf(browser.get('/count', as('GET')))).toBe(200);
      expect(await statusOf(browser.post('/count', undefined, as('GET')))).toBe(403);
    },
  );

  it('leaves requests without a session alone', async () => {
    const browser = (await startShop({ cookie: { path: '/admin' } })).browser();
    const answer = await post(browser, { ...EVIL, cookie: 'connect.sid=1' });
    expect(answer.status).toBe(500); // from the controller, which needs one
  });
});

describe('HTTP/2', () => {
  it('takes the host from its authority', async () => {
    const session = createSessionMiddleware({ secret: SECRET });
    const server = createServer();
    const listener: RequestListener = (request, response) =>
      session(request, response, (error) => {
        response.statusCode = error instanceof CrossOriginException ? 403 : 200;
        response.end();
      });
    // The compatibility API stands in for node:http's request and response.
    Reflect.apply(server.on, server, ['request', listener]);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const client = connect(origin);
    const statusFrom = async (from: string): Promise<unknown> => {
      const cookie = 'connect.sid=1';
      const [headers] = await once(
        client.request({ ':method': 'POST', cookie, origin: from }),
        'response',
      );
      return headers[':status'];
    };

    expect(await statusFrom(origin)).toBe(200);
    expect(await statusFrom('https://evil.example')).toBe(403);
    client.destroy();
    server.close();
  });
});

describe("beside Nest's own check", () => {
  it('a request must pass both', async () => {
    const app = 'https://app.example';
    const headers = { origin: app, 'sec-fetch-site': 'cross-site' };
    for (const [byNest, bySesame, status] of [
      [[app], [app], 200],
      [[app], [], 403],
      [[], [app], 403],
    ] as const) {
      const shop = await startShop({ crossOrigin: { trustedOrigins: [...bySesame] } }, (nest) =>
        nest.enableCsrfProtection({ trustedOrigins: [...byNest] }),
      );
      const browser = await visitorOf(shop);
      expect(await statusOf(post(browser, headers))).toBe(status);
      expect(await statusOf(post(browser, { 'sec-fetch-site': 'same-origin' }))).toBe(200);
    }
  });
});
