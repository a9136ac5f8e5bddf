import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { freePort } from '../../support/servers/free-port.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { standing, startDevicesApp } from '../users-and-devices/devices-app.js';

/** More than Redis is asked for in one command. */
const MANY = 300;

let redis: RedisServer;
let admin: Redis;

afterEach(async () => {
  await closeApps();
  admin.disconnect();
  await redis.stop();
});

async function startWithMany(...server: string[]) {
  redis = await RedisServer.start(...server);
  admin = new Redis(redis.url);
  if (server.length > 0) {
    await admin.cluster('ADDSLOTSRANGE', 0, 16_383);
    await until(async () => String(await admin.cluster('INFO')).includes('cluster_state:ok'));
  }
  const app = await startDevicesApp({ store: new RedisSessionStore({ url: redis.url }) });
  const browsers = await Promise.all(Array.from({ length: MANY }, () => app.signedIn('ada')));
  return { ...app, browsers };
}

/** How often each command ran, without those that scripts ran. */
async function commandsDuring(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const connection = admin.duplicate();
  const monitor = await connection.monitor();
  const counts: Record<string, number> = {};
  const marker = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      const name = String(args[0]).toLowerCase();
      if (name === 'echo') resolve();
      else if (source !== 'lua') counts[name] = (counts[name] ?? 0) + 1;
    });
  });
  await work();
  await admin.echo('end');
  await marker;
  monitor.disconnect();
  connection.disconnect();
  return counts;
}

it('listing or ending very many sessions of a user takes few commands', async () => {
  const { sessions } = await startWithMany();
  await sessions.list('ada');
  expect(await commandsDuring(() => sessions.list('ada'))).toEqual({ evalsha: 1, mget: 2 });
  const counts = await commandsDuring(() => sessions.revokeAll('ada'));
  const { eval: unknown = 0, ...known } = counts;
  // The note of the revocation, two lists, and two batches each of tombstones and of entries.
  const scripts = 1 + 2 + 2 + 2;
  expect(known).toEqual({ evalsha: scripts, mget: 2, info: 1 });
  expect(unknown).toBeLessThanOrEqual(scripts);
}, 30_000);

it('very many sessions are listed and ended where a plain client leads to a cluster', async () => {
  const { sessions, browsers } = await startWithMany(
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    String(await freePort()),
  );
  expect(await sessions.list('ada')).toHaveLength(MANY);
  expect(await sessions.revokeAll('ada')).toBe(MANY);
  for (const browser of browsers.slice(0, 3)) expect(await standing(browser)).toBe('revoked');
}, 30_000);
