import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore, SealedCookieStore } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { HOUR, startClock, startDevicesApp } from './devices-app.js';
import type { DevicesApp } from './devices-app.js';

afterEach(closeApps);

// A browser keeps a cookie for each domain and path that it was set for, and sends all that apply. So it
// has two of the session's name once the domain or path was changed, or another host has set its own.

const pairOf = (browser: Browser): string => `connect.sid=${browser.cookie() ?? ''}`;

let app: DevicesApp;
let store: IndexedScriptedStore;

const start = async (options: Partial<SessionModuleOptions> = {}): Promise<void> => {
  const { clock } = options;
  store = new IndexedScriptedStore(new MemorySessionStore({ clock }));
  app = await startDevicesApp({ store, ...options });
};

/** A request with these cookies, in the browser's order. */
const ask = (path: string, ...pairs: string[]): Promise<Answer> =>
  app.browser().get(path, { headers: { cookie: pairs.join('; ') } });

const act = (path: string, body: object, ...pairs: string[]): Promise<Answer> => {
  const headers = { cookie: pairs.join('; '), 'content-type': 'application/json' };
  return app.browser().post(path, body, { headers });
};

/** Who is signed in, or why nobody is. */
const standing = async (...pairs: string[]): Promise<unknown> => {
  const { status, body } = await ask('/me', ...pairs);
  const said: object = typeof body === 'object' && body !== null ? body : {};
  return Reflect.get(said, status === 200 ? 'user' : 'reason');
};

/** The cookie of a session that its own request ended. */
const signedOut = async (): Promise<string> => {
  const browser = await app.signedIn('nobody');
  const pair = pairOf(browser);
  await browser.post('/logout');
  return pair;
};

const revoked = async (): Promise<string> => {
  const browser = await app.signedIn('mallory');
  await app.sessions.revokeAll('mallory');
  return pairOf(browser);
};

/** The cookie that a browser had before its session got a new id. */
const rotated = async (): Promise<string> => {
  const browser = await app.signedIn('other');
  const pair = pairOf(browser);
  await browser.post('/confirm');
  await browser.post('/logout');
  return pair;
};

describe("of two cookies with the session's name", () => {
  beforeEach(() => start());

  it.each([
    ['was signed out', signedOut],
    ['was revoked', revoked],
    ['got another id', rotated],
  ])('the first does not hide the second, though its session %s', async (_what, dead) => {
    const former = await dead();
    const ada = pairOf(await app.signedIn('ada'));
    expect(await standing(former, ada)).toBe('ada');
    expect(await standing(ada, former)).toBe('ada');
  });

  it('the first one with a live session is used', async () => {
    const [ada, grace] = [pairOf(await app.signedIn('ada')), pairOf(await app.signedIn('grace'))];
    expect(await standing(ada, grace)).toBe('ada');
    expect(await standing(grace, ada)).toBe('grace');
  });

  it('the one that is used is written, gets the new id, and keeps its cookie', async () => {
    const former = await signedOut();
    const ada = pairOf(await app.signedIn('ada'));
    expect((await act('/set', { label: 'kept' }, former, ada)).setCookies).toEqual([]);
    expect((await ask('/me', ada)).body).toMatchObject({ label: 'kept' });
    const { setCookies } = await act('/confirm', {}, former, ada);
    const [confirmed = ''] = (setCookies[0] ?? '').split(';');
    expect(await standing(former, confirmed)).toBe('ada');
  });

  it('a sign-in is found behind a cookie whose session stays dead', async () => {
    const former = await signedOut();
    const { setCookies } = await act('/login', { user: 'ada' }, former);
    const [fresh = ''] = (setCookies[0] ?? '').split(';');
    expect(await standing(former, fresh)).toBe('ada');
  });

  it('a sign-out leaves neither session live', async () => {
    const [ada, grace] = [pairOf(await app.signedIn('ada')), pairOf(await app.signedIn('grace'))];
    expect((await act('/logout', {}, ada, grace)).status).toBe(201);
    expect(await standing(ada, grace)).toBe('expired');
    expect(await app.sessions.list('grace')).toEqual([]);
  });

  it('the reason comes from the session about which something is known', async () => {
    const [gone, ended] = [await signedOut(), await revoked()];
    expect(await standing(gone, ended)).toBe('revoked');
    expect(await standing(ended, gone)).toBe('revoked');
    expect(await standing(gone, await signedOut())).toBe('expired');
  });
});

it('a cookie whose session timed out hides no other', async () => {
  const { clock, pass } = startClock();
  await start({ clock });
  const former = pairOf(await app.signedIn('ada'));
  pass(HOUR);
  expect(await standing(former)).toBe('expired');
  expect(await standing(former, pairOf(await app.signedIn('ada')))).toBe('ada');
});

describe('the store', () => {
  beforeEach(() => start());

  const readsOf = async (...pairs: string[]): Promise<number> => {
    store.steps.length = 0;
    await ask('/me', ...pairs);
    expect(new Set(store.steps)).toEqual(new Set(['read']));
    return store.steps.length;
  };

  it('is asked once for one cookie, for a repeated one, and for one before a forged one', async () => {
    const ada = pairOf(await app.signedIn('ada'));
    expect(await readsOf(ada)).toBe(1);
    expect(await readsOf(ada, ada)).toBe(1);
    expect(await readsOf(ada, `connect.sid=${'x'.repeat(80)}`)).toBe(1);
    const gone = await signedOut();
    expect(await readsOf(gone, gone, gone)).toBe(1);
  });

  it('is asked until a live session is found', async () => {
    const [ada, gone] = [pairOf(await app.signedIn('ada')), await signedOut()];
    expect(await readsOf(ada, gone)).toBe(1);
    expect(await readsOf(gone, ada)).toBe(2);
  });

  it('is asked four times at most', async () => {
    const gone = [];
    for (let count = 0; count < 5; count += 1) gone.push(await signedOut());
    const ada = pairOf(await app.signedIn('ada'));
    expect(await readsOf(...gone)).toBe(4);
    expect(await standing(...gone.slice(0, 3), ada)).toBe('ada');
    expect(await standing(...gone.slice(0, 4), ada)).toBe('expired');
  });
});

describe('a store that fails', () => {
  it.each([
    ['on the first', 0],
    ['on the second', 1],
  ])('%s leaves open which cookie counts', async (_which, passing) => {
    await start();
    const [gone, ada] = [await signedOut(), pairOf(await app.signedIn('ada'))];
    store.pause('read', 'before', passing).reject(new Error('the store is down'));
    const { status, setCookies } = await ask('/me', gone, ada);
    expect([status, setCookies]).toEqual([503, []]);
    expect(await standing(gone, ada)).toBe('ada');
  });

  it('lets requests continue without a session if they may', async () => {
    await start({ onStoreFailure: 'anonymous' });
    const [gone, ada] = [await signedOut(), pairOf(await app.signedIn('ada'))];
    store.pause('read', 'before', 1).reject(new Error('the store is down'));
    const { status, body, setCookies } = await ask('/open', gone, ada);
    expect([status, body, setCookies]).toEqual([200, {}, []]);
    expect(await standing(gone, ada)).toBe('ada');
  });
});

describe('of two sealed cookies', () => {
  it('the first one with a live session is used', async () => {
    const { clock, pass } = startClock();
    await start({
      clock,
      store: new SealedCookieStore({ keys: ['the key of these tests alone, long enough'] }),
    });
    const former = pairOf(await app.signedIn('ada'));
    pass(HOUR);
    expect(await standing(former)).toBe('expired');
    const ada = pairOf(await app.signedIn('ada'));
    expect(await standing(former, ada)).toBe('ada');
    const { setCookies } = await act('/set', { label: 'kept' }, former, ada);
    const [changed = ''] = (setCookies[0] ?? '').split(';');
    expect((await ask('/me', former, changed)).body).toMatchObject({ user: 'ada', label: 'kept' });
  });
});
