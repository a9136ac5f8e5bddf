import { createApp } from '../../../sample/quickstart/src/create-app.js';
import { RedisServer } from '../../support/redis-server.js';

export interface Quickstart {
  readonly url: string;
  close(): Promise<void>;
}

/** The sample as its users start it, on a free port; sessions are kept in Redis if told where. */
export async function startQuickstart(redisUrl?: string): Promise<Quickstart> {
  const app = await withRedisUrl(redisUrl, () => createApp({ logger: ['error'] }));
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

/** The sample with its sessions in a Redis of its own. */
export async function startQuickstartOnRedis(): Promise<Quickstart> {
  const redis = await RedisServer.start();
  const { url, close } = await startQuickstart(redis.url);
  return {
    url,
    async close() {
      await close();
      await redis.stop();
    },
  };
}

async function withRedisUrl<T>(url: string | undefined, work: () => Promise<T>): Promise<T> {
  const before = process.env['REDIS_URL'];
  setRedisUrl(url);
  try {
    return await work();
  } finally {
    setRedisUrl(before);
  }
}

function setRedisUrl(url: string | undefined): void {
  if (url === undefined) delete process.env['REDIS_URL'];
  else process.env['REDIS_URL'] = url;
}
