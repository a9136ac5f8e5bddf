import type { RedisStore } from 'connect-redis';
import type { Cluster, Redis } from 'ioredis';
import { allKeys, deleteAll, readAll } from './redis-key-scan.js';

/**
 * The client that connect-redis's own methods use when the store serves plain express-session. Unlike
 * connect-redis's own, it waits for the first connection and reaches every node of a cluster.
 */
export function expressClient(
  redis: () => Redis | Cluster | Promise<Redis | Cluster>,
): RedisStore['client'] {
  return {
    get: async (key) => (await redis()).get(key),
    set: async (key, value, ttl) => {
      const client = await redis();
      return ttl === undefined ? client.set(key, value) : client.set(key, value, 'EX', ttl);
    },
    expire: async (key, ttl) => (await redis()).expire(key, ttl),
    async *scanIterator(match, count) {
      yield* allKeys(await redis(), match, count);
    },
    mget: async (keys) => readAll(await redis(), keys),
    del: async (keys) => deleteAll(await redis(), keys),
  };
}
