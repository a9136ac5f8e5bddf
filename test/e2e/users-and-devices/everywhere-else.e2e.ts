import { afterEach, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { MINUTE, standing, startClock, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

/** The steps of a confirm(), and the moments of each. */
const STEPS = (['create', 'replace', 'users.update'] as const).flatMap((step) =>
  (['before', 'after'] as const).map((moment) => ({ step, moment })),
);

describeOnIndexedStores('"sign out everywhere else"', (stores) => {
  const start = async (options: Partial<SessionModuleOptions> = {}) => {
    const { clock, pass } = startClock();
    const store = new IndexedScriptedStore(stores.another(clock));
    const app = await startDevicesApp({ store, clock, storeTimeout: '1m', ...options });
    return { ...app, store, pass };
  };
  const everywhereElse = { method: 'DELETE' };

  it.each(STEPS)(
    'spares its own browser while confirm() pauses $moment its $step',
    async ({ step, moment }) => {
      const { store, signedIn, sessions, pass } = await start();
      const [other, browser] = [await signedIn('ada'), await signedIn('ada')];
      const copy = browser.copy();
      const pause = store.pause(step, moment);
      const confirming = browser.post('/confirm');
      await pause.arrived;
      const { status } = await copy.send('/devices?except=current', everywhereElse);
      pause.resolve();
      expect((await confirming).status).toBe(201);
      pass(2 * MINUTE);
      expect(await standing(browser)).toBe('ada');
      // A request with the former id, once that was replaced, has no session to spare.
      expect([200, 401]).toContain(status);
      expect(await sessions.list('ada')).toHaveLength(status === 401 ? 2 : 1);
      expect(await standing(other)).toBe(status === 401 ? 'ada' : 'revoked');
    },
  );

  it('spares its own browser when it is clicked twice', async () => {
    const { signedIn, sessions } = await start();
    const [other, browser] = [await signedIn('ada'), await signedIn('ada')];
    const copy = browser.copy();
    await browser.post('/confirm');
    const answers = await Promise.all([
      browser.send('/devices?except=current', everywhereElse),
      browser.send('/devices?except=current', everywhereElse),
      copy.send('/devices?except=current', everywhereElse),
    ]);
    const [one, two, late] = answers.map(({ status }) => status);
    expect([one, two]).toEqual([200, 200]);
    // The former id leads to the session until one of them has removed its mark.
    expect([200, 401]).toContain(late);
    expect(await standing(browser)).toBe('ada');
    expect(await standing(other)).toBe('revoked');
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it('spares its own browser on a route without a guard, too, also if the request has the former id', async () => {
    const { signedIn, sessions } = await start();
    const [other, browser] = [await signedIn('ada'), await signedIn('ada')];
    const before = browser.copy();
    await browser.post('/confirm');
    expect((await before.post('/end-others', { user: 'ada' })).status).toBe(201);
    expect(await standing(browser)).toBe('ada');
    expect(await standing(other)).toBe('revoked');
    await sessions.revokeAll('ada');
    const third = await signedIn('ada');
    expect((await browser.post('/end-others', { user: 'ada' })).status).toBe(401);
    expect(await standing(third)).toBe('ada');
  });

  it('ends all sessions when nobody is signed in, as after a password reset by email', async () => {
    const { signedIn, browser } = await start();
    const one = await signedIn('ada');
    expect((await browser().post('/end-others', { user: 'ada' })).body).toEqual({ ended: 1 });
    expect(await standing(one)).toBe('revoked');
  });

  it('ends no session when the session to spare was ended in the meantime', async () => {
    const { signedIn, sessions, store } = await start();
    const [other, browser] = [await signedIn('ada'), await signedIn('ada')];
    const read = store.pause('read', 'after');
    const ending = browser.send('/devices?except=current', everywhereElse);
    await read.arrived;
    await sessions.revokeAll('ada');
    const third = await signedIn('ada');
    read.resolve();
    const { status, body } = await ending;
    expect([status, body]).toEqual([401, expect.objectContaining({ reason: 'revoked' })]);
    expect(await standing(third)).toBe('ada');
    expect(await standing(other)).toBe('revoked');
  });

  it('is not done while another browser does it, unless that one never ends', async () => {
    const { signedIn, store, pass } = await start();
    const [one, two, three] = [await signedIn('ada'), await signedIn('ada'), await signedIn('ada')];
    const list = store.pause('users.list');
    const ending = one.send('/devices?except=current', everywhereElse);
    await list.arrived;
    const { status, body } = await two.send('/devices?except=current', everywhereElse);
    expect([status, body]).toEqual([401, expect.objectContaining({ reason: 'revoked' })]);
    expect(await standing(three)).toBe('ada');
    pass(MINUTE);
    expect((await two.send('/devices?except=current', everywhereElse)).status).toBe(200);
    expect(await standing(three)).toBe('revoked');
    list.resolve();
    await ending;
  });

  it('is done whatever note of an earlier one cannot be read, as its key is gone', async () => {
    const store = stores.another();
    const startWith = (key: string) => startDevicesApp({ store, encryption: { keys: [key] } });
    const former = await startWith('a former key of thirty-two characters');
    const now = await startWith('the key of thirty-two characters left');
    await (await former.signedIn('ada')).send('/devices?except=current', everywhereElse);
    const [other, browser] = [await now.signedIn('ada'), await now.signedIn('ada')];
    expect((await browser.send('/devices?except=current', everywhereElse)).status).toBe(200);
    expect(await standing(browser)).toBe('ada');
    expect(await standing(other)).toBe('revoked');
  });

  it('is done whatever an instance with a wrong clock has left half done', async () => {
    const { clock, pass } = startClock();
    const store = new IndexedScriptedStore(stores.another(clock));
    const options = { store, storeTimeout: '1m' } as const;
    const ahead = await startDevicesApp({ ...options, clock: () => clock() + MINUTE });
    const right = await startDevicesApp({ ...options, clock });
    const [one, two] = [await ahead.signedIn('ada'), await right.signedIn('ada')];
    const list = store.pause('users.list');
    const ending = one.send('/devices?except=current', everywhereElse);
    await list.arrived;
    pass(1);
    expect((await two.send('/devices?except=current', everywhereElse)).status).toBe(200);
    expect(await standing(one)).toBe('revoked');
    list.resolve();
    await ending;
  });
});
