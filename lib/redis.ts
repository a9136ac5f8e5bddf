export { RedisSessionStore } from './stores/redis/redis-session.store.js';
export type { RedisSessionStoreOptions } from './stores/redis/redis-session.store.js';
export type { RedisSerializer } from './stores/redis/redis-serializer.js';
export type { RedisTarget } from './stores/redis/redis-target.js';
export type { NodeRedisClient } from './stores/redis/clients/node-redis-client.js';
export type {
  RedisConnectionOptions,
  RedisNodeOptions,
} from './stores/redis/clients/own-client.js';
