import { afterEach, describe, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { until } from '../../support/until.js';
import {
  HOUR,
  idOf,
  MINUTE,
  SECOND,
  standing,
  startClock,
  startDevicesApp,
} from './devices-app.js';

afterEach(closeApps);

/** The steps of a sign-in: its record, the replacement of the former record, and the index entry. */
const STEPS = [
  ['before its record is stored', 'create', 'before'],
  ['before the former record gives way', 'replace', 'before'],
  ['between record and index', 'users.add', 'before'],
  ['after it is in the index', 'users.add', 'after'],
] as const;

/** Until it is in the index, a sign-in counts as later than any end of sessions. */
const isLater = (step: string, moment: string): boolean =>
  step !== 'users.add' || moment === 'before';

/** A browser with a session in which nobody is signed in. */
async function visited(browser: Browser): Promise<Browser> {
  await browser.post('/visit', { label: 'of a visitor' });
  return browser;
}

describeOnIndexedStores('what comes in between', (stores) => {
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const { clock, pass } = startClock();
    const store = new IndexedScriptedStore(stores.another(clock));
    const settings: Partial<SessionModuleOptions> = {
      store,
      clock,
      storeTimeout: '1m',
      ...options,
    };
    const app = await startDevicesApp(settings);
    /** The browser's cookies in a browser of another instance, whose writes do not wait for this one's. */
    const elsewhere = async (browser: Browser) => {
      const { origin } = await startDevicesApp(settings);
      return browser.copy(origin);
    };
    return { ...app, elsewhere, store, clock, pass };
  };

  describe('a sign-in', () => {
    it.each(STEPS)('handles a revokeAll() %s', async (_when, step, moment) => {
      const { store, browser, sessions } = await start();
      const browserOfAda = await visited(browser());
      const pause = store.pause(step, moment);
      const login = browserOfAda.post('/login', { user: 'ada', after: { label: 'written' } });
      await pause.arrived;
      const ended = await sessions.revokeAll('ada');
      pause.resolve();
      expect((await login).status).toBe(201);
      const lives = isLater(step, moment);
      expect(ended).toBe(lives ? 0 : 1);
      expect(await standing(browserOfAda)).toBe(lives ? 'ada' : 'revoked');
      expect(await sessions.list('ada')).toHaveLength(lives ? 1 : 0);
    });

    it.each(['users.remove', 'replace'] as const)(
      'finishes while a revokeAll() that has seen it waits to %s, and is revoked',
      async (step) => {
        const { store, browser, sessions } = await start();
        const browserOfAda = browser();
        const entered = store.pause('users.add', 'after');
        const login = browserOfAda.post('/login', { user: 'ada' });
        await entered.arrived;
        const pause = store.pause(step);
        const ending = sessions.revokeAll('ada');
        await pause.arrived;
        entered.resolve();
        await login;
        pause.resolve();
        expect(await ending).toBe(1);
        expect(await standing(browserOfAda)).toBe('revoked');
        expect(await sessions.list('ada')).toEqual([]);
      },
    );

    it.each(STEPS)('handles an eviction %s', async (_when, step, moment) => {
      const limit = { max: 1, onExceed: 'evict-oldest' } as const;
      const { store, browser, sessions, signedIn } = await start({ limit });
      const first = await visited(browser());
      const pause = store.pause(step, moment);
      const login = first.post('/login', { user: 'ada', after: { label: 'written' } });
      await pause.arrived;
      const second = await signedIn('ada');
      pause.resolve();
      expect((await login).status).toBe(201);
      const lives = isLater(step, moment);
      expect(await standing(first)).toBe(lives ? 'ada' : 'evicted');
      expect(await standing(second)).toBe(lives ? 'evicted' : 'ada');
      expect(await sessions.list('ada')).toHaveLength(1);
    });

    it('is told that it was evicted, even if the eviction has not been recorded yet', async () => {
      const limit = { max: 1, onExceed: 'evict-oldest' } as const;
      const { store, browser, sessions, signedIn } = await start({ limit });
      const first = browser();
      const entered = store.pause('users.add', 'after');
      const login = first.post('/login', { user: 'ada' });
      await entered.arrived;
      const put = store.pause('put');
      const evicting = signedIn('ada');
      await put.arrived;
      entered.resolve();
      await login;
      put.resolve();
      expect(await standing(await evicting)).toBe('ada');
      expect(await standing(first)).toBe('evicted');
      expect(await sessions.list('ada')).toHaveLength(1);
    });

    it('keeps the reason of an eviction that is recorded while a touch is about to do the same', async () => {
      const limit = { max: 1, onExceed: 'evict-oldest' } as const;
      const { store, signedIn, pass } = await start({ limit });
      const first = await signedIn('ada');
      const copy = first.copy();
      const put = store.pause('put');
      const evicting = signedIn('ada');
      await put.arrived;
      pass(2 * MINUTE);
      const replace = store.pause('replace');
      const touching = copy.get('/me');
      await replace.arrived;
      put.resolve();
      await evicting;
      replace.resolve();
      await touching;
      expect(await standing(first)).toBe('evicted');
    });

    it.each(STEPS)(
      'is not ended by requests that list the sessions %s',
      async (_when, step, moment) => {
        const { store, browser, sessions, pass } = await start();
        const browserOfAda = await visited(browser());
        const pause = store.pause(step, moment);
        const login = browserOfAda.post('/login', { user: 'ada' });
        await pause.arrived;
        for (let times = 0; times < 3; times += 1) {
          expect(await sessions.list('ada')).toHaveLength(isLater(step, moment) ? 0 : 1);
          pass(5 * SECOND);
        }
        pause.resolve();
        await login;
        for (let times = 0; times < 3; times += 1) {
          expect(await standing(browserOfAda)).toBe('ada');
          expect(await sessions.list('ada')).toHaveLength(1);
          pass(2 * MINUTE);
        }
      },
    );

    it('takes no place under the limit when it fails', async () => {
      const limit = { max: 1, onExceed: 'reject' } as const;
      const { store, browser, sessions, signedIn } = await start({ limit });
      store.break('create');
      const { status, setCookies } = await browser().post('/login', { user: 'ada' });
      expect([status, setCookies]).toEqual([503, []]);
      store.mend();
      // The answer does not wait for a store that has just failed; the entry is removed after the answer.
      await until(async () => (await store.inner.users.list('ada')).length === 0);
      expect(await standing(await signedIn('ada'))).toBe('ada');
      expect(await sessions.list('ada')).toHaveLength(1);
    });

    it.each(['reject', 'evict-oldest'] as const)(
      'ignores an entry that a dead process left, with %s',
      async (onExceed) => {
        const { store, signedIn, clock, sessions } = await start({ limit: { max: 2, onExceed } });
        const browserOfAda = await signedIn('ada');
        const entry = { key: 'of a process that died', expiresAt: clock() + 2 * HOUR };
        await store.inner.users.add('ada', entry);
        expect(await standing(await signedIn('ada'))).toBe('ada');
        expect(await standing(browserOfAda)).toBe('ada');
        expect(await sessions.list('ada')).toHaveLength(2);
        expect(await store.inner.users.list('ada')).toHaveLength(2);
      },
    );

    it('can take the place of a session that was ended by its id', async () => {
      const limit = { max: 1, onExceed: 'reject' } as const;
      const { browser, signedIn, sessions } = await start({ limit });
      const first = await signedIn('ada');
      expect((await browser().post('/destroy', { id: idOf(first) })).status).toBe(201);
      expect(await sessions.list('ada')).toEqual([]);
      expect(await standing(await signedIn('ada'))).toBe('ada');
    });

    it('signs nobody out if it cannot create its record', async () => {
      const limit = { max: 2, onExceed: 'evict-oldest' } as const;
      const { store, signedIn, pass } = await start({ limit });
      const other = await signedIn('ada');
      const browserOfAda = await signedIn('ada');
      store.break('create');
      expect((await browserOfAda.post('/login', { user: 'ada' })).status).toBe(503);
      store.mend();
      expect(await standing(browserOfAda)).toBe('ada');
      pass(2 * MINUTE);
      await browserOfAda.get('/me'); // extends the idle timeout, if it is still one of the user's
      expect(await standing(browserOfAda)).toBe('ada');
      expect(await standing(other)).toBe('ada');
    });
  });

  describe.each(['confirm', 'regenerate'] as const)('%s()', (rotation) => {
    const body = { keep: 'all' };

    it('leaves only a session that can be ended when the index cannot be updated', async () => {
      const { store, sessions, signedIn } = await start();
      const browser = await signedIn('ada');
      store.break('users.update');
      const { status, setCookies } = await browser.post(`/${rotation}`, body);
      expect([status, setCookies]).toEqual([503, []]);
      store.mend();
      // Under its former id, it lives on until the grace is over.
      expect(await standing(browser)).toBe('ada');
      expect(await sessions.list('ada')).toHaveLength(1);
      expect(await sessions.revokeAll('ada')).toBe(1);
      expect(await standing(browser)).toBe('revoked');
      expect(await sessions.list('ada')).toEqual([]);
    });

    it.each([
      ['before its new record is stored', 'create', 'before'],
      ['after its new record was stored', 'create', 'after'],
      ['when the old record has given way', 'replace', 'after'],
      ['before it looks at the index again', 'users.update', 'before'],
    ] as const)('does not escape a revokeAll() %s', async (_when, step, moment) => {
      const { store, sessions, signedIn, pass } = await start();
      const browser = await signedIn('ada');
      const before = browser.copy();
      const pause = store.pause(step, moment);
      const rotating = browser.post(`/${rotation}`, body);
      await pause.arrived;
      expect(await sessions.revokeAll('ada')).toBe(1);
      pause.resolve();
      expect((await rotating).status).toBe(201);
      expect(await standing(browser)).toBe('revoked');
      expect(['revoked', 'expired']).toContain(await standing(before));
      pass(2 * MINUTE);
      expect(await standing(browser)).toBe('revoked');
      expect(await sessions.list('ada')).toEqual([]);
    });

    it.each(['users.remove', 'replace'] as const)(
      'does not rescue a session that revoke() is about to %s',
      async (step) => {
        const { store, sessions, signedIn, pass } = await start();
        const browser = await signedIn('ada');
        const pause = store.pause(step);
        const ending = sessions.revoke('ada', handleOf(idOf(browser)));
        await pause.arrived;
        const rotating = browser.post(`/${rotation}`, body);
        await rotating;
        pause.resolve();
        // It may say that there is no such session any more, but not that it ended a session that lives on.
        const isEnded = await ending;
        pass(2 * MINUTE);
        expect([isEnded, await standing(browser)]).toEqual(
          isEnded ? [true, expect.stringMatching(/revoked|expired|anonymous/)] : [false, 'ada'],
        );
      },
    );

    it('does not rescue a session that was evicted', async () => {
      const limit = { max: 1, onExceed: 'evict-oldest' } as const;
      const { store, sessions, signedIn, pass } = await start({ limit });
      const first = await signedIn('ada');
      const put = store.pause('put');
      const evicting = signedIn('ada');
      await put.arrived;
      await first.post(`/${rotation}`, body);
      put.resolve();
      const second = await evicting;
      pass(2 * MINUTE);
      await second.get('/me'); // extends the idle timeout, if it is still one of the user's
      expect(await standing(second)).toBe('ada');
      expect(await standing(first)).toMatch(/evicted|revoked|expired/);
      expect(await sessions.list('ada')).toHaveLength(1);
    });

    it.each(['create', 'replace'] as const)(
      'does not leave the old session alive when it fails to %s after revokeAll()',
      async (step) => {
        const { store, sessions, signedIn, pass } = await start();
        const browser = await signedIn('ada');
        const pause = store.pause(step);
        const rotating = browser.post(`/${rotation}`, body);
        await pause.arrived;
        expect(await sessions.revokeAll('ada')).toBe(1);
        pause.reject(new Error('the connection broke'));
        expect((await rotating).status).toBe(503);
        expect(await standing(browser)).toBe('revoked');
        pass(2 * MINUTE);
        expect(await standing(browser)).toBe('revoked');
        expect(await sessions.list('ada')).toEqual([]);
      },
    );

    it('keeps the old session when the store fails, also in the index', async () => {
      const { store, sessions, signedIn, pass } = await start();
      const browser = await signedIn('ada');
      store.break('create');
      expect((await browser.post(`/${rotation}`, body)).status).toBe(503);
      store.mend();
      expect(await standing(browser)).toBe('ada');
      expect(await sessions.list('ada')).toHaveLength(1);
      pass(2 * MINUTE);
      await browser.get('/me'); // extends the idle timeout, if it is still one of the user's
      expect(await standing(browser)).toBe('ada');
      expect(await sessions.revokeAll('ada')).toBe(1);
      expect(await standing(browser)).toBe('revoked');
    });

    it.each(['create', 'replace'] as const)(
      'continues when another request extends the idle timeout before it can %s',
      async (step) => {
        const { store, signedIn, elsewhere, pass, events } = await start();
        const browser = await signedIn('ada', { set: { label: 'kept' } });
        const other = await elsewhere(browser);
        pass(2 * MINUTE);
        const pause = store.pause(step);
        const rotating = browser.post(`/${rotation}`, body);
        await pause.arrived;
        expect((await other.get('/me')).status).toBe(200);
        pause.resolve();
        expect((await rotating).status).toBe(201);
        expect(await standing(browser)).toBe('ada');
        expect((await browser.get('/me')).body).toMatchObject({ label: 'kept' });
        expect(events.map(({ type }) => type)).not.toContain('revoked');
      },
    );
  });

  it.each([
    ['and gives both the same id, under hashed ids', {}, 1],
    ['under the ids themselves', { hashIds: false }, 0],
  ])('confirm() clicked twice signs nobody out, %s', async (_title, options, cookies) => {
    const { store, sessions, signedIn, elsewhere } = await start(options);
    const browser = await signedIn('ada');
    const copy = await elsewhere(browser);
    const late = store.pause('create');
    const second = copy.post('/confirm');
    await late.arrived;
    const follows = store.pause('users.update');
    const first = browser.post('/confirm');
    await follows.arrived;
    late.resolve();
    expect((await second).setCookies).toHaveLength(cookies);
    follows.resolve();
    expect((await first).setCookies).toHaveLength(1);
    expect(await standing(browser)).toBe('ada');
    if (cookies > 0) expect(idOf(copy)).toBe(idOf(browser));
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it('a request that outlasts a rotation leaves no false report of a revocation', async () => {
    const app = await start();
    const browser = await app.signedIn('ada');
    const other = browser.copy();
    app.pass(2 * MINUTE);
    const slow = other.post('/slow', { label: 'late' });
    await app.slow.begun.promise;
    await browser.post('/confirm');
    app.slow.mayEnd.resolve();
    expect((await slow).text).toBe('answered');
    expect(app.events.map(({ type }) => type)).not.toContain('revoked');
    expect(await standing(browser)).toBe('ada');
  });

  it('a request that outlasts a logout leaves no false report of a revocation', async () => {
    const app = await start();
    const browser = await app.signedIn('ada');
    const other = browser.copy();
    app.pass(2 * MINUTE);
    const slow = other.post('/slow', { label: 'late' });
    await app.slow.begun.promise;
    await browser.post('/logout');
    app.slow.mayEnd.resolve();
    expect((await slow).text).toBe('answered');
    expect(app.events.map(({ type }) => type)).not.toContain('revoked');
    expect(await standing(other)).toBe('expired');
  });

  it.each([
    ['remove', 'before'],
    ['remove', 'after'],
    ['users.remove', 'before'],
  ] as const)(
    'logout() ends the session when revokeAll() comes in between, %s, %s',
    async (step, moment) => {
      const { store, sessions, signedIn } = await start();
      const browser = await signedIn('ada');
      const before = browser.copy();
      const pause = store.pause(step, moment);
      const leaving = browser.post('/logout');
      await pause.arrived;
      await sessions.revokeAll('ada');
      pause.resolve();
      const { status, setCookies } = await leaving;
      expect(status).toBe(201);
      expect(setCookies.join()).toContain('connect.sid=;');
      expect(await standing(before)).toMatch(/revoked|expired/);
      expect(await sessions.list('ada')).toEqual([]);
    },
  );

  it.each(
    (['create', 'replace', 'users.update'] as const).flatMap((step) =>
      (['before', 'after'] as const).map((moment) => [step, moment] as const),
    ),
  )(
    'logout() with the first id finds the session across two new ids, the second %s, %s',
    async (step, moment) => {
      const { store, sessions, signedIn, elsewhere, pass } = await start();
      const browser = await signedIn('ada');
      const other = await signedIn('ada');
      const copy = await elsewhere(browser);
      const remove = store.pause('remove');
      const leaving = copy.post('/logout');
      await remove.arrived;
      expect((await browser.post('/confirm')).status).toBe(201);
      const pause = store.pause(step, moment);
      const confirming = browser.post('/confirm');
      await pause.arrived;
      remove.resolve();
      expect((await leaving).status).toBe(201);
      pause.resolve();
      expect((await confirming).status).toBe(201);
      expect(await standing(browser)).toMatch(/expired|anonymous/);
      expect(await sessions.list('ada')).toHaveLength(1);
      pass(2 * MINUTE);
      expect(await standing(other)).toBe('ada');
    },
  );

  it('logout() with an id that was already replaced ends the session under its new id', async () => {
    const { sessions, signedIn } = await start();
    const browser = await signedIn('ada');
    const before = browser.copy();
    await browser.post('/confirm');
    const { status, setCookies } = await before.post('/logout');
    expect([status, setCookies]).toEqual([201, [expect.stringContaining('connect.sid=;')]]);
    expect(await standing(browser)).toBe('expired');
    expect(await sessions.list('ada')).toEqual([]);
  });

  it('logout() and revoke() end a session that confirm() gives a new id in the meantime', async () => {
    const { store, sessions, signedIn, elsewhere } = await start();
    const browser = await signedIn('ada');
    const copy = await elsewhere(browser);
    const removes = store.pause('remove');
    const leaving = copy.post('/logout');
    await removes.arrived;
    const follows = store.pause('users.update');
    const confirming = browser.post('/confirm');
    await follows.arrived;
    const leaves = store.pause('users.remove');
    const ending = sessions.revoke('ada', handleOf(idOf(copy)));
    await leaves.arrived;
    follows.resolve();
    await confirming;
    leaves.resolve();
    expect(await ending).toBe(true);
    removes.resolve();
    expect((await leaving).status).toBe(201);
    expect(await standing(browser)).toBe('revoked');
    expect(await sessions.list('ada')).toEqual([]);
  });

  it('logout() with the id that a sign-in replaced ends no session', async () => {
    const { browser, sessions } = await start();
    const visitor = await visited(browser());
    const before = visitor.copy();
    await visitor.post('/login', { user: 'ada' });
    await before.post('/logout');
    expect(await standing(visitor)).toBe('ada');
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it.each(['users.remove', 'replace'] as const)(
    'logout() ends the session while revokeAll() waits to %s',
    async (step) => {
      const { store, sessions, signedIn } = await start();
      const browser = await signedIn('ada');
      const before = browser.copy();
      const pause = store.pause(step);
      const ending = sessions.revokeAll('ada');
      await pause.arrived;
      expect((await browser.post('/logout')).status).toBe(201);
      pause.resolve();
      await ending;
      expect(await standing(before)).toMatch(/revoked|expired/);
      expect(await sessions.list('ada')).toEqual([]);
    },
  );

  it.each(['read', 'write'] as const)(
    'a session without an index entry, as after a crash, ends with its next touch, by a %s',
    async (kind) => {
      const { store, sessions, signedIn, pass } = await start();
      const browser = await signedIn('ada');
      await store.inner.users.remove('ada', handleOf(idOf(browser)));
      expect(await sessions.list('ada')).toEqual([]);
      pass(61 * SECOND);
      if (kind === 'read') await browser.get('/me');
      else await browser.post('/set', { label: 'lost' });
      expect(await standing(browser)).toBe('revoked');
    },
  );

  it('revokeAll() that failed halfway ends all sessions when it is tried again', async () => {
    const { store, sessions, signedIn } = await start();
    const browsers = [await signedIn('ada'), await signedIn('ada'), await signedIn('ada')];
    store.break('replace');
    await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ status: 503 });
    store.mend();
    await sessions.revokeAll('ada');
    for (const browser of browsers) expect(await standing(browser)).toBe('revoked');
  });

  it('revoke() keeps the reason of an eviction that comes in between', async () => {
    const limit = { max: 1, onExceed: 'evict-oldest' } as const;
    const { store, sessions, signedIn } = await start({ limit });
    const first = await signedIn('ada');
    const pause = store.pause('replace');
    const ending = sessions.revoke('ada', handleOf(idOf(first)));
    await pause.arrived;
    await signedIn('ada');
    pause.resolve();
    expect(await ending).toBe(false);
    expect(await standing(first)).toBe('evicted');
  });

  it('revoke() that failed can be tried again', async () => {
    const { store, sessions, signedIn } = await start();
    const browser = await signedIn('ada');
    const handle = handleOf(idOf(browser));
    store.break('replace');
    await expect(sessions.revoke('ada', handle)).rejects.toMatchObject({ status: 503 });
    store.mend();
    await sessions.revoke('ada', handle);
    expect(await standing(browser)).toBe('revoked');
  });

  it('a session stays in the index for as long as its own cookie.maxAge lets it live', async () => {
    const { signedIn, pass, sessions } = await start();
    const browser = await signedIn('ada', { maxAge: 48 * HOUR });
    pass(24 * HOUR);
    expect(await sessions.list('ada')).toHaveLength(1);
    expect(await standing(browser)).toBe('ada');
    expect(await standing(browser)).toBe('ada');
  });
});
