import { afterEach, expect, it } from '@jest/globals';
import { SealedCookieStore } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { until } from '../../support/until.js';
import { startAccountApp } from './account-app.js';

afterEach(closeApps);

const GONE = {
  statusCode: 401,
  error: 'Unauthorized',
  message: 'This account is no longer active.',
  reason: 'user-gone',
};

describeOnIndexedStores('a user who is gone', (stores) => {
  it('gets a 401 that says so, and the session ends, with its cookie and its index entry', async () => {
    const { users, events, sessions, signedIn } = await startAccountApp({
      store: stores.another(),
    });
    const browser = await signedIn('ada');
    const other = await signedIn('ada');
    const before = browser.copy();
    users.remove('ada');
    const { body, setCookies } = await browser.get('/guarded');
    expect(body).toEqual(GONE);
    expect(setCookies).toEqual([
      expect.stringMatching(/^connect\.sid=; .*Expires=Thu, 01 Jan 1970/),
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'destroyed', userId: 'ada', cause: 'user-gone' });
    expect((await before.get('/never-asks')).body).toMatchObject({ reason: 'expired' });
    expect(await sessions.list('ada')).toHaveLength(1);
    expect((await other.get('/never-asks')).status).toBe(200);
    expect((await other.get('/open')).body).toEqual(GONE);
    expect(await sessions.list('ada')).toEqual([]);
    expect((await browser.get('/open')).body).toEqual({});
  });

  it('gets the same 401 in all requests that ask at the same time', async () => {
    const { users, events, signedIn } = await startAccountApp({ store: stores.another() });
    const browser = await signedIn('ada');
    users.remove('ada');
    users.pause();
    const answers = ['/often', '/guarded', '/open'].map((path) => browser.copy().get(path));
    await until(() => users.asked.length === answers.length);
    users.answer();
    for (const answer of answers) expect((await answer).body).toEqual(GONE);
    expect(events.map(({ type }) => type)).toEqual(['loggedIn', 'destroyed']);
  });

  it('does not end a session that somebody else has signed in to in the meantime', async () => {
    const { users, events, signedIn } = await startAccountApp({ store: stores.another() });
    const browser = await signedIn('ada');
    users.remove('ada');
    users.pause();
    expect((await browser.post('/meanwhile/grace')).body).toEqual({ name: 'GRACE' });
    expect((await browser.get('/open')).body).toEqual({ name: 'GRACE' });
    expect(events.map(({ type }) => type)).toEqual(['loggedIn', 'loggedIn']);
  });

  it('is a visitor for the rest of the request, and may sign in as somebody else', async () => {
    const { users, signedIn } = await startAccountApp({ store: stores.another() });
    const browser = await signedIn('ada');
    users.remove('ada');
    expect((await browser.post('/steps', ['logout', 'grace'])).body).toEqual([
      '401',
      null,
      'GRACE',
    ]);
    expect((await browser.get('/open')).body).toEqual({ name: 'GRACE' });
  });
});

it('a user who is gone is signed out of a sealed cookie, too', async () => {
  const store = new SealedCookieStore({ keys: ['a key of more than thirty-two characters'] });
  const { users, signedIn } = await startAccountApp({ store });
  const browser = await signedIn('ada');
  users.remove('ada');
  expect((await browser.get('/guarded')).body).toEqual(GONE);
  expect(browser.cookie()).toBeUndefined();
  expect((await browser.get('/open')).body).toEqual({});
});

it('a user who is gone gets a 503 while the store cannot end the session', async () => {
  const store = new ScriptedStore();
  const { users, signedIn } = await startAccountApp({ store });
  const browser = await signedIn('ada');
  users.remove('ada');
  store.break('remove');
  expect((await browser.get('/guarded')).status).toBe(503);
  store.mend();
  expect((await browser.get('/guarded')).body).toEqual(GONE);
});
