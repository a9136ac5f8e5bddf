import { afterEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { idGivenBy, idOf, seenBy, startCrossingApp } from './crossing-app.js';

afterEach(closeApps);

const ADA = { user: 'ada' };

/** One instance whose store can be paused and fail, step by step, and another on the same records. */
async function start(storeTimeout: number | '1m') {
  const store = new IndexedScriptedStore();
  const failing = await startCrossingApp({ store, storeTimeout });
  const other = await startCrossingApp({ store: store.inner });
  return { store, failing, other, browser: failing.browser() };
}

// An instance that is closed has undone what there was to undo.
describe('the session of a sign-in that comes to nothing, when another sign-in has joined it,', () => {
  it('stays in the index if the store was down for a while', async () => {
    const { store, failing, other, browser } = await start(100);
    await browser.post('/login', { ...ADA, set: { label: 'cart' } });
    const mark = store.pause('replace', 'after');
    const login = browser.copy().post('/login', ADA);
    await mark.arrived;
    store.break('users.update', 'users.remove', 'read', 'replace');
    mark.resolve();
    expect(await login).toMatchObject({ status: 503, setCookies: [] });
    const again = browser.copy(other.origin);
    expect((await again.post('/login', ADA)).status).toBe(200);
    store.mend();
    await failing.app.close();
    expect(await seenBy(again)).toEqual({ user: 'ada', label: 'cart' });
    expect(await other.sessions.list('ada')).toHaveLength(1);
  });

  it('stays in the index if only the first of two clicks fails', async () => {
    const { store, failing, other, browser } = await start('1m');
    await browser.post('/set', { label: 'cart' });
    const entering = store.pause('users.add');
    const login = browser.copy().post('/login', ADA);
    await entering.arrived;
    const second = browser.copy(other.origin);
    expect((await second.post('/login', ADA)).status).toBe(200);
    entering.reject(new Error('the connection broke'));
    expect(await login).toMatchObject({ status: 503, setCookies: [] });
    await failing.app.close();
    expect(await seenBy(second)).toEqual({ user: 'ada', label: 'cart' });
    expect(await other.sessions.list('ada')).toHaveLength(1);
  });

  it('is entered into the index by its next request if it was joined while being undone', async () => {
    const { store, failing, other, browser } = await start('1m');
    await browser.post('/set', { label: 'cart' });
    const mark = store.pause('replace', 'after');
    const login = browser.copy().post('/login', ADA);
    await mark.arrived;
    store.break('users.add');
    const removing = store.pause('users.remove');
    mark.resolve();
    expect((await login).status).toBe(503);
    await removing.arrived;
    const second = browser.copy(other.origin);
    expect((await second.post('/login', ADA)).status).toBe(200);
    removing.resolve();
    await failing.app.close();
    expect(await seenBy(second)).toEqual({ user: 'ada', label: 'cart' });
    expect(await other.sessions.list('ada')).toHaveLength(1);
  });

  it('lives on if the first of two clicks finds that its own session was ended', async () => {
    const { store, failing, other, browser } = await start('1m');
    await browser.post('/login', ADA);
    const moved = store.pause('users.update', 'after');
    const entering = store.pause('users.update', 'before');
    const login = browser.copy().post('/login', ADA);
    await entering.arrived;
    await other.sessions.revokeAll('ada');
    entering.resolve();
    await moved.arrived;
    const second = browser.copy(other.origin);
    await second.post('/login', { ...ADA, data: { count: 1 } });
    moved.resolve();
    const answer = await login;
    expect(answer.status).toBe(200);
    await failing.app.close();
    expect(idGivenBy(answer)).toBe(idOf(second));
    expect(await seenBy(second)).toEqual({ user: 'ada', count: 1 });
    expect(await other.sessions.list('ada')).toHaveLength(1);
  });
});
