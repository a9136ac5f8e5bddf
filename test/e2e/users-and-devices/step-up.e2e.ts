import { afterEach, expect, it } from '@jest/globals';
import { RequireFresh } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { HOUR, idOf, MINUTE, standing, startClock, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

const DAY = 24 * HOUR;

describeOnIndexedStores('step-up', (stores) => {
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const { clock, pass } = startClock();
    const app = await startDevicesApp({ store: stores.another(clock), clock, ...options });
    return { ...app, clock, pass };
  };

  it('@RequireFresh asks for a sign-in that is recent enough', async () => {
    const app = await start();
    const browser = await app.signedIn('ada');
    app.pass(10 * MINUTE);
    expect((await browser.get('/sensitive')).status).toBe(200);
    app.pass(1);
    const { status, body } = await browser.get('/sensitive');
    expect([status, body]).toEqual([
      401,
      {
        statusCode: 401,
        error: 'Unauthorized',
        message: 'This needs a recent sign-in. Confirm who you are.',
        reason: 'stale',
      },
    ]);
    // Only there: elsewhere the session still works.
    expect(await standing(browser)).toBe('ada');
  });

  it('@RequireFresh tells a visitor that nobody is signed in', async () => {
    const app = await start();
    const { status, body } = await app.browser().get('/sensitive');
    expect([status, body]).toMatchObject([401, { reason: 'anonymous' }]);
  });

  it('confirm() makes the session fresh, under a new id', async () => {
    const app = await start();
    const browser = await app.signedIn('ada', { set: { label: 'kept' } });
    const [listed] = await app.sessions.list('ada');
    app.pass(11 * MINUTE);
    const before = browser.copy();
    expect((await browser.post('/confirm')).status).toBe(201);
    expect(idOf(browser)).not.toBe(idOf(before));
    expect((await browser.get('/sensitive')).status).toBe(200);
    expect((await browser.get('/me')).body).toEqual({ user: 'ada', label: 'kept' });
    // The former id still leads there for a moment, but is not fresh.
    expect(await standing(before)).toBe('ada');
    expect((await before.get('/sensitive')).body).toMatchObject({ reason: 'stale' });
    const [confirmed, ...others] = await app.sessions.list('ada');
    expect(others).toEqual([]);
    expect(confirmed?.authenticatedAt.getTime()).toBe(app.clock());
    expect(confirmed?.createdAt).toEqual(listed?.createdAt);
  });

  it('nothing else makes it fresh: neither use nor regenerate()', async () => {
    const app = await start();
    const browser = await app.signedIn('ada');
    for (let times = 0; times < 6; times += 1) {
      app.pass(2 * MINUTE);
      await browser.get('/me');
    }
    await browser.post('/regenerate', { keep: 'all' });
    expect((await browser.get('/sensitive')).body).toMatchObject({ reason: 'stale' });
    await browser.post('/login', { user: 'ada' });
    expect((await browser.get('/sensitive')).status).toBe(200);
  });

  it('confirm() does not extend the absolute timeout', async () => {
    const app = await start({ idleTimeout: '1h', absoluteTimeout: '2h' });
    const browser = await app.signedIn('ada');
    for (let times = 0; times < 3; times += 1) {
      app.pass(39 * MINUTE);
      expect((await browser.post('/confirm')).status).toBe(201);
    }
    expect(await standing(browser)).toBe('ada');
    app.pass(4 * MINUTE);
    expect(await standing(browser)).toMatch(/expired|absolute-timeout/);
  });

  it('login() with remember sets its own timeouts and a persistent cookie', async () => {
    const app = await start();
    const browser = app.browser();
    const { setCookies } = await browser.post('/login', { user: 'ada', remember: '30d' });
    const expires = /Expires=([^;]+)/.exec(setCookies[0] ?? '')?.[1] ?? '';
    expect(Math.round((Date.parse(expires) - app.clock()) / DAY)).toBe(30);
    const [device] = await app.sessions.list('ada');
    expect(device?.expiresAt.getTime()).toBe(app.clock() + 30 * DAY);
    app.pass(29 * DAY);
    expect(await standing(browser)).toBe('ada');
    expect(await standing(browser)).toBe('ada');
    expect(await app.sessions.list('ada')).toHaveLength(1);
    await browser.post('/confirm');
    app.pass(DAY);
    expect(await standing(browser)).toMatch(/expired|absolute-timeout/);
  });

  it('login() without remember ends the longer life of an earlier one', async () => {
    const app = await start();
    const browser = await app.signedIn('ada', { remember: '30d' });
    await browser.post('/login', { user: 'ada' });
    const [device, ...others] = await app.sessions.list('ada');
    expect(others).toEqual([]);
    expect(device?.expiresAt.getTime()).toBe(app.clock() + 30 * MINUTE);
    app.pass(31 * MINUTE);
    expect(await standing(browser)).toBe('expired');
  });
});

it('@RequireFresh refuses a duration that does not parse', () => {
  for (const duration of ['soon', 0, -1, Number.NaN] as const) {
    expect(() => RequireFresh(duration as '1m')).toThrow(RangeError);
  }
});
