import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import {
  idOf,
  MINUTE,
  standing,
  startClock,
  startDevicesApp,
} from '../users-and-devices/devices-app.js';
import { isRefusal } from './outage-app.js';

let redis: RedisServer;
let admin: Redis;

beforeEach(async () => {
  redis = await RedisServer.start('--maxmemory-policy', 'noeviction');
  admin = new Redis(redis.url);
});

afterEach(async () => {
  admin.disconnect();
  await closeApps();
  await redis.stop();
});

/** From now on Redis has no room: it refuses whatever needs memory. */
async function fill(): Promise<void> {
  await admin.config('SET', 'maxmemory', '1');
  await expect(admin.set('more', '')).rejects.toThrow('OOM');
}

const makeRoom = (): Promise<unknown> => admin.config('SET', 'maxmemory', '0');

const start = (options: Partial<SessionModuleOptions> = {}) =>
  startDevicesApp({ store: new RedisSessionStore({ url: redis.url }), ...options });

const handlesOf = async (browser: Browser): Promise<string[]> => {
  const { body } = await browser.get('/devices');
  return (Array.isArray(body) ? body : []).map(({ handle }: { handle: string }) => handle);
};

const PLAIN: Partial<SessionModuleOptions> = {};
const ENCRYPTED = { encryption: { keys: ['a key that only the tests of this library use'] } };

describe.each([
  ['plain', PLAIN],
  ['encrypted', ENCRYPTED],
])('a Redis that is full, with %s records,', (_name, options) => {
  it('ends all sessions of a user, and their browsers are told why', async () => {
    const { signedIn, events } = await start(options);
    const browsers = [await signedIn('ada'), await signedIn('ada'), await signedIn('ada')];
    const other = await signedIn('grace');
    await fill();
    const [asking = other] = browsers;
    expect((await asking.send('/devices', { method: 'DELETE' })).body).toEqual({ ended: 3 });
    for (const browser of browsers) expect(await standing(browser)).toBe('revoked');
    expect(await standing(other)).toBe('grace');
    expect(events.filter(({ type }) => type === 'storeFailed')).toEqual([]);
  });

  it('ends all other sessions even without room to mark the end of a very short one', async () => {
    const { signedIn, sessions } = await start(options);
    const short = await signedIn('ada');
    const others = [await signedIn('ada'), await signedIn('ada')];
    await admin.set(`sess:${handleOf(idOf(short))}`, '?');
    await fill();
    await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ status: 503 });
    for (const browser of others) expect(await standing(browser)).toBe('revoked');
    await makeRoom();
    expect(await sessions.revokeAll('ada')).toBe(1);
  });

  it('ends one session of a user', async () => {
    const { signedIn } = await start(options);
    const [one, other] = [await signedIn('ada'), await signedIn('ada')];
    const handles = await handlesOf(one);
    await fill();
    const ended = await Promise.all(
      handles.map((handle) => other.send(`/devices/${handle}`, { method: 'DELETE' })),
    );
    expect(ended.map(({ body }) => body)).toEqual([{ ended: true }, { ended: true }]);
    for (const browser of [one, other]) expect(await standing(browser)).toBe('revoked');
  });

  it('signs a user out', async () => {
    const { signedIn } = await start(options);
    const [one, other] = [await signedIn('ada'), await signedIn('ada')];
    await fill();
    const copy = one.copy();
    expect((await one.post('/logout')).status).toBe(201);
    expect(await standing(copy)).toBe('expired');
    expect(await handlesOf(other)).toHaveLength(1);
  });

  it('keeps a session in use alive, even from another address and device', async () => {
    const { clock, pass } = startClock();
    const { signedIn, events } = await start({ ...options, clock });
    const browser = await signedIn('ada', {});
    await browser.post('/confirm'); // its record notes less of the index than the next touch does
    await fill();
    const headers = { 'user-agent': 'the longer name of another browser, as after an update' };
    for (let visit = 0; visit < 5; visit += 1) {
      pass(20 * MINUTE);
      expect((await browser.get('/me', { headers })).status).toBe(200);
    }
    expect(events.filter(({ type }) => type === 'expired')).toEqual([]);
    await makeRoom();
    pass(20 * MINUTE);
    await browser.get('/me', { headers });
    const { body } = await browser.get('/devices');
    expect(body).toMatchObject([{ userAgent: headers['user-agent'] }]);
  });

  it('refuses new data, and keeps serving what is there', async () => {
    const { signedIn, browser } = await start(options);
    const ada = await signedIn('ada', { after: { label: 'blue' } });
    await fill();
    expect(isRefusal(await ada.post('/set', { label: 'a longer one than blue' }))).toBe(true);
    expect(isRefusal(await browser().post('/login', { user: 'ada' }))).toBe(true);
    expect(isRefusal(await ada.post('/confirm'))).toBe(true);
    expect((await ada.get('/me')).body).toEqual({ user: 'ada', label: 'blue' });
    await makeRoom();
    expect((await ada.post('/set', { label: 'a longer one than blue' })).status).toBe(201);
  });

  it('ends no session for a sign-in that it refuses', async () => {
    const limit = { max: 2, onExceed: 'evict-oldest' } as const;
    const { signedIn, browser } = await start({ ...options, limit });
    const [one, other] = [await signedIn('ada'), await signedIn('ada')];
    const handles = await handlesOf(one);
    await fill();
    expect(isRefusal(await browser().post('/login', { user: 'ada' }))).toBe(true);
    expect(await handlesOf(one)).toEqual(handles);
    for (const still of [one, other]) expect(await standing(still)).toBe('ada');
    for (const handle of handles) {
      const { body } = await one.send(`/devices/${handle}`, { method: 'DELETE' });
      expect(body).toEqual({ ended: true });
    }
    for (const gone of [one, other]) expect(await standing(gone)).toBe('revoked');
  });

  it('ends the session that had to make room for a sign-in, even if Redis has filled up meanwhile', async () => {
    const store = new IndexedScriptedStore(new RedisSessionStore({ url: redis.url }));
    const limit = { max: 1, onExceed: 'evict-oldest' } as const;
    const { signedIn } = await startDevicesApp({ ...options, limit, store });
    const evicted = await signedIn('ada');
    const marking = store.pause('put');
    const signingIn = signedIn('ada');
    await marking.arrived;
    await fill();
    marking.resolve();
    await signingIn.catch(() => undefined); // whether this one is let in does not matter here
    expect(await standing(evicted)).toBe('evicted');
    await store.inner.close?.();
  });

  it('ends a session whose index entry is gone when it is next touched', async () => {
    const { signedIn } = await start({ ...options, touchInterval: '1ms' });
    const browser = await signedIn('ada');
    await admin.del('sess-user:ada');
    await fill();
    await browser.get('/me');
    expect(await standing(browser)).toBe('revoked');
  });
});

describe('RedisSessionStore on a Redis that is full', () => {
  const inAnHour = (payload: string) => ({ payload, expiresAt: Date.now() + 3_600_000 });

  it('removes a record that is shorter than its mark, and fails for none', async () => {
    const store = new RedisSessionStore({ client: admin });
    await store.create('short', inAnHour('{}'));
    await store.create('long', inAnHour('x'.repeat(100)));
    await fill();
    for (const key of ['short', 'long', 'none']) await store.put(key, inAnHour('the mark'));
    expect(await store.read('short')).toBeUndefined();
    expect(await store.read('none')).toBeUndefined();
    expect(await store.read('long')).toMatchObject({ payload: 'the mark' });
    expect(await admin.pttl('sess:long')).toBeGreaterThan(3_500_000);
  });

  it('renews a record with one that is no longer, under the usual conditions', async () => {
    const store = new RedisSessionStore({ client: admin });
    await store.create('key', { payload: 'then', expiresAt: Date.now() + 60_000 });
    await fill();
    expect(await store.renew('key', 'then', inAnHour('now!'))).toEqual({ version: 'now!' });
    expect(await admin.pttl('sess:key')).toBeGreaterThan(3_500_000);
    expect(await store.renew('key', 'then', inAnHour('late'))).toMatchObject({
      conflict: { payload: 'now!' },
    });
    expect(await store.renew('none', 'then', inAnHour('none'))).toBe('gone');
    await expect(store.renew('key', 'now!', inAnHour('longer'))).rejects.toThrow('OOM');
    await expect(store.replace('key', 'now!', inAnHour('same'))).rejects.toThrow('OOM');
    expect(await store.read('key')).toMatchObject({ payload: 'now!' });
  });

  it('gives an entry a new key and a new expiry, and removes one', async () => {
    const { users } = new RedisSessionStore({ client: admin });
    const expiresAt = Date.now() + 3_600_000;
    await users.add('ada', { key: 'one', expiresAt: Date.now() + 60_000 });
    await users.add('ada', { key: 'two', expiresAt });
    await fill();
    expect(await users.update('ada', { key: 'one', expiresAt: expiresAt + 1 })).toBe(true);
    expect(await users.update('ada', { key: 'new', expiresAt: expiresAt + 2 }, 'two')).toBe(true);
    expect(await users.list('ada')).toEqual(['one', 'new']);
    const limit = { max: 2, onExceed: 'evict-oldest' } as const;
    await expect(users.add('ada', { key: 'x', expiresAt }, limit)).rejects.toThrow('OOM');
    expect(await users.list('ada')).toEqual(['one', 'new']);
    expect(await users.remove('ada', 'one')).toBe(true);
    expect(await users.remove('ada', 'new')).toBe(true);
  });
});
