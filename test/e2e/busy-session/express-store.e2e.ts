import { afterEach, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { closeApps } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';
import type { PausedCall } from '../../support/stores/scripted-store.js';
import { startBusyApp, statusesOf } from './busy-app.js';
import type { Waiting } from './busy-app.js';

afterEach(closeApps);

/** An express-session store whose calls to `set` a test can hold up. */
class SlowStore extends session.MemoryStore {
  begun = 0;
  running = 0;
  /** The highest number of calls that were under way at a time. */
  most = 0;
  private readonly pauses: (PausedCall & { arrive(): void })[] = [];

  /** Makes the next `set` wait. */
  pause(): PausedCall {
    const gate = deferred();
    const arrival = deferred();
    const paused = { ...gate, arrived: arrival.promise, arrive: arrival.resolve };
    this.pauses.push(paused);
    return paused;
  }

  override set(id: string, data: session.SessionData, done?: (error?: unknown) => void): void {
    this.begun += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    const paused = this.pauses.shift();
    paused?.arrive();
    const write = (): void =>
      super.set(id, data, (error) => {
        this.running -= 1;
        done?.(error);
      });
    if (paused === undefined) write();
    else void paused.promise.then(write);
  }
}

describe('a busy session on an express-session store', () => {
  it('counts each of 200 parallel updates, with one write at a time', async () => {
    const store = new SlowStore();
    const browser = (await startBusyApp({ store })).browser();
    await browser.post('/set/begun', {});
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => browser.post('/increment')),
    );
    const counts = answers.map(({ text }) => Number(text)).toSorted((one, two) => one - two);
    expect(counts).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect((await browser.get('/all')).body).toEqual({ begun: 'begun', count: 200 });
    expect(store.most).toBe(1);
  });

  it('starts no other write while one hangs, and goes on when that one answers late', async () => {
    const store = new SlowStore();
    const app = await startBusyApp({ store, storeTimeout: 500 });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    const hanging = store.pause();
    const waiting: Waiting[] = [await app.send(browser, '/set/first')];
    await hanging.arrived;
    for (const path of ['/set/a', '/increment']) waiting.push(await app.send(browser, path));
    expect(await statusesOf(waiting)).toEqual([503, 503, 503]);
    expect((await browser.post('/set/b', {})).status).toBe(503);
    expect(store.begun).toBe(2);
    const next = await app.send(browser, '/increment');
    hanging.resolve();
    expect(await statusesOf([next])).toEqual([200]);
    expect((await browser.get('/all')).body).toEqual({ begun: 'begun', first: 'first', count: 1 });
    expect(store.most).toBe(1);
  });
});
