import { describe, expect, it } from '@jest/globals';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { idGivenBy, idOf, seenBy } from './crossing-app.js';
import { describeOnCrossingStores } from './crossing-stores.js';

const MINUTE = 60_000;

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

/** What has the answers renew their cookies. */
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

  describe.each(RENEWED)('where cookies are %s', (_how, options) => {
    describe.each(ROTATIONS)('does not take away that of %s', (_rotation, rotation, proof) => {
      it.each(WRITES)('if %s came before it', async (_write, path, body) => {
        const { two, browser, former } = await start(options);
        const late = await two.nearlyDone(former, path, body);
        expect((await browser.post(rotation, proof)).status).toBe(200);
        const { status, setCookies } = await late.finish();
        expect([status, setCookies]).toEqual([200, []]);
        expect(await seenBy(browser)).toMatchObject({ user: 'ada' });
      });

      it('if it was to extend the session as well, and came too late for that', async () => {
        const { two, browser, former, pass } = await start(options);
        const late = await two.nearlyDone(former, '/update', {});
        pass(2 * MINUTE);
        expect((await browser.post(rotation, proof)).status).toBe(200);
        const { status, setCookies } = await late.finish();
        expect([status, setCookies]).toEqual([200, []]);
      });
    });

    it('is not sent if the session was ended since', async () => {
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
