import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { storesToTry } from '../../support/stores/stores-to-try.js';
import { startBusyApp, statusesOf } from './busy-app.js';
import type { BusyApp, Waiting } from './busy-app.js';
import { PLACES } from './busy-stores.js';
import type { PickyStore, Place } from './busy-stores.js';

const MINUTE = 60_000;
const STORE_TIMEOUT = 1_000;

describe.each(storesToTry(PLACES))('a busy session, on %s', (_name, start) => {
  let place: Place;
  let store: PickyStore;
  let now: number;

  beforeAll(async () => {
    place = await start();
  });

  afterAll(() => place.close());

  beforeEach(() => {
    store = place.another();
    now = Date.now();
  });

  afterEach(closeApps);

  const clock = (): number => now;
  const all = async (browser: Browser): Promise<unknown> => (await browser.get('/all')).body;

  async function begin(options = {}): Promise<[BusyApp, Browser]> {
    const app = await startBusyApp({ store, clock, storeTimeout: STORE_TIMEOUT, ...options });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    return [app, browser];
  }

  describe('whose store does not answer', () => {
    /** Each of these writes hangs; the answers, and how long the last of them took. */
    async function hang(count: number) {
      const [app, browser] = await begin();
      const writes = Array.from({ length: count }, () => store.pause('replace'));
      const since = performance.now();
      const waiting: Waiting[] = [await app.send(browser, '/set/first')];
      await writes[0]?.arrived;
      for (const path of ['/set/a', '/increment', '/touch', '/set/b']) {
        waiting.push(await app.send(browser, path));
      }
      const statuses = await statusesOf(waiting);
      const took = performance.now() - since;
      const release = (): void => writes.forEach((write) => write.resolve());
      return { browser, statuses, took, release };
    }

    it('stores the waiting changes once the write before them is given up', async () => {
      const { browser, statuses, release } = await hang(1);
      expect(statuses).toEqual([503, 200, 200, 200, 200]);
      expect(await all(browser)).toEqual({ begun: 'begun', a: 'a', count: 1, b: 'b' });
      release();
    });

    it('gives up waiting requests in time, too, and goes on with the next request', async () => {
      const { browser, statuses, took, release } = await hang(2);
      expect(statuses.toSpliced(3, 1)).toEqual([503, 503, 503, 503]);
      expect(took).toBeLessThan(3 * STORE_TIMEOUT);
      expect((await browser.post('/set/next', {})).status).toBe(200);
      expect(await all(browser)).toMatchObject({ begun: 'begun', next: 'next' });
      release();
    });

    it('drops a request that has waited as long as it may', async () => {
      const [app, browser] = await begin();
      const write = store.pause('replace');
      const ends = Array.from({ length: 5 }, () => store.pause('remove'));
      // It began to wait before all others, and is the last in the queue.
      const read = store.pause('read');
      const late = browser.post('/update/late', {});
      await read.arrived;
      const waiting = [await app.send(browser, '/set/first')];
      await write.arrived;
      const copy = browser.copy();
      for (const _end of ends) waiting.push(await app.send(copy, '/logout'));
      const arrived = app.following();
      read.resolve();
      await arrived;
      expect((await late).status).toBe(503);
      expect((await late).headers.has('retry-after')).toBe(true);
      expect(await statusesOf(waiting)).toEqual([503, ...ends.map(() => 503)]);
      expect((await browser.get('/runs')).body).toEqual([]);
      for (const call of [write, ...ends]) call.resolve();
    });

    it('holds up no other session', async () => {
      const [app, browser] = await begin({ storeTimeout: '1m' });
      const write = store.pause('replace');
      const first = await app.send(browser, '/set/first');
      await write.arrived;
      const other = app.browser();
      await other.post('/set/begun', {});
      expect((await other.post('/set/mine', {})).status).toBe(200);
      write.resolve();
      expect(await statusesOf([first])).toEqual([200]);
    });
  });

  it('is written at most twice when 100 reads are due to extend it', async () => {
    const [app, browser] = await begin({ storeTimeout: '1m' });
    now += 2 * MINUTE;
    const before = store.countOf('replace');
    const write = store.pause('replace');
    const first = await app.send(browser, '/read');
    await write.arrived;
    const answers = Array.from({ length: 99 }, () => browser.get('/read'));
    while (store.countOf('read') < 100) await new Promise((resolve) => setImmediate(resolve));
    write.resolve();
    expect(await statusesOf([first])).toEqual([200]);
    for (const answer of answers) expect((await answer).status).toBe(200);
    expect(store.countOf('replace') - before).toBeLessThanOrEqual(2);
  });

  it('is extended for the request that asked for it, even if the write before was refused', async () => {
    const [app, browser] = await begin({ storeTimeout: '1m', idleTimeout: 10 * MINUTE });
    now += 9 * MINUTE;
    const write = store.pause('replace');
    const first = await app.send(browser, '/set/first');
    await write.arrived;
    const touch = await app.send(browser, '/touch');
    const other = await app.send(browser, '/read');
    write.reject(new Error('refused'));
    expect(await statusesOf([first, touch, other])).toEqual([503, 200, 200]);
    now += 9 * MINUTE;
    expect(await all(browser)).toEqual({ begun: 'begun' });
  });

  it('keeps the updates of other requests even if an update() before theirs was refused', async () => {
    const [app, browser] = await begin({ storeTimeout: '1m' });
    const write = store.pause('replace');
    const first = await app.send(browser, '/increment');
    await write.arrived;
    const waiting = [first];
    for (let times = 0; times < 3; times += 1) waiting.push(await app.send(browser, '/increment'));
    write.reject(new Error('refused'));
    expect(await statusesOf(waiting)).toEqual([503, 200, 200, 200]);
    expect(await all(browser)).toMatchObject({ count: 3 });
  });

  it('renews no cookie for a read that waited while the session was ended', async () => {
    const cookie = { maxAge: 30 * MINUTE };
    const [app, browser] = await begin({ storeTimeout: '1m', rolling: true, cookie });
    const write = store.pause('replace');
    const first = await app.send(browser, '/set/first');
    await write.arrived;
    const logout = await app.send(browser.copy(), '/logout');
    const touch = await app.send(browser, '/touch');
    write.resolve();
    expect(await statusesOf([first, logout, touch])).toEqual([200, 200, 200]);
    expect((await touch.answer).setCookies).toEqual([]);
  });

  it('is stored for all waiting requests before the application closes its store', async () => {
    const [app, browser] = await begin({ storeTimeout: '1m' });
    const write = store.pause('replace');
    const once = { headers: { connection: 'close', 'content-type': 'application/json' } };
    const waiting = [await app.send(browser, '/set/first', undefined, once)];
    await write.arrived;
    for (const path of ['/set/a', '/increment', '/update/b', '/increment']) {
      waiting.push(await app.send(browser, path, undefined, once));
    }
    const closing = app.app.close();
    write.resolve();
    expect(await statusesOf(waiting)).toEqual([200, 200, 200, 200, 200]);
    await closing;
    const next = await startBusyApp({ store: place.another() });
    const kept = { begun: 'begun', first: 'first', a: 'a', b: 'b', count: 2 };
    expect(await all(browser.copy(next.origin))).toEqual(kept);
  });

  it('counts each of 20 updates from each of 256 connections', async () => {
    const [, browser] = await begin({ storeTimeout: '1m' });
    const connection = async (): Promise<number[]> => {
      const counts: number[] = [];
      for (let request = 0; request < 20; request += 1) {
        counts.push(Number((await browser.post('/increment')).text));
      }
      return counts;
    };
    const counts = (await Promise.all(Array.from({ length: 256 }, connection))).flat();
    expect(new Set(counts).size).toBe(5_120);
    expect(await all(browser)).toEqual({ begun: 'begun', count: 5_120 });
  }, 120_000);
});
