import { afterEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { ROTATED, seenBy, startCrossingApp } from './crossing-app.js';

afterEach(closeApps);

const limit = { max: 1, onExceed: 'reject' } as const;

/** A request arrives at the mark of a sign-in that is refused in the end, and continues after that. */
async function startRefused(path: string, body: object, before: (browser: Browser) => unknown) {
  const store = new IndexedScriptedStore();
  const app = await startCrossingApp({ store, storeTimeout: '1m', limit });
  const browser = app.browser();
  await before(browser);
  const entering = store.pause('users.add');
  const login = browser.copy().post('/login', { user: 'ada' });
  await entering.arrived;
  const late = await app.underWay(browser, path, body);
  const other = await startCrossingApp({ store: store.inner, limit });
  await other.browser().post('/login', { user: 'ada' });
  entering.resolve();
  expect((await login).status).toBe(409);
  return { app, browser, answer: await late.finish() };
}

describe('a request that arrived at the mark of a sign-in whose session was then given back', () => {
  it.each(['/set', '/update', '/logout'])('is told that nothing was done: %s', async (path) => {
    const visit = (browser: Browser) => browser.post('/set', { label: 'cart' });
    const { browser, answer } = await startRefused(path, { count: 5 }, visit);
    expect([answer.status, answer.body, answer.setCookies]).toEqual([409, ROTATED, []]);
    expect(await seenBy(browser)).toEqual({ label: 'cart' });
  });

  it("signs in with nothing of another user's", async () => {
    const signIn = (browser: Browser) =>
      browser.post('/login', { user: 'bob', set: { label: "bob's" } });
    const { app, answer } = await startRefused('/login', { user: 'carol' }, signIn);
    expect(answer.status).toBe(200);
    const [cookie = ''] = answer.setCookies[0]?.split(';') ?? [];
    const { body } = await app.browser().get('/open', { headers: { cookie } });
    expect(body).toEqual({ user: 'carol' });
  });
});
