import { afterEach, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { Redis } from 'ioredis';
import { MemorySessionStore, SealedCookieStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { idOf, seenBy, startCrossingApp } from './crossing-app.js';

const servers: RedisServer[] = [];
const clients: Redis[] = [];

afterEach(async () => {
  await closeApps();
  for (const client of clients.splice(0)) client.disconnect();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function redis(): Promise<Redis> {
  const server = await RedisServer.start();
  servers.push(server);
  const client = new Redis(server.url);
  clients.push(client);
  return client;
}

/** Where no mark is written. */
const WITHOUT_MARKS: readonly [string, () => Promise<Partial<SessionModuleOptions>>][] = [
  ['rotationGrace: 0', async () => ({ rotationGrace: 0, store: new MemorySessionStore() })],
  ['hashIds: false', async () => ({ hashIds: false, store: new MemorySessionStore() })],
  [
    'hashIds: false in Redis',
    async () => ({ hashIds: false, store: new RedisSessionStore({ client: await redis() }) }),
  ],
  ['a store of express-session', async () => ({ store: new session.MemoryStore() })],
];

describe.each(WITHOUT_MARKS)('with %s', (_name, optionsOf) => {
  const start = async () => {
    const app = await startCrossingApp(await optionsOf());
    const browser = app.browser();
    await browser.post('/set', { label: 'cart' });
    return { ...app, browser, former: browser.copy() };
  };

  it.each(['/set', '/update', '/logout'])(
    'a request under way is answered as if the session had ended: %s',
    async (path) => {
      const { underWay, browser, former } = await start();
      const request = await underWay(former, path, { items: ['too late'] });
      await browser.post('/login', { user: 'ada' });
      const { status, setCookies } = await request.finish();
      expect(status).toBe(200);
      if (path !== '/logout') expect(setCookies).toEqual([]);
      expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    },
  );

  it('the former id leads nowhere, and whoever signs in with it gets a session of their own', async () => {
    const { browser, former } = await start();
    await browser.post('/login', { user: 'ada' });
    expect(await seenBy(former)).toEqual({});
    await former.post('/login', { user: 'ada' });
    expect(idOf(former)).not.toBe(idOf(browser));
    expect(await seenBy(former)).toEqual({ user: 'ada' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
  });

  it('confirm() leaves nothing under the former id', async () => {
    const { browser } = await start();
    await browser.post('/login', { user: 'ada' });
    const former = browser.copy();
    await browser.post('/confirm');
    expect(await seenBy(former)).toEqual({});
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
  });
});

describe('hashIds: false', () => {
  it('leaves no mark that express-session could mistake for a session', async () => {
    const store = new MemorySessionStore();
    const browser = (await startCrossingApp({ store, hashIds: false })).browser();
    await browser.post('/set', { label: 'cart' });
    const former = idOf(browser);
    await browser.post('/login', { user: 'ada' });
    expect(await store.read(former)).toBeUndefined();
    expect(await store.read(handleOf(former))).toBeUndefined();
    expect(await store.read(idOf(browser))).toBeDefined();
  });
});

describe('sealed cookies', () => {
  it('can be signed out by a late answer, as the docs say', async () => {
    const store = new SealedCookieStore({ keys: ['the key that seals and opens, of the tests'] });
    const { browser: another, underWay } = await startCrossingApp({ store });
    const browser = another();
    await browser.post('/set', { label: 'cart' });
    const write = await underWay(browser, '/set', { items: ['late'] });
    await browser.post('/login', { user: 'ada' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    const { status, setCookies } = await write.finish();
    expect([status, setCookies.length]).toEqual([200, 1]);
    const [pair = ''] = setCookies[0]?.split(';') ?? [];
    const { body } = await another().get('/open', { headers: { cookie: pair } });
    expect(body).toEqual({ label: 'cart', items: ['late'] });
  });
});
