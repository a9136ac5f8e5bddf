import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import {
  idOf,
  MINUTE,
  standing,
  startClock,
  startDevicesApp,
} from '../users-and-devices/devices-app.js';

const PAGE = readFileSync(new URL('../../../docs/07-redis.md', import.meta.url), 'utf8');

/** The commands that the page says a Redis user needs. */
const NEEDED = /needs the commands (.*), and the category/.exec(PAGE)?.[1] ?? '';

let redis: RedisServer;
let admin: Redis;

afterEach(async () => {
  await closeApps();
  admin.disconnect();
  await redis.stop();
});

/** A store whose Redis user has the rights that the page names. */
async function startStore(...server: string[]): Promise<RedisSessionStore> {
  redis = await RedisServer.start(...server);
  admin = new Redis(redis.url);
  const commands = [...NEEDED.matchAll(/`(\w+)`/g)].map(([, name = '']) => `+${name}`);
  const rights = ['-@all', '+@connection', ...commands];
  await admin.acl('SETUSER', 'app', 'on', '>secret', '~sess:*', '~sess-user:*', ...rights);
  const redisOptions = { username: 'app', password: 'secret' };
  return new RedisSessionStore({ url: redis.url, redisOptions });
}

it('the Redis store needs no more rights than the page on Redis says', async () => {
  const store = await startStore('--maxmemory', '1gb', '--maxmemory-policy', 'allkeys-lru');
  const { clock, pass } = startClock();
  const { signedIn, sessions, events } = await startDevicesApp({
    store,
    limit: { max: 3, onExceed: 'evict-oldest' },
    clock,
  });
  const evicted = await signedIn('ada');
  pass(MINUTE);
  const [one, other] = [await signedIn('ada'), await signedIn('ada')];
  await signedIn('ada');
  expect(await standing(evicted)).toBe('evicted');
  await one.post('/set', { label: 'blue' });
  pass(2 * MINUTE);
  await one.get('/me');
  await one.post('/confirm');
  const [{ handle = '' } = {}] = await sessions.list('ada');
  expect(await sessions.revoke('ada', handle)).toBe(true);
  await other.post('/logout');
  const last = await signedIn('ada');
  await admin.del('sess-user:ada');
  expect(await sessions.revokeAll('ada')).toBeGreaterThan(0);
  expect(await standing(last)).toBe('revoked');
  const ending = await signedIn('ada');
  await admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1');
  pass(2 * MINUTE);
  expect(await standing(ending)).toBe('ada');
  expect(await sessions.revokeAll('ada')).toBe(1);
  expect(events.filter(({ type }) => type === 'storeFailed')).toEqual([]);
});

it('the Redis store needs no more rights beside express-session, either', async () => {
  const store = await startStore();
  const { clock, pass } = startClock();
  const { signedIn, events } = await startDevicesApp({ store, clock, hashIds: false });
  const [used, unused] = [await signedIn('ada'), await signedIn('ada')];
  await admin.expire(`sess:${idOf(used)}`, 86_400); // as connect-redis's touch does
  pass(31 * MINUTE);
  expect(await standing(used)).toBe('ada');
  expect(await standing(unused)).toBe('expired');
  expect(events.filter(({ type }) => type === 'storeFailed')).toEqual([]);
});
