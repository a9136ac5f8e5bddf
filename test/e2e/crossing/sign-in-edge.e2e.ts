import { describe, expect, it } from '@jest/globals';
import { ROTATED, seenBy } from './crossing-app.js';
import { describeOnCrossingStores } from './crossing-stores.js';

/** What a request may ask for that does not carry across a sign-in. */
const ASKED = [
  ['changes the session', '/set', { items: ['not theirs'] }],
  ['saves a change', '/save', { items: ['not theirs'] }],
  ['calls update()', '/update', {}],
  ['calls logout()', '/logout', {}],
] as const;

/** Who signs in on what. */
const SIGN_INS = [
  ['a visitor signs in', undefined, 'ada'],
  ['the same user signs in again', 'ada', 'ada'],
  ['another user signs in', 'grace', 'ada'],
] as const;

describeOnCrossingStores('a sign-in', (begin) => {
  /** Two instances, and a session with a cart; somebody may be signed in. */
  const start = async (user?: string) => {
    const { one, two, pass } = await begin();
    const browser = one.browser();
    await browser.post('/set', { label: 'cart' });
    if (user !== undefined) await browser.post('/login', { user });
    return { one, two, browser, former: browser.copy(two.origin), pass };
  };

  describe.each(SIGN_INS)('%s', (_who, before, user) => {
    const session = before === undefined || before === user ? { user, label: 'cart' } : { user };

    it.each(ASKED)('and a request under way that %s is told of it', async (_what, path, body) => {
      const { one, two, browser, former } = await start(before);
      const request = await two.underWay(former, path, body);
      expect((await browser.post('/login', { user })).status).toBe(200);
      const { status, body: said, setCookies } = await request.finish();
      expect([status, said, setCookies]).toEqual([409, ROTATED, []]);
      expect(await seenBy(browser)).toEqual(session);
      expect(await one.sessions.list(user)).toHaveLength(1);
    });

    it.each(ASKED)(
      'and a request that arrives late and %s is told of it',
      async (_what, path, body) => {
        const { one, browser, former } = await start(before);
        expect((await browser.post('/login', { user })).status).toBe(200);
        const { status, body: said, setCookies } = await former.post(path, body);
        expect([status, said, setCookies]).toEqual([409, ROTATED, []]);
        expect(await seenBy(browser)).toEqual(session);
        expect(await one.sessions.list(user)).toHaveLength(1);
      },
    );

    it('and a request under way that only reads is answered with what it has loaded', async () => {
      const { two, browser, former } = await start(before);
      const read = await two.underWay(former, '/open');
      const held = { ...(before !== undefined && { user: before }), label: 'cart' };
      await browser.post('/login', { user });
      const { status, body, setCookies } = await read.finish();
      expect([status, body, setCookies]).toEqual([200, held, []]);
    });

    it('and a request that arrives late and only reads sees nothing, and gets no cookie', async () => {
      const { browser, former } = await start(before);
      await browser.post('/login', { user });
      const seen = await former.get('/open');
      expect(seen).toMatchObject({ status: 200, body: {}, setCookies: [] });
      expect(seen.body).toEqual({});
      expect(await former.get('/me')).toMatchObject({ status: 401, setCookies: [] });
    });
  });

  it.each([
    ['confirm()', '/confirm', {}],
    ['regenerate()', '/regenerate', { keep: 'all' }],
    ['an end of all other sessions', '/revoke-others', { user: 'ada' }],
  ] as const)('is not crossed by %s', async (_what, path, body) => {
    const { two, browser, former } = await start('ada');
    const request = await two.underWay(former, path, body);
    await browser.post('/login', { user: 'ada' });
    expect((await request.finish()).setCookies).toEqual([]);
    expect((await former.post(path, body)).setCookies).toEqual([]);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
  });

  it('keeps the signed-in data from whoever has the former cookie', async () => {
    const { one, browser, former } = await start();
    await browser.post('/login', { user: 'ada' });
    await browser.post('/set', { items: ['private'] });
    for (const path of ['/logout', '/confirm', '/update', '/regenerate']) {
      const { text, setCookies } = await former.post(path, { keep: 'all' });
      expect(text).not.toContain('private');
      expect(setCookies).toEqual([]);
    }
    await former.post('/login', { user: 'mallory' });
    expect(await seenBy(former)).toEqual({ user: 'mallory' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart', items: ['private'] });
    expect(await one.sessions.list('ada')).toHaveLength(1);
  });

  it('takes along what was stored before it', async () => {
    const { two, browser, former } = await start();
    const login = await two.underWay(browser.copy(two.origin), '/login', { user: 'ada' });
    expect((await former.post('/set', { items: ['tea'] })).status).toBe(200);
    const { setCookies } = await login.finish();
    const [pair = ''] = setCookies[0]?.split(';') ?? [];
    const { body } = await two.browser().get('/open', { headers: { cookie: pair } });
    expect(body).toEqual({ user: 'ada', label: 'cart', items: ['tea'] });
  });

  it('leaves a late request a visitor like any other once the grace is over', async () => {
    const { browser, former, pass } = await start();
    await browser.post('/login', { user: 'ada' });
    pass(10_001);
    const { status, setCookies } = await former.post('/set', { items: ['new'] });
    expect([status, setCookies.length]).toEqual([200, 1]);
    expect(await seenBy(former)).toEqual({ items: ['new'] });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'cart' });
  });
});
