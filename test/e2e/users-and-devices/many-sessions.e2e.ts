import { afterEach, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import type { IndexedSessionStore, ReadRecord } from 'nestjs-sesame';
import { handleOf } from '../../../lib/session/ids.js';
import { closeApps } from '../../support/applications/nest-app.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { Losses } from '../../support/stores/losing-store.js';
import { idOf, MINUTE, standing, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

/** More than the store is asked for in one call. */
const MANY = 300;

/** A store that can be made to answer about fewer keys than it is asked for. */
class ForgetfulStore extends MemorySessionStore {
  isForgetful = false;

  override readMany(keys: readonly string[]): Promise<readonly (ReadRecord | undefined)[]> {
    return super.readMany(this.isForgetful ? keys.slice(1) : keys);
  }
}

/** A store in memory, and the calls made to it. */
function countingStore(): { store: IndexedSessionStore; calls: string[] } {
  const losses = new Losses();
  return { store: losses.of(new MemorySessionStore()), calls: losses.calls };
}

/** A user who has many sessions. */
async function startWithMany(store: IndexedSessionStore) {
  const app = await startDevicesApp({ store });
  const browsers = await Promise.all(Array.from({ length: MANY }, () => app.signedIn('ada')));
  return { ...app, browsers };
}

it('the many sessions of a user are read with few calls, and ended with few', async () => {
  const { store, calls } = countingStore();
  const { sessions } = await startWithMany(store);
  calls.length = 0;
  expect(await sessions.list('ada')).toHaveLength(MANY);
  expect(calls).toEqual(['list', 'readMany', 'readMany']);
  calls.length = 0;
  expect(await sessions.revokeAll('ada')).toBe(MANY);
  const twice = ['list', 'readMany', 'renewMany', 'removeMany'];
  expect(calls.toSorted()).toEqual([...twice, ...twice, 'put'].toSorted());
}, 30_000);

it('no list of many sessions is requested when one more replaces another', async () => {
  const { store, calls } = countingStore();
  const max = 1_500;
  const app = await startDevicesApp({ store, limit: { max, onExceed: 'evict-oldest' } });
  for (let made = 0; made < max; made += 1) {
    await store.users.add('ada', { key: `made-${made}`, expiresAt: Date.now() + MINUTE + made });
  }
  calls.length = 0;
  await app.signedIn('ada');
  expect(calls).not.toContain('list');
  expect((await store.users.list('ada'))[0]).toBe('made-1');
});

it('nobody is signed out by an answer about other keys than those asked for', async () => {
  const store = new ForgetfulStore();
  const { sessions, browsers, events } = await startWithMany(store);
  store.isForgetful = true;
  await expect(sessions.list('ada')).rejects.toMatchObject({ status: 503 });
  await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ status: 503 });
  expect(events.map(({ type }) => type)).not.toContain('revoked');
  store.isForgetful = false;
  expect(await sessions.list('ada')).toHaveLength(MANY);
  for (const browser of browsers.slice(0, 3)) expect(await standing(browser)).toBe('ada');
}, 30_000);

it('all sessions that can be ended are ended when a store without batch calls fails for one', async () => {
  const store = new IndexedScriptedStore();
  const { sessions, browsers, events } = await startWithMany(store);
  const [failing] = browsers;
  const key = failing === undefined ? '' : handleOf(idOf(failing));
  const read = store.read.bind(store);
  store.read = async (asked) => {
    if (asked === key) throw new Error('it cannot be read');
    return read(asked);
  };
  await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ status: 503 });
  const revoked = events.filter(({ type }) => type === 'revoked').length;
  expect(revoked).toBeGreaterThan(0);
  expect(await store.users.list('ada')).toHaveLength(MANY - revoked);
  store.read = read;
  expect(await sessions.revokeAll('ada')).toBe(MANY - revoked);
  for (const browser of browsers.slice(0, 3)) expect(await standing(browser)).toBe('revoked');
}, 30_000);

it('all sessions that can be ended, among very many, are ended when a store refuses one', async () => {
  const store = new IndexedScriptedStore();
  const { sessions } = await startDevicesApp({ store });
  for (let made = 0; made < 3 * MANY; made += 1) {
    await store.users.add('ada', { key: `made-${made}`, expiresAt: Date.now() + MINUTE + made });
  }
  const read = store.read.bind(store);
  store.read = async (asked) => {
    if (asked === 'made-0') throw new Error('it cannot be read');
    return read(asked);
  };
  await expect(sessions.revokeAll('ada')).rejects.toMatchObject({ status: 503 });
  expect(await store.users.list('ada')).toEqual(['made-0']);
  store.read = read;
  expect(await sessions.revokeAll('ada')).toBe(1);
});
