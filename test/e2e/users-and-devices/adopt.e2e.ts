import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore, SealedCookieStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { withoutIndex } from '../../support/stores/store-without-index.js';
import { HOUR, idOf, MINUTE, standing, startClock, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

const ADA = { user: 'ada' };

const start = async (options: Partial<SessionModuleOptions> = {}) => {
  const { clock, pass } = startClock();
  const store = new IndexedScriptedStore(new MemorySessionStore({ clock }));
  const app = await startDevicesApp({ store, clock, ...options });
  /** A browser in whose session nobody is signed in by Sesame. */
  const visited = async (): Promise<Browser> => {
    const browser = app.browser();
    await browser.post('/visit', { label: 'cart', count: 1 });
    return browser;
  };
  return { ...app, store, pass, visited };
};

describe('adopt()', () => {
  it("makes a session the user's, with its current id and data", async () => {
    const { visited, sessions, events } = await start();
    const browser = await visited();
    const id = idOf(browser);
    const { body, setCookies } = await browser.post('/adopt', ADA);
    expect(body).toEqual({ adopted: true, user: 'ada', label: 'cart', count: 1 });
    expect(setCookies).toEqual([]);
    expect(idOf(browser)).toBe(id);
    expect(await standing(browser)).toBe('ada');
    const [listed] = await sessions.list('ada');
    expect(listed).toMatchObject({ userId: 'ada', ip: '127.0.0.1' });
    expect(events.map(({ type, userId }) => [type, userId])).toEqual([
      ['created', undefined],
      ['adopted', 'ada'],
    ]);
    expect(events[1]?.handle).toBe(listed?.handle);
    expect(await sessions.revoke('ada', listed?.handle ?? '')).toBe(true);
    expect(await standing(browser)).toBe('revoked');
  });

  it('costs nothing once the session is adopted', async () => {
    const { visited, store, events } = await start();
    const browser = await visited();
    await browser.post('/adopt', ADA);
    const [taken, emitted] = [store.steps.length, events.length];
    expect((await browser.post('/adopt', ADA)).body).toMatchObject({ adopted: true });
    expect(store.steps.slice(taken)).toEqual(['read']);
    expect(events).toHaveLength(emitted);
  });

  it('keeps the changes that this request stores at its end, and what others have stored', async () => {
    const { visited } = await start();
    const browser = await visited();
    const set = { label: 'changed' };
    expect((await browser.post('/adopt', { ...ADA, set })).body).toMatchObject(set);
    await browser.post('/set', { count: 2 });
    expect((await browser.get('/me')).body).toEqual({ user: 'ada', label: 'changed', count: 2 });
  });

  it('shows what another request has stored in the meantime', async () => {
    const { visited, store } = await start();
    const browser = await visited();
    const adding = store.pause('users.add');
    const adopting = browser.post('/adopt', { ...ADA, set: { label: 'own' } });
    await adding.arrived;
    const other = await startDevicesApp({ store: store.inner });
    await other.browserWith(browser).post('/visit', { count: 7, items: ['more'] });
    adding.resolve();
    expect((await adopting).body).toMatchObject({ label: 'own', count: 7 });
    expect((await browser.get('/me')).body).toMatchObject({
      label: 'own',
      count: 7,
      items: ['more'],
    });
  });

  it.each([
    ['replaced', { keys: ['a former key of thirty-two characters'] }],
    ['introduced', undefined],
  ])(
    'heeds no note of revokeAll() that cannot be read, as the key was %s',
    async (_how, former) => {
      const store = new MemorySessionStore();
      const { sessions } = await startDevicesApp({ store, encryption: former });
      await sessions.revokeAll('ada');
      const keys = ['the key of thirty-two characters left'];
      const browser = (await startDevicesApp({ store, encryption: { keys } })).browser();
      await browser.post('/visit', { label: 'cart' });
      expect((await browser.post('/adopt', ADA)).body).toMatchObject({ adopted: true });
      expect(await standing(browser)).toBe('ada');
    },
  );

  it('refuses when another user is signed in', async () => {
    const { signedIn, sessions } = await start();
    const browser = await signedIn('grace');
    expect((await browser.post('/adopt', ADA)).status).toBe(500);
    expect(await standing(browser)).toBe('grace');
    expect(await sessions.list('ada')).toEqual([]);
  });

  it('does nothing when no session is stored', async () => {
    const { browser, sessions } = await start();
    const { body, setCookies } = await browser().post('/adopt', ADA);
    expect(body).toEqual({ adopted: false });
    expect(setCookies).toEqual([]);
    expect(await sessions.list('ada')).toEqual([]);
  });

  it.each(['', 7, undefined])('refuses a user id that is %p', async (user) => {
    const browser = await (await start()).visited();
    expect((await browser.post('/adopt', { user })).status).toBe(500);
  });

  it('proves nothing: the session is stale until confirm(), and its age keeps counting', async () => {
    const { visited, pass } = await start({ idleTimeout: '3h', absoluteTimeout: '4h' });
    const browser = await visited();
    pass(2 * HOUR);
    await browser.post('/adopt', ADA);
    expect((await browser.get('/sensitive')).body).toMatchObject({ reason: 'stale' });
    await browser.post('/confirm');
    expect((await browser.get('/sensitive')).text).toBe('done');
    pass(2 * HOUR);
    expect(await standing(browser)).not.toBe('ada');
  });

  it('counts towards the limit, as a sign-in does', async () => {
    const limit = { max: 2, onExceed: 'reject' } as const;
    const { visited, signedIn, sessions } = await start({ limit });
    const browser = await visited();
    const [one] = [await signedIn('ada'), await signedIn('ada')];
    const refused = await browser.post('/adopt', ADA);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ sessions: [{ userId: 'ada' }, { userId: 'ada' }] });
    expect((await browser.get('/open')).body).toEqual({ label: 'cart', count: 1 });
    await one.post('/logout');
    expect((await browser.post('/adopt', ADA)).status).toBe(201);
    expect(await sessions.list('ada')).toHaveLength(2);
  });

  it('evicts the oldest session at the limit', async () => {
    const limit = { max: 2, onExceed: 'evict-oldest' } as const;
    const { visited, signedIn, pass } = await start({ limit });
    const oldest = await signedIn('ada');
    pass(MINUTE);
    const other = await signedIn('ada');
    const browser = await visited();
    await browser.post('/adopt', ADA);
    expect(await standing(oldest)).toBe('evicted');
    expect(await standing(other)).toBe('ada');
    expect(await standing(browser)).toBe('ada');
  });

  it("refuses a session that began before all of the user's sessions were ended, not one that began after", async () => {
    const { visited, sessions, pass } = await start();
    const older = await visited();
    pass(MINUTE);
    await sessions.revokeAll('ada');
    pass(MINUTE);
    const newer = await visited();
    const refused = await older.post('/adopt', ADA);
    expect([refused.status, refused.body]).toEqual([
      401,
      expect.objectContaining({ reason: 'revoked' }),
    ]);
    expect((await older.get('/open')).body).toEqual({});
    expect(await standing(older)).toBe('revoked');
    expect((await newer.post('/adopt', ADA)).status).toBe(201);
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it.each(['evict-oldest', 'reject'] as const)(
    'takes no place under the limit for a session that has ended: %s',
    async (onExceed) => {
      const { visited, signedIn } = await start({ limit: { max: 1, onExceed } });
      const older = await visited();
      const browser = await signedIn('ada');
      await browser.post('/end-others', ADA);
      const { status, body } = await older.post('/adopt', ADA);
      expect([status, body]).toMatchObject([401, { reason: 'revoked' }]);
      expect(await standing(older)).toBe('revoked');
      expect(await standing(browser)).toBe('ada');
    },
  );

  it('sets the user of a session without an index, and enters it into one later', async () => {
    const store = new MemorySessionStore();
    const before = await startDevicesApp({ store: withoutIndex(store) });
    const browser = before.browser();
    await browser.post('/visit', { label: 'cart' });
    expect((await browser.post('/adopt', ADA)).body).toMatchObject({ adopted: true, user: 'ada' });
    const after = await startDevicesApp({ store });
    expect(await standing(after.browserWith(browser))).toBe('ada');
    expect(await after.sessions.list('ada')).toHaveLength(1);
  });

  it('works when the cookie carries the session', async () => {
    const store = new SealedCookieStore({ keys: ['a key of at least thirty-two characters'] });
    const browser = (await startDevicesApp({ store })).browser();
    await browser.post('/visit', { label: 'cart' });
    const { body, setCookies } = await browser.post('/adopt', ADA);
    expect(body).toMatchObject({ adopted: true, user: 'ada', label: 'cart' });
    expect(setCookies).toHaveLength(1);
    expect(await standing(browser)).toBe('ada');
  });
});

/** The steps of an adoption, each with when it is made to wait. */
const STEPS = [
  ['before its entry', 'users.add', 'before', 0],
  ['after its entry', 'users.add', 'after', 0],
  ['after it looked whether all sessions were ended', 'read', 'after', 1],
  ['before its record is written', 'replace', 'before', 0],
  ['after its record is written', 'replace', 'after', 0],
] as const;

describeOnIndexedStores('what comes in between the steps of adopt()', (stores) => {
  /** Two instances: what one does need not wait for the other. */
  const startTwo = async (options: Partial<SessionModuleOptions> = {}) => {
    const store = new IndexedScriptedStore(stores.another());
    const other = await startDevicesApp({ store: stores.another(), ...options });
    const one = await startDevicesApp({ store, storeTimeout: '1m', ...options });
    const browser = one.browser();
    await browser.post('/visit', { label: 'cart' });
    return { store, one, other, browser, there: other.browserWith(browser) };
  };

  describe.each(STEPS)('%s', (_when, step, moment, passing) => {
    const startPaused = async (options: Partial<SessionModuleOptions> = {}) => {
      const started = await startTwo(options);
      const pause = started.store.pause(step, moment, passing);
      const adopting = started.browser.post('/adopt', ADA);
      await pause.arrived;
      const resume = async () => {
        pause.resolve();
        return adopting;
      };
      return { ...started, resume };
    };

    it('a sign-out ends the session', async () => {
      const { there, browser, other, resume } = await startPaused();
      const late = browser.copy();
      await there.post('/logout');
      expect((await resume()).status).toBe(201);
      expect((await late.get('/open')).body).toEqual({});
      expect(await other.sessions.list('ada')).toEqual([]);
    });

    it('an end of all sessions ends it, but not a sign-in after that', async () => {
      const { browser, other, resume } = await startPaused();
      await other.sessions.revokeAll('ada');
      await other.signedIn('ada');
      await resume();
      expect(await standing(browser)).not.toBe('ada');
      expect(await other.sessions.list('ada')).toHaveLength(1);
    });

    it('a second adoption is the same one', async () => {
      const { there, one, other, resume } = await startPaused();
      expect((await there.post('/adopt', ADA)).body).toMatchObject({ adopted: true });
      expect((await resume()).body).toMatchObject({ adopted: true, user: 'ada' });
      const emitted = [...one.events, ...other.events].filter(({ type }) => type === 'adopted');
      expect(emitted).toHaveLength(1);
      expect(await other.sessions.list('ada')).toHaveLength(1);
      expect(await standing(there)).toBe('ada');
    });

    it('only one of two users gets the session', async () => {
      const { there, other, resume } = await startPaused();
      const statuses = [(await there.post('/adopt', { user: 'grace' })).status];
      statuses.push((await resume()).status);
      expect(statuses.toSorted()).toEqual([201, 500]);
      const user = await standing(there);
      expect(await other.sessions.list(user)).toHaveLength(1);
      expect(await other.sessions.list(user === 'ada' ? 'grace' : 'ada')).toEqual([]);
    });

    it('a sign-in replaces it', async () => {
      const { there, other, resume } = await startPaused();
      expect((await there.post('/login', ADA)).status).toBe(201);
      await resume();
      expect(await standing(there)).toBe('ada');
      expect(await other.sessions.list('ada')).toHaveLength(1);
    });

    it('sign-ins elsewhere leave no more sessions than the limit allows', async () => {
      const limit = { max: 2, onExceed: 'evict-oldest' } as const;
      const { browser, other, resume } = await startPaused({ limit });
      const signedIn = [await other.signedIn('ada'), await other.signedIn('ada')];
      await resume();
      const standings = await Promise.all([browser, ...signedIn].map(standing));
      expect(standings.filter((user) => user === 'ada')).toHaveLength(2);
      expect(await other.sessions.list('ada')).toHaveLength(2);
    });
  });

  it('many adoptions at once count as one', async () => {
    const { browser, there, one, other } = await startTwo();
    const asked = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? browser : there));
    const answers = await Promise.all(asked.map((from) => from.post('/adopt', ADA)));
    for (const { body } of answers) expect(body).toMatchObject({ adopted: true, user: 'ada' });
    const emitted = [...one.events, ...other.events].filter(({ type }) => type === 'adopted');
    expect(emitted).toHaveLength(1);
    expect(await other.sessions.list('ada')).toHaveLength(1);
  });
});

describe('summary()', () => {
  const HALF_AN_HOUR = 30 * MINUTE;

  it('is what list() says about this session, without reading any other', async () => {
    const { signedIn, sessions, store } = await start();
    const browser = await signedIn('ada');
    await signedIn('ada');
    const taken = store.steps.length;
    const { body } = await browser.get('/summary');
    expect(store.steps.slice(taken)).toEqual(['read']);
    const { devices } = { devices: (await browser.get('/devices')).body };
    expect(devices).toContainEqual(Object(body).summary);
    expect(await sessions.list('ada')).toHaveLength(2);
  });

  it('says when the session ends, unused and however much it is used', async () => {
    const { signedIn, pass } = await start({ absoluteTimeout: '2h' });
    const browser = await signedIn('ada');
    const { summary: first } = Object((await browser.get('/summary')).body);
    const began = new Date(first.createdAt).getTime();
    expect(new Date(first.expiresAt).getTime()).toBe(began + HALF_AN_HOUR);
    expect(new Date(first.endsAt).getTime()).toBe(began + 2 * HOUR);
    // This response extends the session, and says so.
    pass(20 * MINUTE);
    const { summary: later } = Object((await browser.get('/summary')).body);
    expect(new Date(later.expiresAt).getTime()).toBe(began + 20 * MINUTE + HALF_AN_HOUR);
    expect(later.endsAt).toBe(first.endsAt);
    for (let round = 0; round < 4; round += 1) {
      pass(20 * MINUTE);
      await browser.get('/me');
    }
    const { summary: last } = Object((await browser.get('/summary')).body);
    expect(last.expiresAt).toBe(last.endsAt);
  });

  it('has no absolute end if there is none', async () => {
    const { signedIn } = await start({ absoluteTimeout: null });
    const browser = await signedIn('ada');
    expect(Object((await browser.get('/summary')).body).summary).not.toHaveProperty('endsAt');
  });

  it('is undefined when nobody is signed in', async () => {
    const { visited, browser, signedIn } = await start();
    const out = await signedIn('ada');
    await out.post('/logout');
    for (const one of [browser(), await visited(), out]) {
      expect((await one.get('/summary')).body).toEqual({});
    }
  });
});
