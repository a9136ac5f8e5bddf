import type { RedisStore } from 'connect-redis';
import type { RedisCommands } from './clients/redis-commands.js';
import { allKeys, deleteAll, readAll } from './redis-key-scan.js';

/**
 * Makes the client that connect-redis's own methods use when the store serves plain express-session. Unlike
 * connect-redis's own, it waits for the first connection, reaches every node of a cluster, and works with a
 * client of either library.
 */
export function expressClient(
  redis: () => RedisCommands | Promise<RedisCommands>,
): RedisStore['client'] {
  return {
    get: async (key) => (await redis()).get(key),
    set: async (key, value, ttl) => (await redis()).set(key, value, ttl),
    expire: async (key, ttl) => (await redis()).expire(key, ttl),
    async *scanIterator(match, count) {
      yield* allKeys(await redis(), match, count);
    },
    mget: async (keys) => readAll(await redis(), keys),
    del: async (keys) => deleteAll(await redis(), keys),
  };
}
