import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionModuleOptions, SessionStore } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { withoutIndex } from '../../support/stores/store-without-index.js';
import { MINUTE, standing, startClock, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

const ENCRYPTION = { keys: ['a key of at least thirty-two characters'] };

/** A user signs in while the store keeps no index of users; then it is replaced by one that does. */
describe.each([
  ['in plain text', {}],
  ['encrypted', { encryption: ENCRYPTION }],
])('a session that is older than the index, its record %s', (_title, options) => {
  const start = async () => {
    const { clock, pass } = startClock();
    const store = new MemorySessionStore({ clock });
    const startOn = (place: SessionStore, more: Partial<SessionModuleOptions> = {}) =>
      startDevicesApp({ store: place, clock, ...options, ...more });
    const before = await startOn(withoutIndex(store));
    const after = await startOn(store);
    /** The same cookies, sent to the application that runs now. */
    const moved = async (): Promise<Browser> => {
      const browser = await before.signedIn('ada');
      return after.browserWith(browser);
    };
    return { after, moved, pass };
  };

  it('ends with all others of its user, whether used in between or not', async () => {
    const { after, moved, pass } = await start();
    const [used, unused] = [await moved(), await moved()];
    expect(await standing(used)).toBe('ada');
    await after.sessions.revokeAll('ada');
    expect(await standing(used)).toBe('revoked');
    expect(await standing(unused)).toBe('revoked');
    pass(2 * MINUTE);
    expect(await after.sessions.list('ada')).toEqual([]);
  });

  it('is known from its next request on, and lives on', async () => {
    const { after, moved, pass } = await start();
    const browser = await moved();
    expect(await standing(browser)).toBe('ada');
    expect(await after.sessions.list('ada')).toHaveLength(1);
    for (let times = 0; times < 3; times += 1) {
      pass(2 * MINUTE);
      expect(await standing(browser)).toBe('ada');
    }
    expect(await after.sessions.revokeAll('ada')).toBe(1);
    expect(await standing(browser)).toBe('revoked');
  });

  it('is spared by "sign out everywhere else" on its own browser alone', async () => {
    const { moved, pass } = await start();
    const [other, browser] = [await moved(), await moved()];
    expect((await browser.send('/devices?except=current', { method: 'DELETE' })).status).toBe(200);
    expect(await standing(other)).toBe('revoked');
    pass(2 * MINUTE);
    expect(await standing(browser)).toBe('ada');
    pass(2 * MINUTE);
    expect(await standing(browser)).toBe('ada');
  });

  it.each(['confirm', 'regenerate'])(
    'lives on when its next request is a %s()',
    async (rotation) => {
      const { after, moved } = await start();
      const browser = await moved();
      expect((await browser.post(`/${rotation}`, { keep: 'all' })).status).toBe(201);
      expect(await standing(browser)).toBe('ada');
      expect(await after.sessions.list('ada')).toHaveLength(1);
    },
  );

  it.each([
    ['reject', 503],
    ['anonymous', 200],
  ] as const)('is not accepted while the index fails, with %s', async (onStoreFailure, status) => {
    const { clock } = startClock();
    const store = new IndexedScriptedStore(new MemorySessionStore({ clock }));
    const before = await startDevicesApp({ store: withoutIndex(store.inner), clock, ...options });
    const after = await startDevicesApp({ store, clock, onStoreFailure, ...options });
    const browser = after.browserWith(await before.signedIn('ada'));
    store.break('users.add');
    const answer = await browser.get('/open');
    expect([answer.status, answer.setCookies]).toEqual([status, []]);
    if (status === 200) expect(answer.body).toEqual({});
    store.mend();
    expect(await standing(browser)).toBe('ada');
  });

  it('is not ended by an end of all sessions before its user signed in', async () => {
    const { after, moved, pass } = await start();
    await after.sessions.revokeAll('ada');
    pass(1);
    expect(await standing(await moved())).toBe('ada');
  });
});
