import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { storesToTry } from '../../support/stores/stores-to-try.js';
import { startBusyApp, statusesOf } from './busy-app.js';
import type { BusyApp } from './busy-app.js';
import { PLACES } from './busy-stores.js';
import type { PickyStore, Place } from './busy-stores.js';

describe.each(storesToTry(PLACES))('in the queue of a busy session, on %s', (_name, start) => {
  let place: Place;
  let store: PickyStore;
  let app: BusyApp;

  beforeAll(async () => {
    place = await start();
  });

  afterAll(() => place.close());

  afterEach(closeApps);

  /** A write under way, one request that waits, this one, and three more that wait behind it. */
  async function lineUp(path: string, isSignedIn: boolean) {
    store = place.another();
    app = await startBusyApp({ store, storeTimeout: '1m', unset: 'destroy' });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    if (isSignedIn) await browser.post('/login', {});
    const behind = browser.copy();
    const firstWrite = store.pause('replace');
    const first = await app.send(behind, '/set/first');
    await firstWrite.arrived;
    const before = await app.send(behind, '/set/before');
    const ending = await app.send(browser, path);
    const after = [
      await app.send(behind, '/set/after'),
      await app.send(behind, '/increment'),
      await app.send(behind, '/touch'),
    ];
    const steps = store.steps.length;
    firstWrite.resolve();
    const statuses = await statusesOf([first, before, ending, ...after]);
    const cookies = await Promise.all(after.map(async ({ answer }) => (await answer).setCookies));
    return { browser, behind, statuses, cookies: cookies.flat(), steps: store.steps.slice(steps) };
  }

  const all = async (browser: Browser): Promise<unknown> => (await browser.get('/all')).body;
  const ok = Array.from({ length: 6 }, () => 200);
  const before = { begun: 'begun', first: 'first', before: 'before' };

  it.each([
    ['/logout', false],
    ['/logout', true],
    ['/unset', false],
    ['/unset', true],
  ])(
    '%s (of a user: %s) runs after the requests before it, and ends the session for those behind it',
    async (path, isSignedIn) => {
      const { browser, behind, statuses, cookies, steps } = await lineUp(path, isSignedIn);
      expect(statuses).toEqual(ok);
      expect(cookies).toEqual([]);
      expect(steps[0]).toBe('replace'); // of the one before it
      expect(await all(behind)).toEqual({});
      expect(await all(browser)).toEqual({});
    },
  );

  it.each([false, true])(
    '/login (of a user: %s) takes along the changes before it, and requests behind it are told of the new session',
    async (isSignedIn) => {
      const { browser, behind, statuses, cookies } = await lineUp('/login', isSignedIn);
      // Those that change something; a touch has nothing to lose.
      expect(statuses).toEqual([200, 200, 200, 409, 409, 200]);
      expect(cookies).toEqual([]);
      expect(browser.cookie()).not.toBe(behind.cookie());
      expect(await all(browser)).toEqual(before);
      expect(await all(behind)).toEqual({});
    },
  );

  it.each([
    ['/confirm', true],
    ['/regenerate', false],
    ['/regenerate', true],
  ])(
    '%s (of a user: %s) takes along the changes before it, and requests behind it follow to the new id',
    async (path, isSignedIn) => {
      const { browser, behind, statuses, cookies } = await lineUp(path, isSignedIn);
      expect(statuses).toEqual(ok);
      expect(cookies).toEqual([]);
      expect(browser.cookie()).not.toBe(behind.cookie());
      expect(await all(browser)).toEqual({ ...before, after: 'after', count: 1 });
      expect(await all(behind)).toEqual(await all(browser));
    },
  );
});
