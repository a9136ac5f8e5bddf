import { afterEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import { startBusyApp, statusesOf } from './busy-app.js';
import { PickyStore } from './busy-stores.js';

afterEach(closeApps);

describe('requests that shared a write which stored nothing', () => {
  it("take along none of each other's changes", async () => {
    const store = new PickyStore();
    const app = await startBusyApp({ store, storeTimeout: '1m' });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    const behind = browser.copy();
    const firstWrite = store.pause('replace');
    const first = await app.send(behind, '/set/first');
    await firstWrite.arrived;
    const logout = await app.send(browser, '/logout');
    const theirs = await app.send(behind, '/set/theirs');
    const mine = await app.send(behind, '/increment-and-login');
    firstWrite.resolve();
    expect(await statusesOf([first, logout, theirs, mine])).toEqual([200, 200, 200, 200]);
    expect((await behind.get('/all')).body).toEqual({ count: 1 });
  });

  it('do not store those changes with the response that reports the failure', async () => {
    const store = new PickyStore();
    const app = await startBusyApp({ store, storeTimeout: 500 });
    const browser = app.browser();
    await browser.post('/set/begun', {});
    const hanging = [store.pause('replace'), store.pause('replace')];
    const waiting = [await app.send(browser, '/set/first')];
    await hanging[0]?.arrived;
    waiting.push(await app.send(browser, '/set/theirs'), await app.send(browser, '/update/mine'));
    expect(await statusesOf(waiting)).toEqual([503, 503, 503]);
    expect((await browser.get('/all')).body).not.toHaveProperty('theirs');
    for (const write of hanging) write.resolve();
  });
});
