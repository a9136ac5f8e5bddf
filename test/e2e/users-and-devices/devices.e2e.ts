import { afterEach, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { UnsupportedBySessionStoreException } from 'nestjs-sesame';
import type { SessionModuleOptions, SessionService } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { HOUR, idOf, MINUTE, standing, startClock, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

const handlesOf = (body: unknown): unknown[] =>
  Array.isArray(body) ? body.map((one: unknown) => Reflect.get(Object(one), 'handle')) : [];

describeOnIndexedStores('the devices of a user', (stores) => {
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const { clock, pass } = startClock();
    const app = await startDevicesApp({ store: stores.another(clock), clock, ...options });
    return { ...app, clock, pass };
  };
  const threeOf = async (app: Awaited<ReturnType<typeof start>>, user = 'ada') => {
    const browsers: Browser[] = [];
    for (let count = 0; count < 3; count += 1) {
      browsers.push(await app.signedIn(user));
      app.pass(1);
    }
    const [one, two, three] = browsers;
    if (one === undefined || two === undefined || three === undefined) throw new Error('no three');
    return [one, two, three] as const;
  };
  const handleOfBrowser = (browser: Browser): string => handleOf(idOf(browser));

  it('are listed to their user with what a user may know, the most recently used first', async () => {
    const app = await start({});
    const begun = app.clock();
    const browsers: Browser[] = [];
    for (const name of ['Firefox', 'Chromium', 'Safari']) {
      const browser = app.browser();
      const headers = { 'content-type': 'application/json', 'user-agent': `${name}/1.0` };
      await browser.post('/login', { user: 'ada' }, { headers });
      browsers.push(browser);
      app.pass(MINUTE);
    }
    await app.signedIn('grace');
    for (const [current, browser] of browsers.entries()) {
      const { body, text } = await browser.get('/devices');
      const expected = browsers.map((one, place) => {
        const at = new Date(begun + place * MINUTE).toISOString();
        return {
          handle: handleOfBrowser(one),
          userId: 'ada',
          createdAt: at,
          authenticatedAt: at,
          seenAt: expect.any(String),
          expiresAt: expect.any(String),
          endsAt: new Date(begun + place * MINUTE + 12 * HOUR).toISOString(),
          ip: '127.0.0.1',
          userAgent: expect.any(String),
          current: place === current,
        };
      });
      expect(body).toHaveLength(3);
      expect(body).toEqual(expect.arrayContaining(expected));
      for (const one of browsers) expect(text).not.toContain(idOf(one));
    }
    const listed = await app.sessions.list('ada');
    const seen = listed.map(({ seenAt }) => seenAt.getTime());
    expect(seen).toEqual(seen.toSorted((one, other) => other - one));
    for (const { seenAt, expiresAt, current } of listed) {
      expect(expiresAt.getTime() - seenAt.getTime()).toBe(30 * MINUTE);
      expect(current).toBe(false);
    }
  });

  it('are known by the user agent that used them last, cut to 512 characters', async () => {
    const app = await start();
    const browser = await app.signedIn('ada');
    app.pass(2 * MINUTE);
    await browser.get('/me', { headers: { 'user-agent': 'x'.repeat(5_000) } });
    const [device] = await app.sessions.list('ada');
    expect(device?.userAgent).toBe('x'.repeat(512));
    expect(device?.seenAt.getTime()).toBe(app.clock());
  });

  it('are known by the address that a trusted proxy forwards, and no other', async () => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' };
    const trusting = await startDevicesApp({ store: stores.another() }, 1);
    await trusting.browser().post('/login', { user: 'ada' }, { headers });
    expect((await trusting.sessions.list('ada'))[0]?.ip).toBe('203.0.113.7');
    const wary = await startDevicesApp({ store: stores.another() });
    await wary.browser().post('/login', { user: 'grace' }, { headers });
    expect((await wary.sessions.list('grace'))[0]?.ip).toBe('127.0.0.1');
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:DB8::7', '2001:DB8::7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    [`fe80::1%${'x'.repeat(5_000)}`, 'fe80::1'],
    ['x'.repeat(5_000), undefined],
    ['<script>alert(1)</script>', undefined],
    ['203.0.113.7:4711', undefined],
    ['203.0.113.700', undefined],
    ['unknown', undefined],
  ])('keep only an address of what a client forwards, %p: %p', async (forwarded, ip) => {
    const app = await startDevicesApp({ store: stores.another() }, true);
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded };
    await app.browser().post('/login', { user: 'ada' }, { headers });
    const [device] = await app.sessions.list('ada');
    expect(device).toMatchObject({ userId: 'ada' });
    expect(device?.ip).toBe(ip);
  });

  it.each([true, false])('are ended one by one, with hashIds: %s', async (hashIds) => {
    const app = await start({ hashIds });
    const [one, two, three] = await threeOf(app);
    const { body } = await one.get('/devices');
    expect(handlesOf(body).toSorted()).toEqual([one, two, three].map(handleOfBrowser).toSorted());
    const path = `/devices/${handleOfBrowser(two)}`;
    expect((await one.send(path, { method: 'DELETE' })).body).toEqual({ ended: true });
    const { status, body: told } = await two.get('/me');
    expect([status, told]).toEqual([
      401,
      {
        statusCode: 401,
        error: 'Unauthorized',
        message: 'The session was ended. Sign in again.',
        reason: 'revoked',
      },
    ]);
    expect(await standing(one)).toBe('ada');
    expect(await standing(three)).toBe('ada');
    expect((await one.send(path, { method: 'DELETE' })).body).toEqual({ ended: false });
    expect(await app.sessions.list('ada')).toHaveLength(2);
  });

  it('cannot be ended by another user', async () => {
    const app = await start();
    const ada = await app.signedIn('ada');
    const grace = await app.signedIn('grace');
    const path = `/devices/${handleOfBrowser(ada)}`;
    expect((await grace.send(path, { method: 'DELETE' })).body).toEqual({ ended: false });
    for (const handle of ['', 'nonsense', '__proto__', handleOfBrowser(ada).slice(1)]) {
      expect(await app.sessions.revoke('ada', handle)).toBe(false);
    }
    // The id is no handle.
    expect(await app.sessions.revoke('ada', idOf(ada))).toBe(false);
    app.pass(2 * MINUTE);
    for (const browser of [ada, grace]) await browser.get('/me');
    expect(await standing(ada)).toBe('ada');
    expect(await standing(grace)).toBe('grace');
    expect(await app.sessions.list('ada')).toHaveLength(1);
    expect(app.events.map(({ type }) => type)).toEqual(['loggedIn', 'loggedIn']);
  });

  it('can be ended together with the one that asks, which still gets its response', async () => {
    const app = await start();
    const browser = await app.signedIn('ada', { remember: '30d' });
    const path = `/devices/${handleOfBrowser(browser)}`;
    const { status, body, setCookies } = await browser.send(path, { method: 'DELETE' });
    expect([status, body, setCookies]).toEqual([200, { ended: true }, []]);
    expect(await standing(browser)).toBe('revoked');
  });

  it('are all ended at once, including the one that asks', async () => {
    const app = await start();
    const [one, two, three] = await threeOf(app);
    const grace = await app.signedIn('grace');
    const { body, setCookies } = await one.send('/devices', { method: 'DELETE' });
    expect([body, setCookies]).toEqual([{ ended: 3 }, []]);
    for (const browser of [one, two, three]) expect(await standing(browser)).toBe('revoked');
    expect(await standing(grace)).toBe('grace');
  });

  it('are all ended except the one that asks', async () => {
    const app = await start();
    const [one, two, three] = await threeOf(app);
    const { body } = await one.send('/devices?except=current', { method: 'DELETE' });
    expect(body).toEqual({ ended: 2 });
    expect(await standing(one)).toBe('ada');
    for (const browser of [two, three]) expect(await standing(browser)).toBe('revoked');
  });

  it('start again with a sign-in in the request that ended all of them', async () => {
    const app = await start();
    const [one, two] = await threeOf(app);
    expect((await one.post('/end-and-login')).status).toBe(200);
    expect(await standing(one)).toBe('ada');
    expect(await standing(two)).toBe('revoked');
    expect(await app.sessions.list('ada')).toHaveLength(1);
  });

  it('can be listed and ended outside a request, too', async () => {
    const app = await start();
    const [one, two, three] = await threeOf(app);
    expect(await app.sessions.list('ada')).toHaveLength(3);
    expect(await app.sessions.revoke('ada', handleOfBrowser(one))).toBe(true);
    // There is no current session to spare.
    expect(await app.sessions.revokeAll('ada', { exceptCurrent: true })).toBe(2);
    for (const browser of [one, two, three]) expect(await standing(browser)).toBe('revoked');
    expect(await app.sessions.revokeAll('ada')).toBe(0);
    expect(await app.sessions.list('ada')).toEqual([]);
  });

  it('are ended once each, however many requests ask', async () => {
    const app = await start();
    const [one] = await threeOf(app);
    const handle = handleOfBrowser(one);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.sessions.revoke('ada', handle)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(app.events.filter(({ type }) => type === 'revoked')).toHaveLength(1);
    const counts = await Promise.all(
      Array.from({ length: 5 }, () => app.sessions.revokeAll('ada')),
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  });

  it('are down to one if two of them end all others at once, and the other is told so', async () => {
    const app = await start();
    for (let round = 0; round < 5; round += 1) {
      const [one, two, three] = await threeOf(app);
      const pair = [one, two];
      const answers = await Promise.all(
        pair.map((browser) => browser.post('/end-others', { user: 'ada' })),
      );
      const winner = answers.findIndex(({ status }) => status === 201);
      const loser = answers[1 - winner];
      expect(loser).toMatchObject({ status: 401, body: { reason: 'revoked' } });
      const standings = await Promise.all([...pair, three].map(standing));
      expect(standings).toEqual([0, 1, 2].map((at) => (at === winner ? 'ada' : 'revoked')));
      await app.sessions.revokeAll('ada');
    }
  });

  it('are all found, even if there are many', async () => {
    const app = await start();
    await Promise.all(Array.from({ length: 250 }, () => app.signedIn('ada')));
    expect(await app.sessions.list('ada')).toHaveLength(250);
    expect(await app.sessions.revokeAll('ada')).toBe(250);
    expect(await app.sessions.list('ada')).toEqual([]);
  }, 30_000);

  it('are no longer listed once they have expired or signed out', async () => {
    const app = await start();
    const [one] = await threeOf(app);
    await one.post('/logout');
    expect(await app.sessions.list('ada')).toHaveLength(2);
    app.pass(HOUR);
    expect(await app.sessions.list('ada')).toEqual([]);
  });

  it('belong to the next user when one signs in after another', async () => {
    const app = await start();
    const browser = await app.signedIn('ada', { set: { label: 'hers', items: ['a'] } });
    const before = browser.copy();
    await browser.post('/login', { user: 'grace', after: { count: 1 } });
    expect((await browser.get('/me')).body).toEqual({ user: 'grace', count: 1 });
    expect(await app.sessions.list('ada')).toEqual([]);
    expect(await app.sessions.list('grace')).toHaveLength(1);
    expect(await app.sessions.revokeAll('ada')).toBe(0);
    expect(await standing(browser)).toBe('grace');
    expect(await standing(before)).toBe('rotated');
  });

  it.each([
    ['ada', { keep: 'all' }],
    ['nobody', { keep: 'none' }],
  ])('still belong to %s after regenerate() with %j', async (user, options) => {
    const app = await start();
    const browser = await app.signedIn('ada');
    expect((await browser.post('/regenerate', options)).status).toBe(201);
    expect(await app.sessions.list('ada')).toHaveLength(user === 'ada' ? 1 : 0);
  });

  it('are not ended by an instance that lacks the newest encryption key', async () => {
    const [older, newer] = [
      'an older key of thirty-two characters',
      'a newer key of thirty-two characters',
    ];
    const { clock, pass } = startClock();
    const store = stores.another(clock);
    const ahead = await startDevicesApp({ store, clock, encryption: { keys: [newer, older] } });
    const browser = await ahead.signedIn('ada');
    const behind = await startDevicesApp({ store, clock, encryption: { keys: [older] } });
    for (let times = 0; times < 3; times += 1) {
      await behind.sessions.list('ada');
      pass(MINUTE);
    }
    await browser.get('/me'); // extends the idle timeout, if it is still one of the user's
    expect(await standing(browser)).toBe('ada');
  });
});

describe('a store that keeps no index of users', () => {
  it.each<[string, (sessions: SessionService) => Promise<unknown>]>([
    ['list', (sessions) => sessions.list('ada')],
    ['revoke', (sessions) => sessions.revoke('ada', 'handle')],
    ['revokeAll', (sessions) => sessions.revokeAll('ada')],
  ])('reports that it cannot %s', async (operation, call) => {
    const { sessions } = await startDevicesApp({ store: new session.MemoryStore() });
    const error: unknown = await call(sessions).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(UnsupportedBySessionStoreException);
    const message = error instanceof Error ? error.message : '';
    for (const word of ['MemoryStore ', operation, 'MemorySessionStore', 'RedisSessionStore']) {
      expect(message).toContain(word);
    }
  });

  it('answers 501, and everything else works', async () => {
    const app = await startDevicesApp({ store: new session.MemoryStore() });
    const browser = await app.signedIn('ada');
    const { status, body } = await browser.get('/devices');
    expect([status, body]).toMatchObject([501, { error: 'Not Implemented' }]);
    expect((await browser.post('/confirm')).status).toBe(201);
    expect(await standing(browser)).toBe('ada');
    await browser.post('/logout');
    expect(await standing(browser)).toBe('anonymous');
  });

  it('is refused at boot if a limit is set', async () => {
    const limit = { max: 3, onExceed: 'reject' } as const;
    const starting = startDevicesApp({ store: new session.MemoryStore(), limit });
    await expect(starting).rejects.toThrow(/limit.*RedisSessionStore/s);
  });
});
