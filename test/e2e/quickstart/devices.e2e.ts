import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { startQuickstart, startQuickstartOnRedis } from './start-quickstart.js';
import type { Quickstart } from './start-quickstart.js';
import {
  CHROME_ON_ANDROID,
  EDGE_ON_MAC,
  FIREFOX_ON_WINDOWS,
  SAFARI_ON_IPHONE,
} from './user-agents.js';

interface Device {
  handle: string;
  current: boolean;
  browser: string | null;
  system: string | null;
  ip: string | null;
  createdAt: string;
  seenAt: string;
  expiresAt: string;
}

type Browser = ReturnType<typeof request.agent>;

const ADA = { username: 'ada', password: 'lovelace' };
const GRACE = { username: 'grace', password: 'hopper' };

let quickstart: Quickstart;

/** A browser of its own, with its own cookies. */
async function signIn(userAgent: string, credentials: object = ADA): Promise<Browser> {
  const browser = request.agent(quickstart.url).set('User-Agent', userAgent);
  await browser.post('/login').send(credentials).expect(200);
  return browser;
}

async function devicesOf(browser: Browser): Promise<Device[]> {
  return (await browser.get('/devices').expect(200)).body;
}

/** The handle by which a browser's own session is listed. */
async function handleOf(browser: Browser): Promise<string> {
  const own = (await devicesOf(browser)).find(({ current }) => current);
  if (own === undefined) throw new Error('The browser is not in its own list.');
  return own.handle;
}

describe.each([
  ['memory', () => startQuickstart()],
  ['Redis', startQuickstartOnRedis],
])('the devices of a user, in %s', (_, start) => {
  beforeEach(async () => {
    jest.spyOn(Date, 'now'); // Before the application takes hold of its clock.
    quickstart = await start();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await quickstart.close();
  });

  it('are listed with their browser and system, but never their id', async () => {
    const earliest = Date.now();
    const browser = request.agent(quickstart.url).set('User-Agent', FIREFOX_ON_WINDOWS);
    const { headers } = await browser.post('/login').send(ADA).expect(200);
    const id = /connect\.sid=s%3A([\w-]{22,})/.exec(headers['set-cookie']?.[0] ?? '')?.[1];
    expect(id).toBeDefined();

    const { body, text } = await browser.get('/devices').expect(200);
    expect(text).not.toContain(id);
    expect(body).toEqual([
      {
        handle: expect.stringMatching(/^[\w-]{43}$/),
        current: true,
        browser: 'Firefox 140',
        system: 'Windows',
        ip: '127.0.0.1',
        createdAt: expect.any(String),
        seenAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    const { createdAt, seenAt, expiresAt } = body[0];
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(earliest);
    expect(Date.parse(seenAt)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(expiresAt) - Date.parse(seenAt)).toBe(30 * 60_000);
    const { session } = (await browser.get('/me').expect(200)).body;
    expect(session).toMatchObject({ createdAt, expiresAt });
  });

  it.each([
    [SAFARI_ON_IPHONE, 'Safari 18', 'iOS'],
    [CHROME_ON_ANDROID, 'Chrome 138', 'Android'],
    [EDGE_ON_MAC, 'Microsoft Edge 138', 'macOS'],
    ['Lynx/2.9', null, null],
    ['', null, null],
  ])('are named after their user agent: %j', async (userAgent, browser, system) => {
    const devices = await devicesOf(await signIn(userAgent));
    expect(devices).toMatchObject([{ browser, system }]);
  });

  it('end one another: that one is told so, and the others go on', async () => {
    const firefox = await signIn(FIREFOX_ON_WINDOWS);
    const safari = await signIn(SAFARI_ON_IPHONE);
    const chrome = await signIn(CHROME_ON_ANDROID);
    for (const [browser, name] of [
      [firefox, 'Firefox 140'],
      [safari, 'Safari 18'],
      [chrome, 'Chrome 138'],
    ] as const) {
      const devices = await devicesOf(browser);
      expect(devices).toHaveLength(3);
      expect(devices.filter(({ current }) => current)).toMatchObject([{ browser: name }]);
    }

    const handle = await handleOf(safari);
    await firefox.delete(`/devices/${handle}`).expect(204);
    for (const path of ['/me', '/devices']) {
      const { body } = await safari.get(path).expect(401);
      expect(body).toMatchObject({ statusCode: 401, reason: 'revoked' });
    }
    for (const browser of [firefox, chrome]) {
      const devices = await devicesOf(browser);
      expect(devices.map((device) => device.browser).toSorted()).toEqual([
        'Chrome 138',
        'Firefox 140',
      ]);
    }
    await firefox.delete(`/devices/${handle}`).expect(404);

    await safari.post('/login').send(ADA).expect(200);
    expect(await devicesOf(safari)).toHaveLength(3);
  });

  it("leave another user's alone", async () => {
    const ada = await signIn(FIREFOX_ON_WINDOWS);
    const grace = await signIn(SAFARI_ON_IPHONE, GRACE);
    const handle = await handleOf(grace);
    for (const foreign of [handle, handle.slice(1), 'x', '%2e%2e', `${handle}%00`]) {
      await ada.delete(`/devices/${foreign}`).expect(404);
    }
    expect(await devicesOf(grace)).toMatchObject([{ handle, current: true }]);
    expect(await devicesOf(ada)).toHaveLength(1);
  });

  it('cannot be ended by somebody who is not signed in', async () => {
    const ada = await signIn(FIREFOX_ON_WINDOWS);
    const nobody = request(quickstart.url);
    await nobody.delete(`/devices/${await handleOf(ada)}`).expect(401);
    await nobody.delete('/devices').expect(401);
    await nobody.post('/confirm').send({ password: ADA.password }).expect(401);
    expect(await devicesOf(ada)).toHaveLength(1);
  });

  it('can all be ended but this one', async () => {
    const [firefox, safari, chrome] = [
      await signIn(FIREFOX_ON_WINDOWS),
      await signIn(SAFARI_ON_IPHONE),
      await signIn(CHROME_ON_ANDROID),
    ];
    const grace = await signIn(EDGE_ON_MAC, GRACE);
    await firefox.post('/confirm').send({ password: ADA.password }).expect(204);
    const { body } = await firefox.delete('/devices').expect(200);
    expect(body).toEqual({ ended: 2 });
    for (const browser of [safari, chrome]) {
      expect((await browser.get('/me').expect(401)).body.reason).toBe('revoked');
    }
    expect(await devicesOf(firefox)).toMatchObject([{ browser: 'Firefox 140', current: true }]);
    expect(await devicesOf(grace)).toHaveLength(1);
    expect((await firefox.delete('/devices').expect(200)).body).toEqual({ ended: 0 });
  });

  it('are only ended together soon after a password was given', async () => {
    const firefox = await signIn(FIREFOX_ON_WINDOWS);
    const safari = await signIn(SAFARI_ON_IPHONE);
    const later = Date.now() + 6 * 60_000;
    jest.mocked(Date.now).mockImplementation(() => later);
    expect((await firefox.delete('/devices').expect(401)).body.reason).toBe('stale');
    const { body } = await firefox.post('/confirm').send({ password: 'guess' }).expect(401);
    expect(body.message).toBe('The password is wrong.');
    expect(body).not.toHaveProperty('reason');
    expect((await firefox.delete('/devices').expect(401)).body.reason).toBe('stale');
    expect(await devicesOf(safari)).toHaveLength(2);
    await firefox.post('/confirm').send({ password: ADA.password }).expect(204);
    expect((await firefox.delete('/devices').expect(200)).body).toEqual({ ended: 1 });
  });

  it('keep their sign-in and cart through a confirmation, under a new id but the same handle', async () => {
    const firefox = await signIn(FIREFOX_ON_WINDOWS);
    await firefox.post('/cart').send({ item: 'Tahini' }).expect(201);
    const handle = await handleOf(firefox);
    const response = await firefox.post('/confirm').send({ password: ADA.password }).expect(204);
    expect(response.get('Set-Cookie')).toHaveLength(1);
    expect(await handleOf(firefox)).toBe(handle);
    expect(await devicesOf(firefox)).toHaveLength(1);
    expect((await firefox.get('/cart')).body).toEqual({ items: ['Tahini'] });
  });

  it('are not changed by a wrong or missing password', async () => {
    const firefox = await signIn(FIREFOX_ON_WINDOWS);
    const before = await devicesOf(firefox);
    const wrong = await firefox.post('/confirm').send({ password: GRACE.password }).expect(401);
    expect(wrong.get('Set-Cookie')).toBeUndefined();
    for (const body of [{}, { password: '' }, { password: 7 }, { password: 'x'.repeat(73) }]) {
      await firefox.post('/confirm').send(body).expect(400);
    }
    expect(await devicesOf(firefox)).toEqual(before);
  });
});
