import { afterAll, beforeAll, describe } from '@jest/globals';
import { Cluster } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createCluster } from 'redis';
import { RedisCluster } from '../support/servers/redis-cluster.js';
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

describe('node-redis', () => {
  let nodeRedis: ReturnType<typeof createCluster>;

  beforeAll(async () => {
    nodeRedis = createCluster({ rootNodes: redis.servers.map(({ url }) => ({ url })) });
    nodeRedis.on('error', () => undefined);
    await nodeRedis.connect();
  });
  afterAll(() => {
    nodeRedis.destroy();
  });

  describeStoreContract(
    'RedisSessionStore on a cluster of node-redis',
    () => ({ store: new RedisSessionStore({ client: nodeRedis }), close: empty }),
    { index: true, sequences: 10, isBrief: true },
  );
});
