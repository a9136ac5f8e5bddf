import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import session from 'express-session';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { Handler, SessionRequest } from '../../support/applications/http-server.js';

afterEach(closeServers);

const DAY = 86_400_000;

/** What a client may send in the hope that it is assigned to the session. */
const BODY = JSON.parse(`{
  "label": "x",
  "cookie": {
    "originalMaxAge": null, "_expires": null, "expires": null, "maxAge": null, "data": {},
    "domain": "evil.example", "path": "/elsewhere", "httpOnly": false, "secure": false,
    "sameSite": "none", "__proto__": { "maxAge": null }
  }
}`);

const ASSIGNED: [string, (request: SessionRequest) => unknown][] = [
  ['to the session', ({ session: own }) => Object.assign(own, BODY)],
  ['as the session', (request) => Reflect.set(request, 'session', { ...BODY })],
  [
    'as a deleted one',
    (request) => {
      Reflect.deleteProperty(request, 'session');
      Object.assign(request, { session: { ...BODY } });
    },
  ],
  [
    'to one that has no cookie',
    ({ session: own }) => {
      Reflect.deleteProperty(own, 'cookie');
      Object.assign(own, BODY);
    },
  ],
];

const HOURS = { idleTimeout: '1h', absoluteTimeout: '2h' } as const;

async function bench(step: Handler, options = {}) {
  let now = Date.now();
  const settings = { ...HOURS, clock: () => now, ...options };
  const server = await startServer(settings, async (request, response) => {
    if (request.url === '/new') request.session['begun'] = true;
    if (request.url === '/step') await step(request, response);
    response.end(JSON.stringify(request.url === '/' ? request.session : null));
  });
  const pass = (milliseconds: number): void => void (now += milliseconds);
  return { browser: server.browser(), pass };
}

describe('client data assigned', () => {
  it.each(ASSIGNED)('%s of a visitor, does not become its cookie', async (_how, step) => {
    const { browser, pass } = await bench(step);
    const { status, setCookies } = await browser.get('/step');
    expect(status).toBe(200);
    expect(setCookies).toEqual([expect.stringMatching(/; Path=\/; HttpOnly; SameSite=Lax$/)]);
    expect((await browser.get('/')).body).toMatchObject({
      label: 'x',
      cookie: { path: '/', httpOnly: true },
    });
    pass(DAY);
    expect((await browser.get('/')).body).not.toHaveProperty('label');
  });

  it.each(ASSIGNED)('%s that is stored, does not change its cookie', async (_how, step) => {
    const { browser, pass } = await bench(step);
    await browser.get('/new');
    const { status, setCookies } = await browser.get('/step');
    expect([status, setCookies]).toEqual([200, []]);
    expect((await browser.get('/')).body).toMatchObject({ label: 'x', cookie: { path: '/' } });
    pass(DAY);
    expect((await browser.get('/')).body).not.toHaveProperty('label');
  });

  it('leaves the cookie as the application set it', async () => {
    const { browser } = await bench(({ session: own }) => {
      if (own['label'] === undefined) own.cookie.maxAge = DAY;
      Object.assign(own, own['begun'] === undefined ? { begun: 1, label: 1 } : BODY);
    });
    await browser.get('/step');
    const { setCookies } = await browser.get('/step');
    expect(setCookies).toEqual([expect.stringMatching(/; HttpOnly/)]);
    expect((await browser.get('/')).body).toMatchObject({
      cookie: { originalMaxAge: expect.closeTo(DAY, -2) },
    });
  });

  it("is replaced by the session's own cookie once the session is stored", async () => {
    const { browser } = await bench(async ({ session: own }) => {
      Object.assign(own, BODY);
      await new Promise((resolve) => own.save(resolve));
      expect(own.cookie).toBeInstanceOf(session.Cookie);
    });
    expect((await browser.get('/step')).status).toBe(200);
  });
});

describe("a cookie of express-session's class, given to the session,", () => {
  it('is used as its cookie', async () => {
    const { browser } = await bench(({ session: own }) => {
      own.cookie = Reflect.construct(session.Cookie, [{ path: '/step', maxAge: DAY }]);
      own['label'] = 'x';
    });
    const { setCookies } = await browser.get('/step');
    expect(setCookies).toEqual([expect.stringMatching(/; Path=\/step; Expires=/)]);
  });

  it('is also used when the application has a copy of its own', async () => {
    const require = createRequire(import.meta.url);
    const path = require.resolve('express-session/session/cookie');
    let Other: unknown;
    jest.isolateModules(() => {
      Other = require(path);
    });
    expect(Other).not.toBe(session.Cookie);
    const { browser } = await bench(({ session: own }) => {
      if (typeof Other !== 'function') throw new TypeError('there is no other copy');
      own.cookie = Reflect.construct(Other, [{ path: '/step' }]);
      expect(own.cookie).not.toBeInstanceOf(session.Cookie);
      own['label'] = 'x';
    });
    const { setCookies } = await browser.get('/step');
    expect(setCookies).toEqual([expect.stringMatching(/; Path=\/step; HttpOnly/)]);
  });
});
