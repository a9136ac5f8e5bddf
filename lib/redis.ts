export { RedisSessionStore } from './stores/redis/redis-session.store.js';
export type {
  RedisSerializer,
  RedisSessionStoreOptions,
} from './stores/redis/redis-session.store.js';
export type {
  RedisConnectionOptions,
  RedisNodeOptions,
  RedisTarget,
} from './stores/redis/redis-connection.js';
