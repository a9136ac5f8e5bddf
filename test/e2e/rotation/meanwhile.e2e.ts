import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { idOf, standing, startDevicesApp } from '../users-and-devices/devices-app.js';

afterEach(closeApps);

/** What gives a session a new id, with all that it holds. */
const ROTATIONS = [
  ['login()', '/login', { user: 'ada' }],
  ['confirm()', '/confirm', {}],
  ['regenerate()', '/regenerate', { keep: 'all' }],
] as const;

/** A sign-in vouches for the new session; the others only continue the former one. */
const vouches = (path: string): boolean => path === '/login';

// What happens to a session between the moment at which its new record is made and the one at which
// the store is asked to write it comes to the same, however the store moves sessions.
describe.each([
  ['in one step', { moves: true }, 'move'],
  ['step by step', { moves: false }, 'create'],
] as const)('a session that gets a new id %s', (_how, kind, firstStep) => {
  const start = async () => {
    const store = new IndexedScriptedStore(new MemorySessionStore(), kind);
    const app = await startDevicesApp({ store, storeTimeout: '1m' });
    // Another instance, whose writes to the session do not wait for this one's.
    const elsewhere = await startDevicesApp({ store: store.inner });
    const browser = await app.signedIn('ada', { set: { label: 'kept' } });
    /** Makes something happen to the session while it is moving. */
    const rotate = async (
      path: string,
      body: object,
      meanwhile: (former: Browser) => Promise<unknown>,
    ): Promise<Answer> => {
      const former = browser.copy(elsewhere.origin);
      const pause = store.pause(firstStep);
      const answer = browser.post(path, body);
      await pause.arrived;
      await meanwhile(former);
      pause.resolve();
      return answer;
    };
    return { ...app, store, browser, rotate };
  };

  it.each(ROTATIONS)(
    'by %s takes along what another request wrote in the meantime',
    async (_name, path, body) => {
      const { browser, sessions, rotate } = await start();
      const before = idOf(browser);
      const { status } = await rotate(path, body, (former) => former.post('/set', { count: 7 }));
      expect(status).toBe(201);
      expect((await browser.get('/me')).body).toEqual({ user: 'ada', label: 'kept', count: 7 });
      // It keeps its public name, unless a sign-in has begun another one.
      const handle = handleOf(vouches(path) ? idOf(browser) : before);
      expect(await sessions.list('ada')).toMatchObject([{ handle }]);
    },
  );

  it.each(ROTATIONS)(
    'by %s notices that it was ended by another request',
    async (_name, path, body) => {
      const { browser, sessions, rotate } = await start();
      const { status } = await rotate(path, body, (former) => former.post('/logout'));
      expect(status).toBe(201);
      expect((await browser.get('/open')).body).toEqual(vouches(path) ? { user: 'ada' } : {});
      expect(await sessions.list('ada')).toHaveLength(vouches(path) ? 1 : 0);
    },
  );

  it.each(ROTATIONS)('by %s notices that it was revoked', async (_name, path, body) => {
    const { browser, sessions, rotate } = await start();
    const { status } = await rotate(path, body, () => sessions.revokeAll('ada'));
    expect(status).toBe(201);
    expect(await standing(browser)).toBe(vouches(path) ? 'ada' : 'revoked');
    expect((await browser.get('/open')).body).toEqual(vouches(path) ? { user: 'ada' } : {});
    expect(await sessions.list('ada')).toHaveLength(vouches(path) ? 1 : 0);
  });

  it.each(ROTATIONS)('by %s notices that its entry was removed', async (_name, path, body) => {
    const { browser, sessions, store, rotate } = await start();
    const key = handleOf(idOf(browser));
    const { status } = await rotate(path, body, () => store.inner.users.remove('ada', key));
    expect(status).toBe(201);
    expect((await browser.get('/open')).body).toMatchObject(vouches(path) ? { user: 'ada' } : {});
    expect(await sessions.list('ada')).toHaveLength(vouches(path) ? 1 : 0);
  });
});
