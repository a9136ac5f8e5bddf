import type { Cluster, Redis } from 'ioredis';

/**
 * Every key of a session that matches, on every master of a cluster. The index of users may match as
 * well; it holds no strings.
 */
export async function* allKeys(
  client: Redis | Cluster,
  match: string,
  count: number,
): AsyncIterable<string> {
  // A cluster knows its masters when it is ready, which a command waits for as ever.
  if (isCluster(client) && client.status !== 'ready') await client.exists(match);
  for (const node of mastersOf(client)) {
    for await (const keys of node.scanStream({ match, count, type: 'string' })) {
      if (Array.isArray(keys)) yield* keys;
    }
  }
}

/** The values of many keys, which in a cluster live on different nodes. */
export async function readAll(client: Redis | Cluster, keys: string[]): Promise<(string | null)[]> {
  return isCluster(client) ? Promise.all(keys.map((key) => client.get(key))) : client.mget(keys);
}

export async function deleteAll(client: Redis | Cluster, keys: string[]): Promise<number> {
  if (!isCluster(client)) return client.del(keys);
  const deleted = await Promise.all(keys.map((key) => client.del(key)));
  return deleted.reduce((sum, one) => sum + one, 0);
}

function mastersOf(client: Redis | Cluster): Redis[] {
  return isCluster(client) ? client.nodes('master') : [client];
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}
