import { afterEach, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { HOUR, idOf, MINUTE, standing, startClock, startDevicesApp } from './devices-app.js';
import type { DevicesApp } from './devices-app.js';

afterEach(closeApps);

const LOGINS = 50;
const CAP = 3;

/** How often to repeat what must never fail: for this long, or as often as REPEAT says. */
const BUDGET = 2_000;
const REPEAT = Number(process.env['REPEAT'] ?? 0);
const PATIENCE = 90_000 + REPEAT * 5_000;

const tally = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

describeOnIndexedStores('limit', (stores) => {
  const evicting = (max: number): Partial<SessionModuleOptions> => ({
    limit: { max, onExceed: 'evict-oldest' },
  });
  const rejecting = (max: number): Partial<SessionModuleOptions> => ({
    limit: { max, onExceed: 'reject' },
  });
  const start = async (options: Partial<SessionModuleOptions>) => {
    const { clock, pass } = startClock();
    const app = await startDevicesApp({ store: stores.another(clock), clock, ...options });
    return { ...app, pass };
  };

  it('evicts the least recently used session, which is told so', async () => {
    const app = await start(evicting(2));
    const one = await app.signedIn('ada');
    app.pass(MINUTE);
    const two = await app.signedIn('ada');
    app.pass(MINUTE);
    expect(await standing(one)).toBe('ada'); // and is now the last used
    const three = await app.signedIn('ada');
    const grace = await app.signedIn('grace');
    const { status, body } = await two.get('/me');
    expect([status, body]).toMatchObject([401, { reason: 'evicted' }]);
    for (const browser of [one, three]) expect(await standing(browser)).toBe('ada');
    expect(await standing(grace)).toBe('grace');
  });

  it('refuses one more sign-in with 409 and the existing sessions', async () => {
    const app = await start(rejecting(2));
    const one = await app.signedIn('ada');
    const two = await app.signedIn('ada');
    const refused = app.browser();
    const { status, body, text, setCookies } = await refused.post('/login', { user: 'ada' });
    expect([status, setCookies]).toEqual([409, []]);
    expect(body).toMatchObject({
      statusCode: 409,
      error: 'Conflict',
      message: 'This user has as many sessions as is allowed (2). End one first.',
    });
    const sessions: unknown = Reflect.get(Object(body), 'sessions');
    expect(sessions).toHaveLength(2);
    expect(sessions).toEqual(
      expect.arrayContaining(
        [one, two].map((browser) =>
          expect.objectContaining({
            handle: handleOf(idOf(browser)),
            userId: 'ada',
            ip: '127.0.0.1',
            current: false,
          }),
        ),
      ),
    );
    for (const browser of [one, two]) expect(text).not.toContain(idOf(browser));
    expect(await standing(refused)).toBe('anonymous');
    for (const browser of [one, two]) expect(await standing(browser)).toBe('ada');
    expect(await app.sessions.revoke('ada', handleOf(idOf(one)))).toBe(true);
    expect((await refused.post('/login', { user: 'ada' })).status).toBe(201);
    expect(await standing(refused)).toBe('ada');
  });

  it('leaves a visitor whose sign-in was refused as they were', async () => {
    const app = await start(rejecting(1));
    await app.signedIn('ada');
    const visitor = await app.signedIn('grace', { set: { label: 'hers' } });
    expect((await visitor.post('/login', { user: 'ada' })).status).toBe(409);
    expect((await visitor.get('/me')).body).toEqual({ user: 'grace', label: 'hers' });
  });

  it('can depend on the user, and be determined asynchronously', async () => {
    const asked: string[] = [];
    const app = await start({
      limit: {
        max: async (userId) => {
          asked.push(userId);
          await Promise.resolve();
          return userId === 'ada' ? 1 : 2;
        },
        onExceed: 'reject',
      },
    });
    await app.signedIn('ada');
    await app.signedIn('grace');
    await app.signedIn('grace');
    const statuses = [];
    for (const user of ['ada', 'grace'])
      statuses.push((await app.browser().post('/login', { user })).status);
    expect(statuses).toEqual([409, 409]);
    expect(asked).toEqual(['ada', 'grace', 'grace', 'ada', 'grace']);
  });

  it('lets nobody in when it is zero', async () => {
    const app = await start({ limit: { max: () => 0, onExceed: 'reject' } });
    expect((await app.browser().post('/login', { user: 'ada' })).status).toBe(409);
    expect(await app.sessions.list('ada')).toEqual([]);
  });

  it.each([
    ['login', { user: 'ada' }],
    ['confirm', {}],
    ['regenerate', { keep: 'all' }],
  ])('counts a session once, whatever it goes through: %s', async (path, body) => {
    const app = await start(rejecting(2));
    const other = await app.signedIn('ada');
    const browser = await app.signedIn('ada');
    for (let times = 0; times < 3; times += 1) {
      expect((await browser.post(`/${path}`, body)).status).toBe(201);
    }
    expect(await app.sessions.list('ada')).toHaveLength(2);
    for (const one of [browser, other]) expect(await standing(one)).toBe('ada');
    expect((await app.browser().post('/login', { user: 'ada' })).status).toBe(409);
  });

  it('lets an existing session confirm, even if the limit has been lowered', async () => {
    let max = 3;
    const app = await start({ limit: { max: () => max, onExceed: 'reject' } });
    const browsers = [];
    for (let count = 0; count < 3; count += 1) browsers.push(await app.signedIn('ada'));
    max = 1;
    for (const browser of browsers) {
      expect((await browser.post('/confirm')).status).toBe(201);
      expect(await standing(browser)).toBe('ada');
    }
  });

  it.each([
    ['logout', (browser: Browser) => browser.post('/logout')],
    ['a sign-in of another user', (browser: Browser) => browser.post('/login', { user: 'grace' })],
    ['regenerate()', (browser: Browser) => browser.post('/regenerate', {})],
    ['revokeAll()', (browser: Browser) => browser.send('/devices', { method: 'DELETE' })],
  ])('frees a place after %s', async (_what, end) => {
    const app = await start(rejecting(1));
    await end(await app.signedIn('ada'));
    expect(await standing(await app.signedIn('ada'))).toBe('ada');
  });

  /** Signs in from 50 browsers at once, on two instances of the application. */
  const rush = async (apps: readonly DevicesApp[], user: string) => {
    const browsers = Array.from({ length: LOGINS }, (_, place) =>
      (apps[place % apps.length] ?? apps[0])?.browser(),
    ).filter((browser) => browser !== undefined);
    const answers = await Promise.all(
      // What is written after login() is stored with the response.
      browsers.map((browser, place) =>
        browser.post('/login', { user, ...(place % 4 < 2 && { after: { label: 'late' } }) }),
      ),
    );
    const standings = await Promise.all(browsers.map(standing));
    return { statuses: tally(answers.map(({ status }) => String(status))), standings };
  };

  it.each([
    ['evict-oldest', { '201': LOGINS }, { evicted: LOGINS - CAP, '%': CAP }],
    ['reject', { '201': CAP, '409': LOGINS - CAP }, { anonymous: LOGINS - CAP, '%': CAP }],
  ] as const)(
    'is exact for parallel sign-ins on two instances, with %s',
    async (onExceed, statuses, standings) => {
      const limit = { max: CAP, onExceed };
      // Calls wait for their turn, not for the store.
      const options = { limit, storeTimeout: '1m' } as const;
      const apps = [
        await startDevicesApp({ store: stores.another(), ...options }),
        await startDevicesApp({ store: stores.another(), ...options }),
      ];
      const end = Date.now() + BUDGET;
      for (let round = 0; REPEAT > 0 ? round < REPEAT : Date.now() < end; round += 1) {
        const user = `user${round}`;
        const result = await rush(apps, user);
        const { '%': alive, ...others } = standings;
        expect(result.statuses).toEqual(statuses);
        expect(tally(result.standings)).toEqual({ ...others, [user]: alive });
        expect(await apps[0]?.sessions.list(user)).toHaveLength(CAP);
      }
    },
    PATIENCE,
  );
});

it('frees a place when a session has expired', async () => {
  const { clock, pass } = startClock();
  const limit = { max: 1, onExceed: 'reject' } as const;
  const app = await startDevicesApp({ clock, limit });
  await app.signedIn('ada');
  pass(HOUR);
  expect(await standing(await app.signedIn('ada'))).toBe('ada');
});
