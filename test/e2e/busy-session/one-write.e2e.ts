import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import type { PausedCall } from '../../support/stores/scripted-store.js';
import { storesToTry } from '../../support/stores/stores-to-try.js';
import { startBusyApp, statusesOf } from './busy-app.js';
import type { BusyApp, Waiting } from './busy-app.js';
import { PLACES } from './busy-stores.js';
import type { PickyStore, Place } from './busy-stores.js';

/** Longer than the store accepts when it accepts 1,000 characters. */
const LONG = 'x'.repeat(2_000);

describe.each(storesToTry(PLACES))(
  'requests that wait while their session is written, on %s',
  (_name, start) => {
    let place: Place;
    let store: PickyStore;
    let app: BusyApp;
    let browser: Browser;
    let firstWrite: PausedCall;
    let first: Waiting;

    beforeAll(async () => {
      place = await start();
    });

    afterAll(() => place.close());

    beforeEach(async () => {
      store = place.another();
      app = await startBusyApp({ store, storeTimeout: '1m' });
      browser = app.browser();
      await browser.post('/set/begun', {});
      firstWrite = store.pause('replace');
      first = await app.send(browser, '/set/first');
      await firstWrite.arrived;
    });

    afterEach(closeApps);

    const all = async (): Promise<unknown> => (await browser.get('/all')).body;

    /** Has requests wait behind the first, one after the other. */
    async function queue(...paths: readonly (string | [string, unknown])[]): Promise<Waiting[]> {
      const waiting: Waiting[] = [];
      for (const path of paths) {
        const [where, value] = typeof path === 'string' ? [path, undefined] : path;
        waiting.push(await app.send(browser, where, value));
      }
      return waiting;
    }

    it('are stored together by one more write, and answered in the order in which they arrived', async () => {
      const keys = Array.from({ length: 12 }, (_, index) => `key${index}`);
      const paths = keys.map((key, index) => (index % 2 ? `/update/${key}` : `/set/${key}`));
      const waiting = await queue(...paths);
      expect(store.countOf('replace')).toBe(1);
      firstWrite.resolve();
      expect(await statusesOf([first, ...waiting])).toEqual(Array.from({ length: 13 }, () => 200));
      expect(store.countOf('replace')).toBe(2);
      // A handler that waited for update() has something to do yet when it is stored.
      for (const kind of ['/set/', '/update/']) {
        const ofKind = (path: string): boolean => path.startsWith(kind) && path !== '/set/begun';
        expect(app.answered.filter(ofKind)).toEqual(['/set/first', ...paths].filter(ofKind));
      }
      const everything = ['begun', 'first', ...keys].map((key) => [key, key]);
      expect(await all()).toEqual(Object.fromEntries(everything));
      const updates = keys.filter((_, index) => index % 2);
      expect((await browser.get('/runs')).body).toEqual(updates);
    });

    it('do not see the changes behind them, and continue from the changes before', async () => {
      const waiting = await queue('/increment', '/increment', '/increment');
      firstWrite.resolve();
      const counts = await Promise.all(waiting.map(async ({ answer }) => (await answer).text));
      expect(counts).toEqual(['1', '2', '3']);
    });

    it('let the last of them win when they set the same attribute', async () => {
      const waiting = await queue(['/set/a', 1], ['/update/a', 2], ['/set/a', 3]);
      firstWrite.resolve();
      await statusesOf(waiting);
      expect(await all()).toMatchObject({ a: 3 });
    });

    it('are stored without the change of one whose update() throws', async () => {
      const waiting = await queue('/increment', '/throw/bad', '/increment', '/set/good');
      firstWrite.resolve();
      expect(await statusesOf(waiting)).toEqual([200, 200, 200, 200]);
      const { error, seen } = {
        error: undefined,
        seen: {},
        ...Object((await waiting[1]?.answer)?.body),
      };
      expect(error).toBe('half way');
      expect(seen).not.toHaveProperty('bad');
      expect(seen).toMatchObject({ badBefore: 'kept' });
      expect(await all()).toEqual({
        begun: 'begun',
        first: 'first',
        count: 2,
        good: 'good',
        badBefore: 'kept', // its response stored it
      });
    });

    it('are merged again when another instance was faster, still without that change', async () => {
      const elsewhere = await startBusyApp({ store: place.another() });
      const other = browser.copy(elsewhere.origin);
      const waiting = await queue('/increment', '/throw/bad', '/update/good');
      const group = store.pause('replace');
      firstWrite.resolve();
      await group.arrived;
      expect((await other.post('/increment')).text).toBe('1');
      await other.post('/set/theirs', {});
      group.resolve();
      const answers = await Promise.all(waiting.map(({ answer }) => answer));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers[0]?.text).toBe('2');
      const runs = (await browser.get('/runs')).body;
      expect(runs).toEqual(['bad', 'good', 'good']);
      const stored = await all();
      expect(stored).toMatchObject({ count: 2, good: 'good', theirs: 'theirs', first: 'first' });
      expect(stored).not.toHaveProperty('bad');
    });

    it.each(['/bigint', '/bigint-update'])(
      'are stored without one whose change cannot be stored: %s',
      async (path) => {
        const waiting = await queue('/set/a', path, '/increment', '/set/b');
        firstWrite.resolve();
        expect(await statusesOf(waiting)).toEqual([200, 500, 200, 200]);
        expect(await all()).toEqual({
          begun: 'begun',
          first: 'first',
          a: 'a',
          count: 1,
          b: 'b',
        });
      },
    );

    it.each(['/spoil/bigint', '/spoil/getter'])(
      'follow to a new id without one that has made its session unstorable in the meantime: %s',
      async (path) => {
        const elsewhere = await startBusyApp({ store: place.another() });
        const other = browser.copy(elsewhere.origin);
        const waiting = await queue('/set/a', path, '/increment', '/update/b');
        const group = store.pause('replace');
        firstWrite.resolve();
        await group.arrived;
        expect((await other.post('/regenerate')).status).toBe(200);
        group.resolve();
        expect(await statusesOf(waiting)).toEqual([200, 500, 200, 200]);
        const kept = { begun: 'begun', first: 'first', a: 'a', count: 1, b: 'b' };
        expect((await other.get('/all')).body).toEqual(kept);
      },
    );

    it('are told that they are stored, even if one has made its session unreadable', async () => {
      const waiting = await queue('/set/a', '/spoil/getter', '/increment', '/update/b');
      firstWrite.resolve();
      expect(await statusesOf(waiting)).toEqual([200, 500, 200, 200]);
      expect(await all()).toMatchObject({ a: 'a', getter: 'half way', count: 1, b: 'b' });
    });

    it('are stored without one that makes the record too long for the store', async () => {
      store.limit = 1_000;
      const waiting = await queue('/set/a', ['/set/big', LONG], '/increment', '/update/b');
      firstWrite.resolve();
      expect(await statusesOf(waiting)).toEqual([200, 503, 200, 200]);
      expect(await all()).toEqual({ begun: 'begun', first: 'first', a: 'a', count: 1, b: 'b' });
    });

    it('are stored without such a request even when the write before them was refused', async () => {
      firstWrite.reject(new Error('refused'));
      const second = store.pause('replace');
      const ahead = await app.send(browser, '/set/ahead');
      await second.arrived;
      store.limit = 1_000;
      const waiting = await queue(['/set/big', LONG], '/update/b');
      second.reject(new Error('refused'));
      expect(await statusesOf([first, ahead, ...waiting])).toEqual([503, 503, 503, 200]);
      expect(await all()).toEqual({ begun: 'begun', b: 'b' });
    });

    it('fail after two that the store refused in a row', async () => {
      store.limit = 1_000;
      const waiting = await queue('/set/a', ['/set/b', LONG], '/set/c', ['/set/d', LONG]);
      const rest = await queue(['/set/e', LONG], '/set/f', '/set/g');
      firstWrite.resolve();
      expect(await statusesOf(waiting)).toEqual([200, 503, 200, 503]);
      expect(await statusesOf(rest)).toEqual([503, 503, 503]);
      // The first, the group, and one for each of the first five.
      expect(store.countOf('replace')).toBe(7);
      store.limit = Infinity;
      expect((await browser.post('/increment')).text).toBe('1');
      expect(await all()).toEqual({ begun: 'begun', first: 'first', a: 'a', c: 'c', count: 1 });
    });

    it('all fail when the store accepts nothing, and the next one works', async () => {
      const waiting = await queue('/set/a', '/set/b', '/set/c', '/set/d', '/set/e');
      store.break('replace');
      firstWrite.resolve();
      expect(await statusesOf(waiting)).toEqual([503, 503, 503, 503, 503]);
      for (const { answer } of waiting)
        expect((await answer).headers.has('retry-after')).toBe(true);
      expect(store.countOf('replace')).toBe(4);
      store.mend();
      expect((await browser.post('/increment')).text).toBe('1');
      expect(await all()).toEqual({ begun: 'begun', first: 'first', count: 1 });
    });

    it('are stored even if their client has gone away', async () => {
      const leaving = new AbortController();
      const { answer } = await app.send(browser, '/set/left', undefined, {
        signal: leaving.signal,
      });
      const waiting = await queue('/set/a');
      leaving.abort();
      await expect(answer).rejects.toThrow();
      firstWrite.resolve();
      expect(await statusesOf(waiting)).toEqual([200]);
      expect(await all()).toMatchObject({ left: 'left', a: 'a' });
      expect(store.countOf('replace')).toBe(2);
    });
  },
);
