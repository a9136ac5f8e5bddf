import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { standing, startDevicesApp } from '../users-and-devices/devices-app.js';

afterEach(closeApps);

const HOUR = 3_600_000;
const CONTINUED = [
  ['confirm()', '/confirm', {}],
  ['regenerate()', '/regenerate', { keep: 'all' }],
] as const;

// What is known about a session counts as it is when the former record is replaced, like its data.
describe.each([
  ['in one step', { moves: true }, 'move'],
  ['step by step', { moves: false }, 'create'],
] as const)('what others have stored about a session that gets a new id %s', (_how, kind, step) => {
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const store = new IndexedScriptedStore(new MemorySessionStore(), kind);
    const app = await startDevicesApp({ store, storeTimeout: '1m', ...options });
    const elsewhere = await startDevicesApp({ store: store.inner, ...options });
    const rotate = async (
      browser: Browser,
      path: string,
      body: object,
      meanwhile: (former: Browser) => Promise<unknown>,
    ): Promise<Answer> => {
      const former = browser.copy(elsewhere.origin);
      const pause = store.pause(step);
      const answer = browser.post(path, body);
      await pause.arrived;
      await meanwhile(former);
      pause.resolve();
      return answer;
    };
    const visited = async (): Promise<Browser> => {
      const browser = app.browser();
      await browser.post('/visit', { label: "the visitor's" });
      return browser;
    };
    return { ...app, store, rotate, visited };
  };

  it.each(CONTINUED)(
    'is kept if it is the lifetime of the cookie, by %s',
    async (_name, path, body) => {
      const { signedIn, rotate } = await start();
      const browser = await signedIn('ada');
      const remember = (former: Browser) => former.post('/remember', { maxAge: 2 * HOUR });
      const { setCookies } = await rotate(browser, path, body, remember);
      expect(setCookies.join()).toContain('Max-Age=7200');
      expect((await browser.post('/remember', { maxAge: HOUR })).setCookies.join()).toContain(
        'Max-Age=3600',
      );
    },
  );

  it('is kept if it is a remembered sign-in, by confirm()', async () => {
    const { signedIn, rotate, sessions } = await start();
    const first = await signedIn('ada');
    const second = first.copy();
    await first.post('/login', { user: 'ada' });
    const join = () => second.post('/login', { user: 'ada', remember: '30d' });
    expect((await rotate(first, '/confirm', {}, join)).setCookies.join()).toContain(
      `Max-Age=${30 * 24 * 3_600}`,
    );
    const [device] = await sessions.list('ada');
    const lasts = Number(device?.expiresAt) - Number(device?.seenAt);
    expect(lasts).toBeGreaterThan(24 * HOUR);
  });

  it("is kept if it is the user, by regenerate({ keep: 'all' })", async () => {
    const { visited, rotate, sessions } = await start({
      limit: { max: 1, onExceed: 'reject' },
    });
    const browser = await visited();
    const adopt = (former: Browser) => former.post('/adopt', { user: 'ada' });
    expect((await rotate(browser, '/regenerate', { keep: 'all' }, adopt)).status).toBe(201);
    expect(await standing(browser)).toBe('ada');
    expect(await sessions.list('ada')).toHaveLength(1);
    expect(await sessions.revokeAll('ada')).toBe(1);
    expect(await standing(browser)).toBe('revoked');
  });

  it('tells whose session it is, so that a sign-in of another user keeps nothing of it', async () => {
    const { visited, rotate, sessions, store } = await start();
    const browser = await visited();
    const adopt = (former: Browser) => former.post('/adopt', { user: 'ada', set: { count: 1 } });
    expect((await rotate(browser, '/login', { user: 'grace' }, adopt)).status).toBe(201);
    expect((await browser.get('/me')).body).toEqual({ user: 'grace' });
    expect(await store.inner.users.list('ada')).toEqual([]);
    expect(await sessions.list('grace')).toHaveLength(1);
  });
});
