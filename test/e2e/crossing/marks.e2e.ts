import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { startClock } from '../users-and-devices/devices-app.js';
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

const ROTATIONS = [
  ['login()', '/login', { user: 'ada' }],
  ['confirm()', '/confirm', {}],
] as const;

describe.each(ROTATIONS)('the mark that %s leaves in Redis', (_name, path, body) => {
  it.each<[string, Partial<SessionModuleOptions>, number]>([
    ['', {}, 10_000],
    [', with a grace of its own', { rotationGrace: '3s' }, 3_000],
  ])('names the successor by its key, never by its id%s', async (_grace, options, grace) => {
    const client = await redis();
    const store = new RedisSessionStore({ client });
    const browser = (await startCrossingApp({ store, ...options })).browser();
    await browser.post('/login', { user: 'ada', set: { label: 'private' } });
    const former = idOf(browser);
    await browser.post(path, body);
    const id = idOf(browser);
    const name = `sess:${handleOf(former)}`;
    const mark = (await client.get(name)) ?? '';
    expect(mark).toContain(handleOf(id));
    for (const secret of [id, former, 'private']) {
      expect(mark).not.toContain(secret);
      expect(mark).not.toContain(Buffer.from(secret).toString('base64url'));
      expect(mark).not.toContain(Buffer.from(secret).toString('hex'));
    }
    expect(await client.pttl(name)).toBeGreaterThan(grace - 3_000);
    expect(await client.pttl(name)).toBeLessThanOrEqual(grace);
    for (const key of await client.keys('*')) expect(key).not.toContain(id);
  });

  it('is sealed where records are', async () => {
    const client = await redis();
    const store = new RedisSessionStore({ client });
    const encryption = { keys: ['a key of at least thirty-two characters'] };
    const browser = (await startCrossingApp({ store, encryption })).browser();
    await browser.post('/login', { user: 'ada' });
    const former = idOf(browser);
    await browser.post(path, body);
    expect(await client.get(`sess:${handleOf(former)}`)).toMatch(/^enc\./);
  });

  it('is not written with rotationGrace: 0', async () => {
    const client = await redis();
    const store = new RedisSessionStore({ client });
    const app = await startCrossingApp({ store, rotationGrace: 0 });
    const browser = app.browser();
    await browser.post('/login', { user: 'ada' });
    const former = browser.copy();
    await browser.post(path, body);
    expect(await client.exists(`sess:${handleOf(idOf(former))}`)).toBe(0);
    expect((await former.get('/me')).body).toMatchObject({ reason: 'expired' });
    expect(await seenBy(browser)).toEqual({ user: 'ada' });
  });
});

describe('a mark in a store that keeps it too long', () => {
  it('ends by its own time', async () => {
    // The clock of the store stands still, so that it forgets nothing.
    const store = new MemorySessionStore();
    const { clock, pass } = startClock();
    const browser = (await startCrossingApp({ store, clock })).browser();
    await browser.post('/login', { user: 'ada' });
    const former = browser.copy();
    await browser.post('/confirm');
    pass(10_001);
    expect(await store.read(handleOf(idOf(former)))).toBeDefined();
    expect((await former.get('/me')).status).toBe(401);
    expect(await seenBy(former)).toEqual({});
  });
});

describe('a request whose session was ended meanwhile', () => {
  it.each([
    ['signed out', async (app: Started) => void (await app.browser.copy().post('/logout'))],
    ['revoked', async (app: Started) => void (await app.sessions.revokeAll('ada'))],
  ])('gets no 409 when the session was renewed first and then %s', async (_how, end) => {
    const app = await startSignedIn();
    const before = await app.underWay(app.browser, '/set', { items: ['no home'] });
    const former = app.browser.copy();
    await app.browser.post('/confirm');
    const between = await app.underWay(former, '/set', { items: ['no home'] });
    await end(app);
    for (const request of [before, between]) {
      const { status, setCookies } = await request.finish();
      expect([status, setCookies]).toEqual([200, []]);
    }
    expect(await seenBy(app.browser)).toEqual({});
  });

  it('gets no 409 when a sign-in replaced the session before it ended', async () => {
    const { browser: another, underWay } = await startCrossingApp({
      store: new MemorySessionStore(),
    });
    const browser = another();
    await browser.post('/set', { label: 'cart' });
    const requests = [
      await underWay(browser, '/set', { items: ['no home'] }),
      await underWay(browser, '/update', {}),
    ];
    await browser.post('/login', { user: 'ada' });
    await browser.post('/logout');
    for (const request of requests) {
      const { status, setCookies } = await request.finish();
      expect([status, setCookies]).toEqual([200, []]);
    }
  });

  it('gets no 409 when it arrived late, after a sign-in had replaced the session', async () => {
    const { browser: another, underWay } = await startCrossingApp({
      store: new MemorySessionStore(),
    });
    const browser = another();
    await browser.post('/set', { label: 'cart' });
    const former = browser.copy();
    await browser.post('/login', { user: 'ada' });
    const request = await underWay(former, '/set', { items: ['no home'] });
    await browser.post('/logout');
    const { status, setCookies } = await request.finish();
    expect([status, setCookies]).toEqual([200, []]);
  });

  type Started = Awaited<ReturnType<typeof startSignedIn>>;

  async function startSignedIn() {
    const app = await startCrossingApp({ store: new MemorySessionStore() });
    const browser = app.browser();
    await browser.post('/login', { user: 'ada' });
    return { ...app, browser };
  }
});

describe('several cookies of the name', () => {
  it('are looked up in order, and the first one with a live session is used', async () => {
    const store = new MemorySessionStore();
    const { browser: another } = await startCrossingApp({ store, rotationGrace: 0 });
    const browser = another();
    await browser.post('/login', { user: 'ada' });
    const ended = browser.copy();
    await browser.post('/confirm');
    const other = another();
    await other.post('/login', { user: 'grace' });
    const seen = async (...browsers: (typeof browser)[]): Promise<unknown> => {
      const cookie = browsers.map((one) => `connect.sid=${one.cookie()}`).join('; ');
      return (await another().get('/open', { headers: { cookie } })).body;
    };
    expect(await seen(ended, browser)).toEqual({ user: 'ada' });
    expect(await seen(browser, ended)).toEqual({ user: 'ada' });
    expect(await seen(ended, ended, other, browser)).toEqual({ user: 'grace' });
    expect(await seen(browser, other)).toEqual({ user: 'ada' });
  });

  it('lead to the session when one of them dates from before its sign-in', async () => {
    const { browser: another } = await startCrossingApp({ store: new MemorySessionStore() });
    const browser = another();
    await browser.post('/set', { label: 'cart' });
    const former = browser.copy();
    await browser.post('/login', { user: 'ada' });
    const cookie = [former, browser].map((one) => `connect.sid=${one.cookie()}`).join('; ');
    const { body } = await another().get('/open', { headers: { cookie } });
    expect(body).toEqual({ user: 'ada', label: 'cart' });
  });
});
