import { createApp } from '../../../sample/quickstart/src/create-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';

export interface Quickstart {
  readonly url: string;
  close(): Promise<void>;
}

/** Where the sample is told to keep its sessions, by the environment. */
interface Told {
  REDIS_URL?: string;
  SESSION_DB?: string;
  SESSION_SECRET?: string;
}

/** The sample as its users start it, on a free port; sessions are in memory unless it is told where. */
export async function startQuickstart(told: Told = {}): Promise<Quickstart> {
  const app = await withEnvironment(told, () => createApp({ logger: ['error'] }));
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

/** The sample with its sessions in a Redis of its own. */
export async function startQuickstartOnRedis(): Promise<Quickstart> {
  const redis = await RedisServer.start();
  const { url, close } = await startQuickstart({ REDIS_URL: redis.url });
  return {
    url,
    async close() {
      await close();
      await redis.stop();
    },
  };
}

async function withEnvironment<T>(told: Told, work: () => Promise<T>): Promise<T> {
  const before = process.env;
  const { REDIS_URL: _url, SESSION_DB: _file, ...others } = before;
  process.env = { ...others, ...told };
  try {
    return await work();
  } finally {
    process.env = before;
  }
}
