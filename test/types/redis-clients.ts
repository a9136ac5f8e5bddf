import { Cluster, Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import { createClient as createClient4, createCluster as createCluster4 } from 'redis-4';
import { createClient as createClient5, createCluster as createCluster5 } from 'redis-5';

const url = 'redis://localhost:6379';
const rootNodes = [{ url }];

/** The clients of both libraries are accepted by their own types. */
export const stores = (): RedisSessionStore[] => [
  new RedisSessionStore({ url: process.env['REDIS_URL'] }), // undefined is refused at boot
  new RedisSessionStore({ client: new Redis(url) }),
  new RedisSessionStore({ client: new Cluster([url]) }),
  new RedisSessionStore({ client: createClient() }),
  new RedisSessionStore({ client: createClient({ url, RESP: 2 }) }),
  new RedisSessionStore({
    client: createClient({ url, RESP: 3 }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }),
  }),
  new RedisSessionStore({ client: createClientPool({ url }) }),
  new RedisSessionStore({ client: createCluster({ rootNodes }) }),
  new RedisSessionStore({
    client: createSentinel({ name: 'main', sentinelRootNodes: [{ host: 'a', port: 26379 }] }),
  }),
  new RedisSessionStore({ client: createClient4({ url }) }),
  new RedisSessionStore({ client: createCluster4({ rootNodes }) }),
  new RedisSessionStore({ client: createClient5({ url }) }),
  new RedisSessionStore({ client: createCluster5({ rootNodes }) }),
];

// @ts-expect-error A transaction is not a client.
export const transaction = () => new RedisSessionStore({ client: createClient().multi() });

// @ts-expect-error Nor is the promise of a client.
export const promise = () => new RedisSessionStore({ client: createClient({ url }).connect() });
