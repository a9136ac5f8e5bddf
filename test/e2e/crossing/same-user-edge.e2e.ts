import { describe, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import type { Browser } from '../../support/browser.js';
import { idGivenBy, idOf, ROTATED, seenBy } from './crossing-app.js';
import { describeOnCrossingStores } from './crossing-stores.js';

/** What gives a session a new id while it remains the same user's. */
const ROTATIONS = [
  ['confirm()', '/confirm', {}],
  ["regenerate({ keep: 'all' })", '/regenerate', { keep: 'all' }],
] as const;

describeOnCrossingStores('a session that is the same user under a new id', (begin) => {
  /** Two instances; ada is signed in, and her session holds a label. */
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const { one, two, pass } = await begin(options);
    const browser = one.browser();
    await browser.post('/login', { user: 'ada', set: { label: 'hers' } });
    return { one, two, browser, former: browser.copy(two.origin), pass };
  };
  const renew = async (browser: Browser, path = '/confirm', body: object = {}): Promise<void> => {
    const before = idOf(browser);
    expect((await browser.post(path, body)).status).toBe(200);
    expect(idOf(browser)).not.toBe(before);
  };

  describe.each(ROTATIONS)('by %s', (_name, path, body) => {
    it('receives the changes of a request under way', async () => {
      const { two, browser, former } = await start();
      const write = await two.underWay(former, '/set', { items: ['tea'] });
      await renew(browser, path, body);
      const { status, setCookies } = await write.finish();
      expect([status, setCookies]).toEqual([200, []]);
      expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'hers', items: ['tea'] });
    });

    it('receives the update() of a request under way, applied to what is stored by then', async () => {
      const { two, browser, former } = await start();
      const update = await two.underWay(former, '/update', {});
      await renew(browser, path, body);
      await browser.post('/update');
      expect(await update.finish()).toMatchObject({ status: 200, body: 2, setCookies: [] });
      expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'hers', count: 2 });
    });

    it('is ended by a sign-out under way', async () => {
      const { one, two, browser, former } = await start();
      const logout = await two.underWay(former, '/logout', {});
      await renew(browser, path, body);
      expect((await logout.finish()).status).toBe(200);
      expect(await seenBy(browser)).toEqual({});
      expect(await one.sessions.list('ada')).toEqual([]);
    });

    it('is shown to a request that arrives late, which gets no cookie', async () => {
      const { browser, former } = await start();
      await renew(browser, path, body);
      for (const place of ['/open', '/me']) {
        const { status, body: seen, setCookies } = await former.get(place);
        expect([status, setCookies]).toEqual([200, []]);
        expect(seen).toMatchObject({ user: 'ada' });
      }
      expect(await seenBy(former)).toEqual({ user: 'ada', label: 'hers' });
    });

    it('receives the changes of a request that arrives late', async () => {
      const { browser, former } = await start();
      await renew(browser, path, body);
      const answers = [
        await former.post('/set', { items: ['late'] }),
        await former.post('/update'),
        await former.post('/save', { label: 'saved' }),
      ];
      expect(answers.map(({ status, setCookies }) => [status, setCookies])).toEqual(
        answers.map(() => [200, []]),
      );
      const all = { user: 'ada', label: 'saved', items: ['late'], count: 1 };
      expect(await seenBy(browser)).toEqual(all);
      expect(await seenBy(former)).toEqual(all);
    });

    it('is ended by a sign-out that arrives late', async () => {
      const { one, browser, former } = await start();
      await renew(browser, path, body);
      expect((await former.post('/logout')).status).toBe(200);
      expect(await seenBy(browser)).toEqual({});
      expect(await seenBy(former)).toEqual({});
      expect(await one.sessions.list('ada')).toEqual([]);
    });

    it('is never fresh for a request that arrives late', async () => {
      const { browser, former, pass } = await start();
      await renew(browser, path, body);
      expect((await browser.get('/sensitive')).status).toBe(200);
      const late = await former.get('/sensitive');
      expect([late.status, late.body]).toMatchObject([401, { reason: 'stale' }]);
      pass(1_000);
      expect((await browser.get('/sensitive')).status).toBe(200);
    });

    it('gets no further id for a request that arrives late and asks for one', async () => {
      const { browser, former } = await start();
      await renew(browser, path, body);
      for (const keep of ['all', 'none'] as const) {
        const { status, setCookies } = await former.post('/regenerate', { keep });
        expect(status).toBeLessThan(500);
        expect(setCookies).toEqual([]);
      }
      expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'hers' });
    });

    it('is joined by a confirm() that arrives late', async () => {
      const { one, browser, former, pass } = await start();
      pass(11 * 60_000);
      await renew(browser, path, body);
      pass(2_000);
      const late = await former.post('/confirm');
      expect(late.status).toBe(200);
      expect(idGivenBy(late)).toBe(idOf(browser));
      expect((await former.get('/sensitive')).status).toBe(200);
      expect(await seenBy(former)).toEqual({ user: 'ada', label: 'hers' });
      expect(await one.sessions.list('ada')).toHaveLength(1);
    });

    it('is joined by a confirm() under way', async () => {
      const { one, two, browser, former } = await start();
      const confirm = await two.underWay(former, '/confirm', {});
      await renew(browser, path, body);
      const answer = await confirm.finish();
      expect(answer.status).toBe(200);
      expect(idGivenBy(answer)).toBe(idOf(browser));
      expect(await one.sessions.list('ada')).toHaveLength(1);
    });

    it('cannot be reached by a request that arrives after the grace', async () => {
      const { browser, former, pass } = await start();
      await renew(browser, path, body);
      pass(9_999);
      expect((await former.get('/me')).status).toBe(200);
      pass(2);
      const { status, body: said, setCookies } = await former.get('/me');
      expect([status, setCookies]).toEqual([401, []]);
      expect(said).toMatchObject({ reason: 'expired' });
      expect(await seenBy(former)).toEqual({});
      expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'hers' });
    });
  });

  it('does not receive the changes of a late request that takes longer than the grace: the request is told', async () => {
    const { two, browser, former, pass } = await start();
    await renew(browser);
    const write = await two.underWay(former, '/set', { items: ['too late'] });
    const update = await two.underWay(former, '/update', {});
    pass(10_001);
    for (const request of [write, update]) {
      const { status, body, setCookies } = await request.finish();
      expect([status, body, setCookies]).toEqual([409, ROTATED, []]);
    }
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'hers' });
  });

  it('is found across four ids, and no more', async () => {
    const { browser, former } = await start();
    await renew(browser);
    const second = browser.copy();
    for (let hops = 2; hops <= 4; hops += 1) await renew(browser);
    expect(await seenBy(former)).toEqual({ user: 'ada', label: 'hers' });
    expect((await former.post('/set', { items: ['over four'] })).status).toBe(200);
    await renew(browser);
    expect((await former.get('/me')).status).toBe(401);
    expect(await seenBy(second)).toMatchObject({ user: 'ada', items: ['over four'] });
  });

  it('can be reached for as long as rotationGrace says', async () => {
    const { browser, former, pass } = await start({ rotationGrace: '3s' });
    await renew(browser);
    pass(2_999);
    expect((await former.get('/me')).status).toBe(200);
    pass(2);
    expect((await former.get('/me')).status).toBe(401);
  });

  it.each<[string, Partial<SessionModuleOptions>]>([
    ['rolling', { rolling: true }],
    ['one with a lifetime', { cookie: { maxAge: '30m' } }],
  ])('renews no cookie for a former id, where cookies are %s', async (_how, options) => {
    const { two, browser, former, pass } = await start(options);
    const write = await two.underWay(former, '/set', { items: ['under way'] });
    await renew(browser);
    pass(1_000);
    const answers = [
      await write.finish(),
      await former.post('/set', { items: ['late'] }),
      await former.post('/update'),
      await former.get('/open'),
    ];
    for (const { status, setCookies } of answers) expect([status, setCookies]).toEqual([200, []]);
    expect((await browser.post('/set', { count: 0 })).setCookies).toHaveLength(1);
  });

  it('behaves the same when it is anonymous, and stays anonymous', async () => {
    const { one } = await start();
    const visitor = one.browser();
    await visitor.post('/set', { items: ['tea'] });
    const late = visitor.copy();
    await renew(visitor, '/regenerate', { keep: 'all' });
    expect(await late.post('/set', { label: 'late' })).toMatchObject({
      status: 200,
      setCookies: [],
    });
    expect(await seenBy(visitor)).toEqual({ items: ['tea'], label: 'late' });
  });

  it('works with encrypted records, too', async () => {
    const encryption = { keys: ['a key of at least thirty-two characters'] };
    const { browser, former } = await start({ encryption });
    await renew(browser);
    expect((await former.post('/set', { items: ['late'] })).status).toBe(200);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'hers', items: ['late'] });
    expect(idGivenBy(await former.post('/confirm'))).toBe(idOf(browser));
  });
});
