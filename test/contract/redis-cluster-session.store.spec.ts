import { afterAll, beforeAll } from '@jest/globals';
import { Cluster } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { RedisCluster } from '../support/redis-cluster.js';
import { describeStoreContract } from './describe-store-contract.js';

let redis: RedisCluster;
let client: Cluster;

beforeAll(async () => {
  redis = await RedisCluster.start();
  client = new Cluster(redis.nodes);
}, 30_000);

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

const empty = async (): Promise<void> => {
  await Promise.all(client.nodes('master').map((node) => node.flushall()));
};

describeStoreContract(
  'RedisSessionStore by the nodes of a cluster',
  () => {
    const store = new RedisSessionStore({ nodes: redis.nodes });
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
  'RedisSessionStore on a Cluster',
  () => ({ store: new RedisSessionStore({ client }), close: empty }),
  { index: true },
);
