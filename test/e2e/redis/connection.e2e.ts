import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { RedisSessionStoreOptions } from 'nestjs-sesame/redis';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';

let redis: RedisServer;
let admin: Redis;
const clients: Redis[] = [];
const stores: RedisSessionStore[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  admin = new Redis(redis.url);
});

afterEach(async () => {
  await closeApps();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  for (const client of clients.splice(0)) client.disconnect();
  await admin.flushall();
});

afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

/** A store that is closed when its test is over. */
function open(options: RedisSessionStoreOptions): RedisSessionStore {
  const store = new RedisSessionStore(options);
  stores.push(store);
  return store;
}

const soon = (): { payload: string; expiresAt: number } => ({
  payload: '{"cookie":{}}',
  expiresAt: Date.now() + 60_000,
});

/** How many connections Redis has, besides the one that asks. */
async function connections(): Promise<number> {
  return (
    String(await admin.client('LIST'))
      .trim()
      .split('\n').length - 1
  );
}

describe('a connection that the store opened', () => {
  it('is closed by close(), and accepts no more commands', async () => {
    const store = open({ url: redis.url });
    await store.create('a', soon());
    expect(await connections()).toBe(1);
    await store.close();
    await store.close();
    await until(async () => (await connections()) === 0);
    await expect(store.read('a')).rejects.toThrow('Connection is closed');
  });

  it('is closed when the application is', async () => {
    const store = open({ url: redis.url });
    const { app } = await startApp({ store });
    await store.create('a', soon());
    await app.close();
    await until(async () => (await connections()) === 0);
  });

  it('is closed while it is still being established', async () => {
    const store = open({ url: redis.url });
    const reading = store.read('a');
    await store.close();
    await expect(reading).rejects.toThrow();
    await until(async () => (await connections()) === 0);
  });

  it("takes ioredis's own options", async () => {
    const redisOptions = { connectionName: 'sessions', db: 3 };
    const store = open({ url: redis.url, redisOptions });
    await store.create('a', soon());
    expect(String(await admin.client('LIST'))).toMatch(/name=sessions .*db=3/);
    await store.close();
  });
});

describe('a client that was handed in', () => {
  it('is used as it is, and closed neither by close() nor with the application', async () => {
    const client = new Redis(redis.url);
    clients.push(client);
    const store = open({ client });
    const { app } = await startApp({ store });
    await store.create('a', soon());
    await store.close();
    await app.close();
    expect(client.status).toBe('ready');
    expect(client.listenerCount('error')).toBe(0);
    expect(await store.read('a')).toMatchObject({ payload: soon().payload });
  });

  it('may send a creation twice around a broken connection: the record is created once', async () => {
    const client = new Redis(redis.url);
    clients.push(client);
    const store = open({ client });
    const record = soon();
    const written = await store.create('a', record);
    expect(written).toHaveProperty('version');
    expect(await store.create('a', record)).toEqual(written);
    expect(await store.create('a', { ...record, payload: '{"cookie":{},"a":1}' })).toBe('taken');
  });

  it('may return numbers as text', async () => {
    const client = new Redis(redis.url, { stringNumbers: true });
    clients.push(client);
    const store = open({ client });
    await store.create('a', soon());
    const found = await store.read('a');
    const version = found?.version ?? '';
    expect(await store.replace('a', 'stale', soon())).toEqual({ conflict: found });
    expect(await store.replace('a', version, soon())).toEqual({ version });
    expect(await store.remove('a', version)).toBe('removed');
    expect(await store.replace('a', version, soon())).toBe('gone');
    await store.create('a', soon());
    expect(await store.remove('a')).toBe('removed');
    expect(await store.remove('a')).toBe('gone');
  });
});
