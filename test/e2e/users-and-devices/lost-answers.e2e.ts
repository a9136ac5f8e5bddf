import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionModuleOptions, SessionStore } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { Losses } from '../../support/stores/losing-store.js';
import type { Loss } from '../../support/stores/losing-store.js';
import { withoutIndex } from '../../support/stores/store-without-index.js';
import { until } from '../../support/until.js';
import { idOf, standing, startDevicesApp } from './devices-app.js';
import type { DevicesApp } from './devices-app.js';

afterEach(closeApps);

/** What is done to a session, by whom, and who is signed in afterwards. */
interface Operation {
  readonly name: string;
  /** Who signed in before; nobody if the session is a visitor's. */
  readonly before: string | undefined;
  /** Who is signed in when all went well. */
  readonly after: string | undefined;
  readonly path: string;
  readonly body: (user: string) => object;
  /** True if it stays the same session, and former ids lead on to it for a moment. */
  readonly continues?: boolean;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'a visitor signs in', before: undefined, after: 'ada', path: '/login', body: asUser },
  { name: 'a user signs in again', before: 'ada', after: 'ada', path: '/login', body: asUser },
  { name: 'another user signs in', before: 'grace', after: 'ada', path: '/login', body: asUser },
  {
    name: 'a visitor signs in, keeping one thing',
    before: undefined,
    after: 'ada',
    path: '/login',
    body: (user) => ({ user, keep: ['label'], remember: '30d' }),
  },
  {
    name: 'confirm()',
    before: 'ada',
    after: 'ada',
    path: '/confirm',
    body: () => ({}),
    continues: true,
  },
  {
    name: "regenerate({ keep: 'all' })",
    before: 'ada',
    after: 'ada',
    path: '/regenerate',
    body: () => ({ keep: 'all' }),
    continues: true,
  },
  {
    name: 'regenerate({ keep: [...] })',
    before: 'ada',
    after: undefined,
    path: '/regenerate',
    body: () => ({ keep: ['label'] }),
  },
  { name: 'regenerate()', before: 'ada', after: undefined, path: '/regenerate', body: () => ({}) },
  { name: 'logout()', before: 'ada', after: undefined, path: '/logout', body: () => ({}) },
];

function asUser(user: string): object {
  return { user };
}

const LOSSES: readonly Loss[] = ['done', 'not done'];

const ENCRYPTION = { keys: ['a key of at least thirty-two characters'] };

/** More calls than any operation takes. */
const MOST_CALLS = 30;

/**
 * One answer of the store is lost: each in turn, whether the call was carried out or not. Then no
 * request that was told of a failure has signed anybody in, and nothing is left half made.
 */
function describeLosses(
  title: string,
  storeOf: () => SessionStore,
  options: Partial<SessionModuleOptions>,
  isIndexed: boolean,
): void {
  describe(title, () => {
    it.each(OPERATIONS)(
      'during $name: a failed request signs nobody in, and leaves nothing half done',
      async (operation) => {
        const losses = new Losses();
        const app = await startDevicesApp({ store: losses.of(storeOf()), ...options });
        for (const loss of LOSSES) {
          for (let call = 0; call < MOST_CALLS; call += 1) {
            const isOver = await lose(
              app,
              losses,
              operation,
              call,
              loss,
              isIndexed,
              'limit' in options,
            );
            if (isOver) break;
            expect(call).toBeLessThan(MOST_CALLS - 1);
          }
        }
      },
    );

    it.each([true, false])(
      'during a login() whose rejection the handler may catch (caught: %j): a failed request signs nobody in',
      async (caught) => {
        const losses = new Losses();
        const app = await startDevicesApp({ store: losses.of(storeOf()), ...options });
        for (const loss of LOSSES) {
          for (let call = 1; call < MOST_CALLS; call += 1) {
            const browser = app.browser();
            await browser.post('/visit', { label: 'of a visitor' });
            losses.lose(call, loss);
            const user = `${call} ${loss}`;
            const { status } = await browser.post('/login', { user, caught });
            if (losses.calls.length <= call) break;
            losses.lose(-1, loss);
            const isTold = caught && status === 202;
            if (status === 503 || isTold) expect(await standing(browser)).not.toBe(user);
            else expect([status, await standing(browser)]).toEqual([201, user]);
          }
        }
      },
    );
  });
}

/** Loses one answer; `true` if the operation took fewer calls than that. */
async function lose(
  app: DevicesApp,
  losses: Losses,
  { before, after, path, body, continues = false }: Operation,
  call: number,
  loss: Loss,
  isIndexed: boolean,
  hasCap: boolean,
): Promise<boolean> {
  const nameOf = (user: string | undefined): string =>
    user === undefined ? 'anonymous' : `${user} ${path} ${call} ${loss}`;
  const browser = app.browser();
  if (before === undefined) await browser.post('/visit', { label: 'kept' });
  else await browser.post('/login', { user: nameOf(before), set: { label: 'kept' } });
  const former = browser.copy();

  losses.lose(call, loss);
  const answer = await browser.post(path, body(nameOf(after)));
  await until(() => losses.isIdle);
  const isOver = losses.calls.length <= call;
  const steps = losses.calls.join(' ');
  losses.lose(-1, loss);
  const story = `${steps}; call ${call} lost, ${loss}; answered ${answer.status}`;

  const [now, then] = [await standing(browser), await standing(former)];
  if (answer.status === 503) {
    expect([story, answer.setCookies]).toEqual([story, []]);
    // Nobody is signed in who was not before; whoever was may have been signed out.
    expect([story, [nameOf(before), 'anonymous', 'expired', 'rotated']]).toEqual([
      story,
      expect.arrayContaining([now]),
    ]);
    expect([story, then]).toEqual([story, now]);
  } else {
    expect([story, answer.status]).toEqual([story, 201]);
    expect([story, now]).toEqual([story, after === undefined ? now : nameOf(after)]);
    if (after === undefined) expect(now).not.toBe(nameOf(before));
    const isLedOn = continues && isIndexed;
    expect([story, then]).toEqual([
      story,
      isLedOn ? now : expect.stringMatching(/^(anonymous|expired|rotated)$/),
    ]);
  }
  const users = [before, after].filter((user) => user !== undefined).map(nameOf);
  // A session keeps its handle, unless a sign-in has begun another one.
  const named = continues ? former : browser;
  if (isIndexed) await expectIndex(app, story, users, named, now);

  // The place under the cap is free unless the session that holds it is live.
  const again = await app.browser().post('/login', { user: nameOf('ada') });
  const isTaken = isIndexed && hasCap && now === nameOf('ada');
  expect([story, again.status]).toEqual([story, isTaken ? 409 : 201]);
  return isOver;
}

/** What a user is shown is what there is: the session of this browser, if it is theirs, and no other. */
async function expectIndex(
  { sessions }: DevicesApp,
  story: string,
  users: readonly string[],
  browser: Browser,
  standing: string,
): Promise<void> {
  for (const user of new Set(users)) {
    const handles = (await sessions.list(user)).map(({ handle }) => handle);
    const own = standing === user ? [handleOf(idOf(browser))] : [];
    expect([story, user, handles]).toEqual([story, user, own]);
  }
}

describeOnIndexedStores('one answer of the store is lost', (stores) => {
  const limit = { max: 1, onExceed: 'reject' } as const;
  describeLosses('with a cap', () => stores.another(), { limit }, true);
});

describeLosses(
  'one answer of a store of encrypted records is lost',
  () => new MemorySessionStore(),
  { encryption: ENCRYPTION },
  true,
);

describeLosses(
  'one answer of a store without an index is lost',
  () => withoutIndex(new MemorySessionStore()),
  {},
  false,
);
