import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { Losses } from '../../support/stores/losing-store.js';
import { until } from '../../support/until.js';
import { idGivenBy, idOf, seenBy, startCrossingApp } from './crossing-app.js';

afterEach(closeApps);

const REJECT = { limit: { max: 1, onExceed: 'reject' } } as const;

/** A visitor with a cart, on a store that moves sessions step by step. */
async function start(options: Partial<SessionModuleOptions> = {}) {
  const store = new IndexedScriptedStore();
  const app = await startCrossingApp({ store, storeTimeout: '1m', ...options });
  const browser = app.browser();
  await browser.post('/set', { label: 'cart' });
  /** Another browser, which has signed in. */
  const browserOf = async (user: string): Promise<void> => {
    expect((await app.browser().post('/login', { user })).status).toBe(200);
  };
  return { ...app, store, browser, browserOf };
}

describe('a sign-in that the cap refuses', () => {
  it('does not even begin if the cap is known to be full', async () => {
    const { store, browser, sessions, ...app } = await start(REJECT);
    await app.browserOf('ada');
    const taken = store.steps.length;
    const before = idOf(browser);
    const { status, body, setCookies } = await browser.post('/login', { user: 'ada' });
    expect([status, setCookies]).toEqual([409, []]);
    expect(body).toMatchObject({ sessions: [{ userId: 'ada' }] });
    expect(store.steps.slice(taken)).not.toContain('replace');
    expect(idOf(browser)).toBe(before);
    expect(await seenBy(browser)).toEqual({ label: 'cart' });
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it('gives the session back if another sign-in came first', async () => {
    const { store, browser, sessions } = await start(REJECT);
    const entering = store.pause('users.add');
    const login = browser.copy().post('/login', { user: 'ada' });
    await entering.arrived;
    const { browserOf } = await start({ ...REJECT, store: store.inner });
    await browserOf('ada');
    entering.resolve();
    const { status, setCookies } = await login;
    expect([status, setCookies]).toEqual([409, []]);
    expect(await seenBy(browser)).toEqual({ label: 'cart' });
    expect(await browser.post('/set', { count: 1 })).toMatchObject({ status: 200, setCookies: [] });
    expect(await seenBy(browser)).toEqual({ label: 'cart', count: 1 });
    expect(await sessions.list('ada')).toHaveLength(1);
  });
});

describe('a sign-in that fails after its mark is written', () => {
  it('is joined when the sign-in is tried again', async () => {
    const { store, browser, sessions } = await start();
    const key = handleOf(idOf(browser));
    const mark = store.pause('replace', 'after');
    const login = browser.copy().post('/login', { user: 'ada' });
    await mark.arrived;
    store.break('users.add');
    mark.resolve();
    expect(await login).toMatchObject({ status: 503, setCookies: [] });
    expect((await store.inner.read(key))?.payload).not.toContain('"label"');
    store.mend();
    const again = await browser.post('/login', { user: 'ada' });
    expect([again.status, again.setCookies.length]).toEqual([200, 1]);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it('leaves no entry of its own in the index', async () => {
    const { store, browser, sessions } = await start();
    const entered = store.pause('users.add', 'after');
    const login = browser.copy().post('/login', { user: 'ada' });
    await entered.arrived;
    expect(await store.inner.users.list('ada')).toHaveLength(1);
    store.break('read');
    entered.resolve();
    expect(await login).toMatchObject({ status: 503, setCookies: [] });
    store.mend();
    await until(async () => (await store.inner.users.list('ada')).length === 0);
    expect((await browser.post('/login', { user: 'ada' })).status).toBe(200);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it('leaves no way in for whoever has only the former cookie', async () => {
    const { store, browser, sessions } = await start();
    const mark = store.pause('replace', 'after');
    const login = browser.copy().post('/login', { user: 'ada' });
    await mark.arrived;
    store.break('users.add');
    mark.resolve();
    expect((await login).status).toBe(503);
    store.mend();
    const former = browser.copy();
    expect(await former.get('/me')).toMatchObject({ status: 401, setCookies: [] });
    await former.post('/login', { user: 'mallory' });
    expect(await seenBy(former)).toEqual({ user: 'mallory' });
    await until(async () => (await sessions.list('ada')).length === 0);
  });
});

describe('a sign-in whose mark has an unknown outcome', () => {
  it.each(['done', 'not done'] as const)(
    'reads back what became of it: %s, one answer after the other',
    async (loss) => {
      const losses = new Losses();
      const inner = new MemorySessionStore();
      const store = losses.of(new IndexedScriptedStore(inner));
      const { browser: another, sessions } = await startCrossingApp({ store });
      for (let call = 0; ; call += 1) {
        const browser = another();
        const user = `ada ${loss} ${call}`;
        await browser.post('/set', { label: 'cart' });
        losses.lose(call, loss);
        const { status, setCookies } = await browser.copy().post('/login', { user });
        await until(() => losses.isIdle);
        const isOver = losses.calls.length <= call;
        const story = `${losses.calls.join(' ')}; call ${call} lost, ${loss}; answered ${status}`;
        losses.lose(-1, loss);
        if (status === 503) {
          expect([story, setCookies]).toEqual([story, []]);
          const again = await browser.post('/login', { user });
          expect([story, again.status]).toEqual([story, 200]);
          expect([story, await seenBy(browser)]).toEqual([story, { user, label: 'cart' }]);
        } else expect([story, status]).toEqual([story, 200]);
        expect([story, (await sessions.list(user)).length]).toEqual([story, 1]);
        if (isOver) break;
      }
    },
  );

  it('is told of a failure when the store answers too late, and joins what exists by then', async () => {
    const { store, browser, sessions } = await start({ storeTimeout: 100 });
    const late = store.pause('replace', 'after');
    const failing = browser.copy().post('/login', { user: 'ada' });
    await late.arrived;
    store.break('read'); // so that it cannot be read back
    const { status, setCookies } = await failing;
    expect([status, setCookies]).toEqual([503, []]);
    store.mend();
    late.resolve();
    const again = await browser.post('/login', { user: 'ada' });
    expect([again.status, idGivenBy(again)]).toEqual([200, idOf(browser)]);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    await until(async () => (await sessions.list('ada')).length === 1);
  });

  it('signs in when the store answers too late but what was written can be read back', async () => {
    const { store, browser, sessions } = await start({ storeTimeout: 100 });
    const late = store.pause('replace', 'after');
    const login = await browser.post('/login', { user: 'ada' });
    late.resolve();
    expect(login.status).toBe(200);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    expect(await sessions.list('ada')).toHaveLength(1);
  });
});

describe('confirm() whose mark has an unknown outcome', () => {
  it.each(['done', 'not done'] as const)('signs nobody out: %s', async (loss) => {
    const losses = new Losses();
    const store = losses.of(new IndexedScriptedStore(new MemorySessionStore()));
    const { browser: another, sessions } = await startCrossingApp({ store });
    for (let call = 0; ; call += 1) {
      const browser = another();
      const user = `ada ${loss} ${call}`;
      await browser.post('/login', { user, set: { label: 'cart' } });
      losses.lose(call, loss);
      const { status } = await browser.post('/confirm');
      await until(() => losses.isIdle);
      const isOver = losses.calls.length <= call;
      const story = `${losses.calls.join(' ')}; call ${call} lost, ${loss}; answered ${status}`;
      losses.lose(-1, loss);
      expect([story, [200, 503]]).toEqual([story, expect.arrayContaining([status])]);
      if (status === 200) {
        expect([story, await seenBy(browser)]).toEqual([story, { user, label: 'cart' }]);
        expect([story, (await sessions.list(user)).length]).toEqual([story, 1]);
      }
      if (isOver) break;
    }
  });
});
