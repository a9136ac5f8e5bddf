import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { OpenedStore } from './opened-store.js';

/**
 * The connection that it opens is closed with the application. A client of node-redis that you connect
 * yourself, `new RedisSessionStore({ client })`, is yours to close.
 */
export function openRedisStore(url: string): OpenedStore {
  return { store: new RedisSessionStore({ url }) };
}
