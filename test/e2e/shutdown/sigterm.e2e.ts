import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { RedisServer } from '../../support/servers/redis-server.js';

const APP = fileURLToPath(new URL('terminated-app.ts', import.meta.url));
const REGISTER = new URL('../../fuzz/typescript/register.mjs', import.meta.url).href;

let redis: RedisServer;
let admin: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  admin = new Redis(redis.url);
});

afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

it('answers and stores what is in flight when SIGTERM comes, and then lets the process end', async () => {
  const child = fork(APP, {
    execArgv: ['--import', REGISTER],
    env: { ...process.env, REDIS_URL: redis.url },
  });
  const ended = once(child, 'exit');
  const [origin] = await once(child, 'message');
  const arrived = once(child, 'message');
  const answering = fetch(String(origin), { headers: { connection: 'close' } });
  await arrived;
  child.kill('SIGTERM');
  const { status, headers } = await answering;
  expect(status).toBe(200);
  expect(headers.getSetCookie()).toHaveLength(1);
  expect(await ended).toEqual([null, 'SIGTERM']);
  const [key = ''] = await admin.keys('sess:*');
  expect(JSON.parse((await admin.get(key)) ?? '')).toMatchObject({ label: 'late' });
  expect(String(await admin.client('LIST'))).not.toContain('name=terminated');
});
