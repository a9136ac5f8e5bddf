import { describe, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { idGivenBy, idOf, seenBy } from './crossing-app.js';
import { describeOnCrossingStores } from './crossing-stores.js';

const DAY = 86_400_000;

describeOnCrossingStores('login() with the cookie from before a sign-in', (begin) => {
  /** Two instances, and a visitor with a cart who clicks twice. */
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const { one, two, clock, pass } = await begin(options);
    const browser = one.browser();
    await browser.post('/set', { label: 'cart' });
    return { one, two, browser, second: browser.copy(two.origin), clock, pass };
  };

  describe.each<[string, Partial<SessionModuleOptions>]>([
    ['without a cap', {}],
    ['with a cap of one', { limit: { max: 1, onExceed: 'evict-oldest' } }],
    ['with a cap of one that refuses', { limit: { max: 1, onExceed: 'reject' } }],
    [
      'with encrypted records',
      { encryption: { keys: ['a key of at least thirty-two characters'] } },
    ],
  ])('of the same user, %s', (_cap, options) => {
    it('joins the session when it arrives late', async () => {
      const { one, browser, second } = await start(options);
      await browser.post('/login', { user: 'ada' });
      const answer = await second.post('/login', { user: 'ada' });
      expect(answer.status).toBe(200);
      expect(idGivenBy(answer)).toBe(idOf(browser));
      expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
      expect(await one.sessions.list('ada')).toHaveLength(1);
    });

    it('joins the session when both were under way', async () => {
      const { one, two, browser, second } = await start(options);
      const first = await one.underWay(browser, '/login', { user: 'ada' });
      const other = await two.underWay(second, '/login', { user: 'ada', set: { count: 1 } });
      const answers = await Promise.all([first.finish(), other.finish()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [id, again] = answers.map(idGivenBy);
      expect(id).toBe(again);
      const [pair = ''] = answers[0]?.setCookies[0]?.split(';') ?? [];
      const { body } = await one.browser().get('/open', { headers: { cookie: pair } });
      expect(body).toEqual({ user: 'ada', label: 'cart', count: 1 });
      expect(await one.sessions.list('ada')).toHaveLength(1);
    });

    it('joins the session at the third click, too', async () => {
      const { one, two, browser, second } = await start(options);
      const third = await two.underWay(second, '/login', { user: 'ada' });
      await browser.post('/login', { user: 'ada' });
      const answers = [await second.copy().post('/login', { user: 'ada' }), await third.finish()];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.map(idGivenBy)).toEqual([idOf(browser), idOf(browser)]);
      expect(await one.sessions.list('ada')).toHaveLength(1);
    });
  });

  it('keeps what has changed since, and writes its own data, lifetime and time', async () => {
    const { one, browser, second, clock, pass } = await start();
    await browser.post('/login', { user: 'ada' });
    await browser.post('/set', { items: ['since'] });
    pass(5_000);
    const data = { count: 7 };
    await second.post('/login', { user: 'ada', data, remember: '30d' });
    expect(await seenBy(browser)).toEqual({
      user: 'ada',
      label: 'cart',
      items: ['since'],
      count: 7,
    });
    const [device, ...others] = await one.sessions.list('ada');
    expect(others).toEqual([]);
    expect(device?.authenticatedAt.getTime()).toBe(clock());
    expect(device?.expiresAt.getTime()).toBe(clock() + 30 * DAY);
  });

  it("of another user starts its own session, with none of the first user's data", async () => {
    const { one, browser, second } = await start();
    const again = second.copy();
    await browser.post('/login', { user: 'ada' });
    expect((await second.post('/login', { user: 'grace' })).status).toBe(200);
    expect(await seenBy(second)).toEqual({ user: 'grace' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
    // The mark is still there: the same user joins as before.
    expect(idGivenBy(await again.post('/login', { user: 'ada' }))).toBe(idOf(browser));
    expect(await one.sessions.list('ada')).toHaveLength(1);
    expect(await one.sessions.list('grace')).toHaveLength(1);
  });

  it('of another user under way starts its own session, too', async () => {
    const { two, browser, second } = await start();
    const login = await two.underWay(second, '/login', { user: 'grace' });
    await browser.post('/login', { user: 'ada' });
    const { status, setCookies } = await login.finish();
    expect([status, setCookies.length]).toEqual([200, 1]);
    const [pair = ''] = setCookies[0]?.split(';') ?? [];
    const { body } = await two.browser().get('/open', { headers: { cookie: pair } });
    expect(body).toEqual({ user: 'grace' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
  });

  it.each(['late', 'under way'])('is not given a session that was confirmed: %s', async (when) => {
    const { one, two, browser, second } = await start();
    const waiting =
      when === 'late' ? undefined : await two.underWay(second, '/login', { user: 'ada' });
    await browser.post('/login', { user: 'ada' });
    await browser.post('/confirm');
    await browser.post('/set', { items: ['after the second factor'] });
    const answer = await (waiting?.finish() ?? second.copy().post('/login', { user: 'ada' }));
    expect(answer.status).toBe(200);
    expect(idGivenBy(answer)).toEqual(expect.any(String));
    expect(idGivenBy(answer)).not.toBe(idOf(browser));
    const [pair = ''] = answer.setCookies[0]?.split(';') ?? [];
    const { body } = await two.browser().get('/open', { headers: { cookie: pair } });
    expect(body).toEqual({ user: 'ada' });
    expect(await one.sessions.list('ada')).toHaveLength(2);
  });

  it.each([
    ['signed out', async ({ browser }: Running) => void (await browser.post('/logout'))],
    ['revoked', async ({ one }: Running) => void (await one.sessions.revokeAll('ada'))],
  ])('starts a new session where the session was %s, and keeps nothing', async (_how, end) => {
    const running = await start();
    const { one, browser, second } = running;
    const again = second.copy();
    await browser.post('/login', { user: 'ada' });
    const former = browser.copy();
    await end(running);
    expect((await second.post('/login', { user: 'ada' })).status).toBe(200);
    expect(await seenBy(second)).toEqual({ user: 'ada' });
    expect(await seenBy(former)).toEqual({});
    // Its mark has taken the place of the other: a third click joins this one.
    expect(idGivenBy(await again.post('/login', { user: 'ada' }))).toBe(idOf(second));
    expect(await one.sessions.list('ada')).toHaveLength(1);
  });

  type Running = Awaited<ReturnType<typeof start>>;

  it('starts a new session when the grace is over, and keeps nothing', async () => {
    const { browser, second, pass } = await start();
    await browser.post('/login', { user: 'ada' });
    pass(10_001);
    await second.post('/login', { user: 'ada' });
    expect(idOf(second)).not.toBe(idOf(browser));
    expect(await seenBy(second)).toEqual({ user: 'ada' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
  });

  it('joins the session when a signed-in user signs in again, twice', async () => {
    const { one, browser } = await start();
    await browser.post('/login', { user: 'ada' });
    const second = browser.copy();
    await browser.post('/login', { user: 'ada' });
    expect(idGivenBy(await second.post('/login', { user: 'ada' }))).toBe(idOf(browser));
    expect(await one.sessions.list('ada')).toHaveLength(1);
  });
});
