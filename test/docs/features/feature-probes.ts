import type { Browser } from '../../support/browser.js';
import { signedIn, start, statusOf } from './features-app.js';
import type { AnyStore } from './features-app.js';

const HOUR = 3_600_000;
const KEYS = ['a key that seals records, of the tests'];

type Probe = (store: AnyStore) => Promise<string>;

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');

/** `yes` if the application starts and does it, and otherwise what the page says of it. */
async function unlessRefused(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (String(error).includes('The session options are not valid')) return 'error at boot';
    throw error;
  }
}

/** The sessions that `list()` finds, or the status that it is refused with. */
async function devices(browser: Browser): Promise<string> {
  const { status, body } = await browser.get('/devices');
  return status === 200 ? String(body) : String(status);
}

const signsInAndOut: Probe = async (store) => {
  const app = await start({ store });
  const [browser, other] = [await signedIn(app), await signedIn(app)];
  const before = browser.cookie();
  const seen = [await statusOf(browser, '/me')];
  await browser.post('/confirm');
  seen.push(await statusOf(browser, '/me'));
  const hasNewId = browser.cookie() !== before;
  await browser.post('/logout');
  await other.post('/regenerate');
  seen.push(await statusOf(browser, '/me'), await statusOf(other, '/me'));
  return yesOrNo(hasNewId && String(seen) === '200,200,401,401');
};

const timesOut: Probe = async (store) => {
  let now = Date.now();
  const app = await start({ store, clock: () => now });
  const [browser, remembered] = [await signedIn(app), await signedIn(app, { remember: '30d' })];
  const fresh = [await statusOf(browser, '/fresh')];
  const ends = (await browser.get('/ends')).text;
  now += HOUR / 3;
  fresh.push(await statusOf(browser, '/fresh'));
  const endsStill = (await browser.get('/ends')).text;
  now += HOUR / 3;
  const last = [await statusOf(browser, '/me'), await statusOf(remembered, '/me')];
  return yesOrNo(ends === endsStill && String([fresh, last]) === '200,401,401,200');
};

const loadsUser: Probe = async (store) => {
  const users = new Map([['ada', { id: 'ada', name: 'Ada' }]]);
  const browser = await signedIn(await start({ store, loadUser: (id) => users.get(id) }));
  const { body } = await browser.get('/user');
  users.clear();
  const refused = [await statusOf(browser, '/user'), await statusOf(browser, '/me')];
  return yesOrNo(
    JSON.stringify(body) === '{"id":"ada","name":"Ada"}' && String(refused) === '401,401',
  );
};

const mergesParallelChanges: Probe = async (store) => {
  const browser = await signedIn(await start({ store }));
  const [one, other] = [browser.copy(), browser.copy()];
  await Promise.all([
    one.post('/label', { label: 'kept' }),
    ...Array.from({ length: 5 }, () => other.post('/count')),
  ]);
  // Whichever of the two has the newer cookie; they are equal unless the session is in it.
  const { body } = await other.get('/me');
  return yesOrNo(JSON.stringify(body) === '{"userId":"ada","label":"kept","count":5}');
};

const endsAtOnce: Probe = async (store) => {
  const browser = await signedIn(await start({ store }));
  const copied = browser.copy();
  await browser.post('/logout');
  return yesOrNo((await statusOf(copied, '/me')) === 401);
};

const leadsOn: Probe = async (store) => {
  const app = await start({ store });
  const browser = app.browser();
  await browser.post('/label', { label: 'anonymous' });
  const former = browser.copy();
  await browser.post('/login', {});
  return yesOrNo((await former.post('/label', { label: 'late' })).status === 409);
};

const adopts: Probe = async (store) => {
  const browser = (await start({ store })).browser();
  await browser.post('/label', { label: 'signed in by others' });
  await browser.post('/adopt');
  return yesOrNo((await statusOf(browser, '/me')) === 200);
};

const listsAndEnds: Probe = async (store) => {
  const app = await start({ store });
  const [browser, other] = [await signedIn(app), await signedIn(app)];
  const listed = await devices(browser);
  const ended = await browser.post('/end-all');
  if (ended.status !== 200) return String([...new Set([listed, String(ended.status)])]);
  return yesOrNo(listed === '2' && (await statusOf(other, '/me')) === 401);
};

const limits: Probe = (store) =>
  unlessRefused(async () => {
    const app = await start({ store, limit: { max: 3, onExceed: 'evict-oldest' } });
    const browsers = await Promise.all(Array.from({ length: 20 }, () => signedIn(app)));
    const seen = await Promise.all(browsers.map((browser) => statusOf(browser, '/me')));
    return yesOrNo(seen.filter((status) => status === 200).length === 3);
  });

const encrypts: Probe = (store) =>
  unlessRefused(async () => {
    const browser = await signedIn(await start({ store, encryption: { keys: KEYS } }));
    return yesOrNo((await statusOf(browser, '/me')) === 200);
  });

const holdsMore: Probe = async (store) => {
  const browser = await signedIn(await start({ store }));
  const { status } = await browser.post('/label', { label: 'x'.repeat(10_000) });
  return yesOrNo(status === 201);
};

/** What becomes of each feature with a store, in the words of the page. */
export const FEATURES: ReadonlyMap<string, Probe> = new Map([
  ['`login()`, `confirm()`, `regenerate()`, `logout()`, `AuthenticatedGuard`', signsInAndOut],
  ['Both timeouts, `remember`, `@RequireFresh()`, `@NoTouch()`, `summary()`', timesOut],
  ['`@CurrentUser()`, and a user who is gone is signed out', loadsUser],
  ['`adopt()`', adopts],
  [
    "Parallel requests keep each other's changes, and `update()` counts each",
    mergesParallelChanges,
  ],
  ['After `logout()`, a copy of the cookie is worth nothing', endsAtOnce],
  ['A former id leads on to the new one (`rotationGrace`)', leadsOn],
  ['`list()`, `revoke()`, `revokeAll()`', listsAndEnds],
  ['`limit`, also under parallel sign-ins', limits],
  ['`encryption`', encrypts],
  ['More than 2.7 KB in a session', holdsMore],
]);
