import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { freePort } from '../../support/servers/free-port.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { ONCE, startWaitingApp } from './waiting-app.js';

const CLOSED_STORE = fileURLToPath(new URL('closed-store.ts', import.meta.url));
const REGISTER = new URL('../../fuzz/typescript/register.mjs', import.meta.url).href;

let redis: RedisServer;
let admin: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  admin = new Redis(redis.url);
});

afterEach(async () => {
  await closeApps();
  await admin.flushall();
});

afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

async function isConnected(name: string): Promise<boolean> {
  return String(await admin.client('LIST')).includes(`name=${name} `);
}

async function storedLabels(): Promise<unknown[]> {
  const keys = await admin.keys('sess:*');
  const payloads = await Promise.all(keys.map((key) => admin.get(key)));
  return payloads.map((payload) => Reflect.get(JSON.parse(payload ?? '{}'), 'label'));
}

describe('closing the application while a request is in flight, on Redis', () => {
  it('closes a connection that Sesame opened once the session is stored, not before', async () => {
    const redisOptions = { connectionName: 'own' };
    const store = new RedisSessionStore({ url: redis.url, redisOptions });
    const { app, browser, handler } = await startWaitingApp({ store });
    await browser().get('/label', ONCE);
    const answering = browser().get('/late', ONCE);
    await handler.arrived.promise;
    await until(() => isConnected('own'));
    const closing = app.close();
    expect(await isConnected('own')).toBe(true);
    expect(await storedLabels()).toEqual([]);
    handler.release.resolve();
    expect((await answering).status).toBe(200);
    await closing;
    expect(await storedLabels()).toEqual(['late']);
    await until(async () => !(await isConnected('own')));
  });

  it('leaves a store that connects again for the next application, as in tests that start one each', async () => {
    const redisOptions = { connectionName: 'own' };
    const store = new RedisSessionStore({ url: redis.url, redisOptions });
    for (let round = 0; round < 3; round += 1) {
      const { app, browser, handler } = await startWaitingApp({ store });
      handler.release.resolve();
      expect((await browser().get('/late', ONCE)).status).toBe(200);
      await app.close();
      await until(async () => !(await isConnected('own')));
    }
    expect(await storedLabels()).toHaveLength(3);
    await expect(store.read('a')).rejects.toThrow('Connection is closed');
  });

  it('leaves a client that was handed in usable', async () => {
    const client = new Redis(redis.url, { connectionName: 'handed-in' });
    const store = new RedisSessionStore({ client });
    const { app, browser, handler } = await startWaitingApp({ store });
    const answering = browser().get('/late', ONCE);
    await handler.arrived.promise;
    const closing = app.close();
    handler.release.resolve();
    expect((await answering).status).toBe(200);
    await closing;
    expect(await storedLabels()).toEqual(['late']);
    expect(await isConnected('handed-in')).toBe(true);
    expect(await client.set('still', 'usable')).toBe('OK');
    client.disconnect();
  });
});

it('closing a store whose Redis is not there lets the process end', async () => {
  const child = fork(CLOSED_STORE, {
    execArgv: ['--import', REGISTER],
    env: { ...process.env, REDIS_URL: `redis://127.0.0.1:${await freePort()}` },
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
});
