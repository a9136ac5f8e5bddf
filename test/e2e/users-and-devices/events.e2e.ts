import { afterEach, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionEvent, SessionModuleOptions } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { HOUR, idOf, standing, startClock, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

const told = (events: readonly SessionEvent[]): unknown[] =>
  events.map(({ type, handle, userId }) => [type, handle, userId]);
const handleOfBrowser = (browser: Browser): string => handleOf(idOf(browser));

describeOnIndexedStores('events', (stores) => {
  it.each([
    ['hashed ids', {}],
    ['ids in clear', { hashIds: false }],
    ['encryption', { encryption: { keys: ['a key of more than thirty-two characters'] } }],
  ] satisfies [string, Partial<SessionModuleOptions>][])(
    'report the life of a session, with %s',
    async (_name, own) => {
      const { clock } = startClock();
      const store = stores.another(clock);
      const limit = { max: 1, onExceed: 'evict-oldest' } as const;
      const { events, sessions, browser, signedIn } = await startDevicesApp({
        store,
        clock,
        limit,
        ...own,
      });
      const ids = new Set<string>();
      const handles: string[] = [];
      const note = (one: Browser): void => {
        ids.add(idOf(one));
        handles.push(handleOfBrowser(one));
      };
      const visitor = browser();
      await visitor.post('/update');
      note(visitor);
      await visitor.post('/login', { user: 'ada' });
      note(visitor);
      await visitor.post('/confirm');
      note(visitor);
      await visitor.post('/regenerate', { keep: 'all' });
      note(visitor);
      await visitor.post('/logout');
      const first = await signedIn('ada');
      note(first);
      const second = await signedIn('ada');
      note(second);
      await sessions.revokeAll('ada');
      await standing(first);
      await standing(second);
      // A session keeps its handle when it gets a new id, unless that is by a sign-in.
      const [created, loggedIn, , , one, two] = handles;
      expect(told(events)).toEqual(
        [
          ['created', created, undefined],
          ['loggedIn', loggedIn, 'ada'],
          ['rotated', loggedIn, 'ada'],
          ['rotated', loggedIn, 'ada'],
          ['destroyed', loggedIn, 'ada'],
          ['loggedIn', one, 'ada'],
          ['evicted', one, 'ada'],
          ['loggedIn', two, 'ada'],
          ['revoked', two, 'ada'],
        ].toSorted((left, right) => order(events, left) - order(events, right)),
      );
      for (const { at } of events) expect(at).toEqual(new Date(clock()));
      for (const id of ids) expect(JSON.stringify(events)).not.toContain(id);
    },
  );

  it('report a session once that was evicted while it was being stored', async () => {
    const store = new IndexedScriptedStore(stores.another());
    const limit = { max: 1, onExceed: 'evict-oldest' } as const;
    const app = await startDevicesApp({ store, limit, storeTimeout: '1m' });
    const first = app.browser();
    const entered = store.pause('users.add', 'after');
    const login = first.post('/login', { user: 'ada' });
    await entered.arrived;
    const put = store.pause('put');
    const evicting = app.signedIn('ada');
    await put.arrived;
    entered.resolve();
    await login;
    put.resolve();
    await evicting;
    const ends = app.events.filter(({ type }) => type === 'evicted' || type === 'revoked');
    expect(told(ends)).toEqual([['evicted', handleOfBrowser(first), 'ada']]);
  });

  it('do not report a session twice that somebody else has ended', async () => {
    const app = await startDevicesApp({ store: stores.another() });
    const browser = await app.signedIn('ada');
    await app.sessions.revokeAll('ada');
    app.events.length = 0;
    expect((await browser.post('/logout')).status).toBe(201);
    expect(told(app.events)).toEqual([]);
  });

  it('report a store that failed, with its error', async () => {
    const store = new IndexedScriptedStore(stores.another());
    const app = await startDevicesApp({ store });
    const browser = await app.signedIn('ada');
    app.events.length = 0;
    store.break('users.list');
    expect((await browser.get('/devices')).status).toBe(503);
    expect(app.events).toMatchObject([{ type: 'storeFailed', cause: expect.any(Error) }]);
    expect(app.events[0]?.at).toBeInstanceOf(Date);
  });
});

it('report a session that was found expired, and how it expired', async () => {
  const { clock, pass } = startClock();
  const store = new MemorySessionStore({ clock: () => clock() - HOUR });
  const app = await startDevicesApp({ clock, store });
  const browser = await app.signedIn('ada');
  app.events.length = 0;
  pass(HOUR / 2);
  await browser.get('/me');
  expect(app.events).toEqual([
    {
      type: 'expired',
      handle: handleOfBrowser(browser),
      userId: 'ada',
      cause: 'expired',
      at: new Date(clock()),
    },
  ]);
});

it('report a cookie that was forged, and a record that is not a session', async () => {
  const store = new MemorySessionStore();
  const app = await startDevicesApp({ store });
  const headers = { cookie: 'connect.sid=s%3Aforged.signature' };
  await app.browser().get('/open', { headers });
  expect(app.events).toMatchObject([{ type: 'rejected', cause: expect.any(String) }]);
  app.events.length = 0;
  const browser = await app.signedIn('ada');
  const handle = handleOfBrowser(browser);
  await store.put(handle, { payload: 'no record', expiresAt: Date.now() + HOUR });
  app.events.length = 0;
  await browser.get('/open');
  expect(app.events).toMatchObject([{ type: 'rejected', handle, cause: expect.any(Error) }]);
  expect(JSON.stringify(app.events)).not.toContain(idOf(browser));
});

/** An eviction is reported before or after the sign-in that caused it. */
function order(events: readonly SessionEvent[], [type, handle]: readonly unknown[]): number {
  return events.findIndex((one) => one.type === type && one.handle === handle);
}
