import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createClient } from 'redis';
import type { OpenedStore } from './opened-store.js';

/** By ioredis. The connection that the store opens is closed with the application. */
export function openRedisStore(url: string): OpenedStore {
  return { store: new RedisSessionStore({ url }) };
}

/** By node-redis. A client that you connect yourself is yours to close. */
export async function openNodeRedisStore(url: string): Promise<OpenedStore> {
  const client = createClient({ url });
  client.on('error', (error: Error) => console.error(`Redis: ${error.message}`));
  await client.connect();
  return { store: new RedisSessionStore({ client }), close: async () => client.destroy() };
}
