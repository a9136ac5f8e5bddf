import type { Cluster, Redis } from 'ioredis';

/** A node-redis client has evalSha() instead. */
export function isIoRedis(client: unknown): client is Redis | Cluster {
  if (typeof client !== 'object' || client === null) return false;
  return 'evalsha' in client && 'defineCommand' in client;
}
