import { types } from 'node:util';
import type { Cluster, Redis } from 'ioredis';
import { isIoRedis } from './clients/io-redis-client.js';
import { IoRedisConnection } from './clients/io-redis-connection.js';
import { isLegacyMode, isNodeRedis } from './clients/node-redis-client.js';
import type { NodeRedisClient } from './clients/node-redis-client.js';
import { NodeRedisConnection } from './clients/node-redis-connection.js';
import type { OwnTarget } from './clients/own-client.js';
import { OwnConnection } from './clients/own-connection.js';
import type { RedisConnection } from './clients/redis-connection.js';

/** Where Redis is: a client of the application, or what Sesame needs to open a client itself. */
export type RedisTarget =
  | {
      /**
       * A `Redis` or `Cluster` of ioredis, or a connected client of node-redis. Sesame uses it as it is,
       * and never closes it.
       */
      client: Redis | Cluster | NodeRedisClient;
    }
  | OwnTarget;

/** @throws TypeError when the store cannot use the client */
export function connectTo(target: RedisTarget): RedisConnection {
  if (!('client' in target)) return new OwnConnection(target);
  const { client } = target;
  if (isIoRedis(client)) return new IoRedisConnection(client);
  if (isNodeRedis(client) && !isLegacyMode(client)) return new NodeRedisConnection(client);
  throw new TypeError(`RedisSessionStore: ${problemOf(client)}`);
}

function problemOf(client: unknown): string {
  if (types.isPromise(client)) return 'client is a promise: await it first.';
  if (isNodeRedis(client)) {
    return 'client is in legacyMode, where it takes callbacks. Pass one without, such as client.duplicate({ legacyMode: false }), and await its connect().';
  }
  return 'client is not a client of Redis. Pass a Redis or Cluster of ioredis, or what createClient, createClientPool, createCluster or createSentinel of node-redis returns.';
}
