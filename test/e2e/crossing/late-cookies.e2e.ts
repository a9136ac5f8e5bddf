import { afterAll, describe, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { idGivenBy, idOf, seenBy, startCrossingApp } from './crossing-app.js';
import { describeOnCrossingStores } from './crossing-stores.js';

const MINUTE = 60_000;
const OLD = 'an old secret of thirty-two characters';
const NEW = 'a newer secret of thirty-two characters';

/** A secret is not replaced in a cookie before an hour has passed. */
const LONG = { idleTimeout: '8h', touchInterval: '4h' } as const;

/** What gives the browser another cookie while a request is under way. */
const ROTATIONS = [
  ['login()', '/login', { user: 'ada' }],
  ['confirm()', '/confirm', {}],
] as const;

/** What stores the session in the middle of a request. */
const WRITES = [
  ['update()', '/update', {}],
  ['save()', '/save', { items: ['tea'] }],
] as const;

/** What makes responses renew their cookies. */
const RENEWED: readonly [string, Partial<SessionModuleOptions>][] = [
  ['rolling', { rolling: true }],
  ['with a lifetime', { cookie: { maxAge: '30m' } }],
];

describeOnCrossingStores('the cookie of a late answer', (begin) => {
  const start = async (options: Partial<SessionModuleOptions>) => {
    const { one, two, pass } = await begin(options);
    const browser = one.browser();
    await browser.post('/login', { user: 'ada' });
    return { one, two, browser, former: browser.copy(two.origin), pass };
  };

  it.each(ROTATIONS)(
    'does not replace the cookie of %s when it was signed again with a new secret',
    async (_rotation, rotation, proof) => {
      const { browser: signedIn } = await start({ secret: OLD, ...LONG });
      const { one, two, pass } = await begin({ secret: [NEW, OLD], ...LONG });
      pass(61 * MINUTE);
      const browser = signedIn.copy(one.origin);
      const late = await two.nearlyDone(signedIn.copy(two.origin), '/open');
      expect((await browser.post(rotation, proof)).status).toBe(200);
      const { status, setCookies } = await late.finish();
      expect([status, setCookies]).toEqual([200, []]);
      expect(await seenBy(browser)).toMatchObject({ user: 'ada' });
    },
  );

  it('is signed again with a new secret if the session still has its id', async () => {
    const { browser } = await start({ secret: OLD, ...LONG });
    const { one, two, pass } = await begin({ secret: [NEW, OLD], ...LONG });
    pass(61 * MINUTE);
    const late = await two.nearlyDone(browser.copy(two.origin), '/open');
    await browser.copy(one.origin).post('/set', { label: 'meanwhile' });
    expect(idGivenBy(await late.finish())).toBe(idOf(browser));
  });

  describe.each(RENEWED)('where cookies are %s', (_how, options) => {
    describe.each(ROTATIONS)('does not replace the cookie of %s', (_rotation, rotation, proof) => {
      it.each(WRITES)('when %s came before it', async (_write, path, body) => {
        const { two, browser, former } = await start(options);
        const late = await two.nearlyDone(former, path, body);
        expect((await browser.post(rotation, proof)).status).toBe(200);
        const { status, setCookies } = await late.finish();
        expect([status, setCookies]).toEqual([200, []]);
        expect(await seenBy(browser)).toMatchObject({ user: 'ada' });
      });

      it('when the answer was also to extend the session, and came too late for that', async () => {
        const { two, browser, former, pass } = await start(options);
        const late = await two.nearlyDone(former, '/update', {});
        pass(2 * MINUTE);
        expect((await browser.post(rotation, proof)).status).toBe(200);
        const { status, setCookies } = await late.finish();
        expect([status, setCookies]).toEqual([200, []]);
      });
    });

    it('is not sent if the session has ended since', async () => {
      const { two, browser, former } = await start(options);
      const late = await two.nearlyDone(former, '/update', {});
      await browser.post('/logout');
      const { status, setCookies } = await late.finish();
      expect([status, setCookies]).toEqual([200, []]);
    });

    it.each(WRITES)(
      'is renewed if the session still has its id: %s',
      async (_write, path, body) => {
        const { two, browser, former } = await start(options);
        const late = await two.nearlyDone(former, path, body);
        await browser.post('/set', { label: 'meanwhile' });
        const answers = [await late.finish(), await browser.post(path, body)];
        for (const answer of answers) expect(idGivenBy(answer)).toBe(idOf(browser));
      },
    );
  });
});

describe('the cookie of a late answer, when a failing store cannot say whether it may be renewed,', () => {
  afterAll(closeApps);

  it('is left alone, and the answer succeeds as usual', async () => {
    const store = new ScriptedStore();
    const app = await startCrossingApp({ store, rolling: true });
    const browser = app.browser();
    await browser.post('/set', { label: 'begun' });
    const late = await app.nearlyDone(browser, '/update', {});
    store.break('read');
    await app.browser().get('/open'); // somebody else is answered in between
    const { status, setCookies } = await late.finish();
    expect([status, setCookies]).toEqual([200, []]);
    store.mend();
    expect(idGivenBy(await browser.post('/update', {}))).toBe(idOf(browser));
  });
});
