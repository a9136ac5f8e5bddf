import { afterAll, beforeAll } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { RedisServer } from '../support/redis-server.js';
import { describeStoreContract } from './describe-store-contract.js';

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

describeStoreContract(
  'RedisSessionStore by its URL',
  () => {
    const store = new RedisSessionStore({ url: redis.url });
    return {
      store,
      close: async () => {
        await empty();
        await store.close();
      },
    };
  },
  { index: true, sequences: 20 },
);

describeStoreContract(
  'RedisSessionStore on a client',
  () => ({ store: new RedisSessionStore({ client, prefix: 'app:sess:' }), close: empty }),
  { index: true },
);

describeStoreContract("connect-redis's RedisStore", async () => ({
  store: new ExpressStoreAdapter(new RedisStore({ client })),
  close: empty,
}));
