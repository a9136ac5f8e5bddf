import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { RedisServer } from '../support/servers/redis-server.js';
import { until } from '../support/until.js';

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});
const empty = async (): Promise<void> => {
  await client.flushall();
};

describe('The index of RedisSessionStore', () => {
  afterEach(empty);

  it.each([
    [undefined, 'sess-user:ada'],
    ['sess:', 'sess-user:ada'],
    ['shop:', 'shop-user:ada'],
    ['app:sess:', 'app:sess-user:ada'],
    ['shop', 'shop-user:ada'],
    ['', '-user:ada'],
  ])('follows the prefix of sessions: %j', async (prefix, key) => {
    const { users } = new RedisSessionStore({ client, ...(prefix !== undefined && { prefix }) });
    await users.add('ada', { key: 'one', expiresAt: Date.now() + 60_000 });
    expect(await client.keys('*')).toEqual([key]);
  });

  it('is not counted as a session by connect-redis, even if its keys have the same prefix', async () => {
    const store = new RedisSessionStore({ client, prefix: 'shop' });
    const expiresAt = Date.now() + 60_000;
    await store.users.add('ada', { key: 'one', expiresAt });
    await store.create('one', { payload: '{"cookie":{}}', expiresAt });
    const length = await new Promise((resolve) => {
      void store.length((_error, count) => resolve(count));
    });
    expect(length).toBe(1);
  });

  it('is not shared by applications with different prefixes', async () => {
    const [shop, office] = ['shop:', 'office:'].map((prefix) => {
      return new RedisSessionStore({ client, prefix });
    });
    await shop?.users.add('1', { key: 'one', expiresAt: Date.now() + 60_000 });
    expect(await shop?.users.list('1')).toEqual(['one']);
    expect(await office?.users.list('1')).toEqual([]);
  });

  it("goes by itself once all of a user's sessions have expired", async () => {
    const { users } = new RedisSessionStore({ client, userPrefix: 'devices:' });
    await users.add('ada', { key: 'late', expiresAt: Date.now() + 200 });
    await users.add('ada', { key: 'soon', expiresAt: Date.now() + 50 });
    expect(await client.exists('devices:ada')).toBe(1);
    await until(async () => (await client.exists('devices:ada')) === 0, 3_000);
  });

  it('lasts as long as its last session, in whichever order the sessions came and went', async () => {
    const { users } = new RedisSessionStore({ client });
    const end = Date.now() + 3_600_000;
    await users.add('ada', { key: 'long', expiresAt: end });
    await users.add('ada', { key: 'short', expiresAt: Date.now() + 60_000 });
    expect(await client.pexpiretime('sess-user:ada')).toBe(end);
    await users.update('ada', { key: 'short', expiresAt: end + 60_000 });
    expect(await client.pexpiretime('sess-user:ada')).toBe(end + 60_000);
    await users.remove('ada', 'long');
    expect(await users.list('ada')).toEqual(['short']);
  });

  it('holds no expired entries once another session is added', async () => {
    const { users } = new RedisSessionStore({ client });
    const expiresAt = Date.now() + 50;
    await users.add('ada', { key: 'brief', expiresAt });
    await users.add('ada', { key: 'long', expiresAt: Date.now() + 3_600_000 });
    await until(() => Date.now() > expiresAt);
    await users.add('ada', { key: 'new', expiresAt: Date.now() + 3_600_000 });
    expect(await client.zcard('sess-user:ada')).toBe(2);
  });
});
