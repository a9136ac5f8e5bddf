import { expect, it } from '@jest/globals';
import { seenBy } from './crossing-app.js';
import { describeOnCrossingStores } from './crossing-stores.js';

describeOnCrossingStores('the device list', (begin) => {
  /** Two instances; ada has two devices. */
  const start = async () => {
    const { one, two, pass } = await begin();
    const browser = one.browser();
    await browser.post('/login', { user: 'ada', set: { label: 'this device' } });
    const other = one.browser();
    await other.post('/login', { user: 'ada', set: { label: 'the other' } });
    const handles = async (): Promise<(string | undefined)[]> =>
      (await one.sessions.list('ada')).map(({ handle }) => handle).toSorted();
    return { one, two, browser, former: browser.copy(two.origin), other, handles, pass };
  };

  it('names a session by the same handle, whatever id it has', async () => {
    const { browser, handles } = await start();
    const before = await handles();
    await browser.post('/confirm');
    await browser.post('/regenerate', { keep: 'all' });
    expect(await handles()).toEqual(before);
  });

  it('marks the current session, also for a request that arrives late', async () => {
    const { browser, former } = await start();
    const current = async (from: typeof browser): Promise<unknown> => {
      const { body } = await from.get('/devices');
      return Array.isArray(body) && body.filter((device) => device.current);
    };
    await browser.post('/confirm');
    expect(await current(browser)).toHaveLength(1);
    expect(await current(former)).toEqual(await current(browser));
  });

  it.each([
    ['at once', 0],
    ['when the grace is over', 10_001],
  ])('ends a session by a handle from before confirm(), %s', async (_when, time) => {
    const { one, browser, former, other, pass } = await start();
    const listed = await one.sessions.list('ada');
    const { body } = await browser.get('/devices');
    const own = Array.isArray(body) ? body.find((device) => device.current) : undefined;
    expect(listed.map(({ handle }) => handle)).toContain(own.handle);
    await browser.post('/confirm');
    await browser.post('/confirm');
    pass(time);
    expect(await one.sessions.revoke('ada', own.handle)).toBe(true);
    expect((await browser.get('/me')).body).toMatchObject({ reason: 'revoked' });
    expect((await former.get('/me')).status).toBe(401);
    expect(await seenBy(other)).toMatchObject({ user: 'ada' });
    expect(await one.sessions.revoke('ada', own.handle)).toBe(false);
  });

  it.each(['late', 'under way'])('spares the current session, for a request %s', async (when) => {
    const { one, two, browser, former, other } = await start();
    const body = { user: 'ada' };
    const waiting =
      when === 'late' ? undefined : await two.underWay(former, '/revoke-others', body);
    await browser.post('/confirm');
    const answer = await (waiting?.finish() ?? former.post('/revoke-others', body));
    expect([answer.status, answer.body]).toEqual([200, 1]);
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'this device' });
    expect((await other.get('/me')).body).toMatchObject({ reason: 'revoked' });
    expect(await one.sessions.list('ada')).toHaveLength(1);
  });

  it('ends what only has a former id of the session that is spared', async () => {
    const { browser, former, other } = await start();
    await browser.post('/confirm');
    const second = browser.copy();
    await browser.post('/confirm');
    expect((await former.get('/me')).status).toBe(200);
    expect((await second.get('/me')).status).toBe(200);
    await browser.post('/revoke-others', { user: 'ada' });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'this device' });
    for (const one of [former, second, other]) expect((await one.get('/me')).status).toBe(401);
    await former.post('/set', { items: ['of a thief'] });
    expect(await seenBy(browser)).toEqual({ user: 'ada', label: 'this device' });
  });

  it('is empty after all sessions are ended, and former ids lead nowhere', async () => {
    const { one, browser, former, other } = await start();
    await browser.post('/confirm');
    expect(await one.sessions.revokeAll('ada')).toBe(2);
    for (const device of [browser, former, other]) expect(await seenBy(device)).toEqual({});
    expect((await browser.get('/me')).body).toMatchObject({ reason: 'revoked' });
    expect(await one.sessions.list('ada')).toEqual([]);
  });

  it('no longer lists a session that was signed out with a former id', async () => {
    const { one, browser, former, other } = await start();
    for (let times = 0; times < 4; times += 1) await browser.post('/confirm');
    await former.post('/logout');
    expect(await seenBy(browser)).toEqual({});
    expect(await one.sessions.list('ada')).toHaveLength(1);
    expect(await seenBy(other)).toMatchObject({ user: 'ada' });
  });
});
