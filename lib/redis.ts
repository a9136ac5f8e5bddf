export { RedisSessionStore } from './stores/redis/redis-session.store.js';
export type { RedisSessionStoreOptions } from './stores/redis/redis-session.store.js';
export type { RedisSerializer } from './stores/redis/redis-serializer.js';
export type {
  RedisConnectionOptions,
  RedisNodeOptions,
  RedisTarget,
} from './stores/redis/redis-connection.js';
