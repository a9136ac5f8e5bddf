import { afterEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { StoredRecord, Written } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Answer } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { idGivenBy, idOf, seenBy, startCrossingApp } from './crossing-app.js';
import type { CrossingApp } from './crossing-app.js';

afterEach(closeApps);

const ADA = { user: 'ada' };

/** A memory store that knows which record was made last. */
class OpenStore extends MemorySessionStore {
  private last = '';

  override create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    this.last = key;
    return super.create(key, record);
  }

  async dropLast(): Promise<void> {
    await this.remove(this.last);
  }
}

/** Two instances on one store; the first one's steps can be paused. */
async function start() {
  const inner = new OpenStore();
  const store = new IndexedScriptedStore(inner);
  const one = await startCrossingApp({ store, storeTimeout: '1m' });
  const two = await startCrossingApp({ store: inner });
  return { inner, store, one, two, browser: one.browser() };
}

/** Somebody with a cart clicks to sign in, which waits at a late step, when others can find its mark. */
async function startSigningIn(
  step: 'users.add' | 'users.update',
  moment: 'before' | 'after' = 'before',
) {
  const { store, one, two, browser } = await start();
  if (step === 'users.update') await browser.post('/login', ADA);
  await browser.post('/set', { label: 'cart' });
  const entering = store.pause(step, moment);
  const login = browser.copy().post('/login', ADA);
  await entering.arrived;
  const finish = () => {
    entering.resolve();
    return login;
  };
  return { one, two, second: browser.copy(two.origin), third: browser.copy(two.origin), finish };
}

/** What somebody sees with the cookie that an answer has set. */
async function seenWith({ setCookies }: Answer, app: CrossingApp, path = '/open') {
  const [cookie = ''] = setCookies[0]?.split(';') ?? [];
  return (await app.browser().get(path, { headers: { cookie } })).body;
}

describe('a sign-in that was ended before it finished stays ended', () => {
  it.each([
    ['before the index knew it', 'users.add', 'before'],
    ['once the index knew it', 'users.add', 'after'],
    ['before its entry was moved', 'users.update', 'before'],
  ] as const)(
    'when a second click has joined it and signed out %s',
    async (_when, step, moment) => {
      const { one, two, second, third, finish } = await startSigningIn(step, moment);
      expect((await second.post('/login', ADA)).status).toBe(200);
      const joined = idOf(second);
      await second.post('/logout');
      const answer = await finish();
      // Its handler has seen the user, and nobody is signed in again.
      expect([answer.status, answer.body, idGivenBy(answer)]).toEqual([200, ADA, joined]);
      expect(await seenWith(answer, two)).toEqual({});
      expect(await one.sessions.list('ada')).toEqual([]);
      expect((await third.post('/login', ADA)).status).toBe(200);
      expect(idOf(third)).not.toBe(joined);
      expect(await seenBy(third)).toEqual(ADA);
      expect(await one.sessions.list('ada')).toHaveLength(1);
    },
  );

  it('when all sessions of the user were ended, and its browser is told so next', async () => {
    const { one, two, finish } = await startSigningIn('users.add', 'after');
    await two.sessions.revokeAll('ada');
    const answer = await finish();
    expect([answer.status, answer.body]).toEqual([200, ADA]);
    expect(await seenWith(answer, two, '/me')).toMatchObject({ reason: 'revoked' });
    expect(await one.sessions.list('ada')).toEqual([]);
  });
});

describe('a new id whose record the store has dropped at once', () => {
  it.each(['/login', '/confirm'])('is replaced by another new id: %s', async (path) => {
    const { inner, store, one, two, browser } = await start();
    await browser.post('/login', ADA);
    const created = store.pause('create', 'after');
    const rotating = browser.copy().post(path, ADA);
    await created.arrived;
    await inner.dropLast();
    await browser.copy(two.origin).post('/set', { label: 'stored meanwhile' });
    created.resolve();
    const answer = await rotating;
    expect(answer.status).toBe(200);
    expect(await seenWith(answer, two)).toEqual({ user: 'ada', label: 'stored meanwhile' });
    expect(await one.sessions.list('ada')).toHaveLength(1);
  });
});
