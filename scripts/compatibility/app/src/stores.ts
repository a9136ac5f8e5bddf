import type { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { SessionStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';

/** Redis both by a URL and by a client of the application's own. */
export function storesWith(redis: Redis | undefined, url: string): Map<string, SessionStore> {
  const stores = new Map<string, SessionStore>([['memory', new MemorySessionStore()]]);
  if (redis === undefined) return stores;
  return stores
    .set('redis by URL', new RedisSessionStore({ url }))
    .set('redis by client', new RedisSessionStore({ client: redis, prefix: 'handed-in:' }));
}
