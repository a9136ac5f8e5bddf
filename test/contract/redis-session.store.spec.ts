import { afterAll, beforeAll, describe } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { NodeRedisClient } from 'nestjs-sesame/redis';
import { BasicClientSideCache, createClient, createClientPool, RESP_TYPES } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { createClient as createClient5 } from 'redis-5';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { RedisServer } from '../support/servers/redis-server.js';
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

interface ClosableClient extends NodeRedisClient {
  disconnect?(): Promise<void>;
  destroy?(): void;
}

/** Clients of node-redis, and how many random sequences of calls each is tried with: if none, the contract in brief. */
const NODE_REDIS: readonly [name: string, open: () => ClosableClient, sequences: number][] = [
  ['node-redis 6', () => createClient({ url: redis.url }), 20],
  [
    'node-redis 6, whose replies are Buffers and kept in a cache,',
    () =>
      createClient({
        url: redis.url,
        RESP: 3,
        clientSideCache: new BasicClientSideCache(),
        commandOptions: {
          typeMapping: {
            [RESP_TYPES.BLOB_STRING]: Buffer,
            [RESP_TYPES.SIMPLE_STRING]: Buffer,
            [RESP_TYPES.NUMBER]: String,
          },
        },
      }),
    0,
  ],
  ['a pool of node-redis 6', () => createClientPool({ url: redis.url }), 0],
  ['node-redis 5', () => createClient5({ url: redis.url }), 0],
  ['node-redis 4', () => createClient4({ url: redis.url }), 0],
];

describe.each(NODE_REDIS)('A client: %s', (name, open, sequences) => {
  let opened: ClosableClient;
  beforeAll(async () => {
    opened = open();
    opened.on('error', () => undefined);
    await opened.connect();
  });
  afterAll(async () => {
    if (opened.destroy === undefined) await opened.disconnect?.();
    else opened.destroy();
  });

  describeStoreContract(
    `RedisSessionStore on ${name}`,
    () => ({ store: new RedisSessionStore({ client: opened }), close: empty }),
    { index: true, sequences, isBrief: sequences === 0 },
  );
});

describeStoreContract("connect-redis's RedisStore", async () => ({
  store: new ExpressStoreAdapter(new RedisStore({ client })),
  close: empty,
}));
