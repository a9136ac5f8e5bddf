import { afterAll, beforeAll } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { RedisServer } from '../support/redis-server.js';
import { describeIndexedStoreContract } from './indexed-store.contract.js';
import { describeStoreContract } from './session-store.contract.js';

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

describeStoreContract('RedisSessionStore by its URL', async () => {
  const store = new RedisSessionStore({ url: redis.url });
  return {
    store,
    close: async () => {
      await empty();
      await store.close();
    },
  };
});

const onAClient = async () => ({
  store: new RedisSessionStore({ client, prefix: 'app:sess:' }),
  close: empty,
});

describeStoreContract('RedisSessionStore on a client', onAClient);
describeIndexedStoreContract('RedisSessionStore on a client', onAClient);

describeStoreContract("connect-redis's RedisStore", async () => ({
  store: new ExpressStoreAdapter(new RedisStore({ client })),
  close: empty,
}));
