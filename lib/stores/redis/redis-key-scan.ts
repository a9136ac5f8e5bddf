import type { Cluster, Redis } from 'ioredis';
import type { KeyBatch } from '../session-store.js';

/** How many keys a server examines in one step of a scan. */
const STEP = 500;

/**
 * One step of a scan for the keys that begin with a prefix and hold strings, on every master of a
 * cluster. Keys that exist during the whole scan are found, some of them twice.
 * @param from the `next` of the previous step; omitted for the first
 * @throws Error when the masters of the cluster have changed since, and the scan must start again
 */
export async function scanKeys(
  client: Redis | Cluster,
  prefix: string,
  from?: string,
): Promise<KeyBatch> {
  const masters = new Map(mastersOf(client).map((node) => [addressOf(node), node]));
  const addresses = [...masters.keys()].toSorted();
  const [, cursor = '0', address = addresses[0] ?? ''] = /^(\d+)@(.*)$/s.exec(from ?? '') ?? [];
  const node = masters.get(address);
  if (node === undefined) {
    throw new Error(
      'the masters of the Redis cluster changed while their keys were scanned: try again',
    );
  }
  const hidden = client.options.keyPrefix ?? '';
  const pattern = `${literal(hidden + prefix)}*`;
  const [next, found] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', STEP, 'TYPE', 'string');
  const keys = found.map((key) => key.slice(hidden.length + prefix.length));
  if (next !== '0') return { keys, next: `${next}@${address}` };
  const following = addresses[addresses.indexOf(address) + 1];
  return following === undefined ? { keys } : { keys, next: `0@${following}` };
}

function addressOf({ options }: Redis): string {
  return options.path ?? `${options.host}:${options.port}`;
}

/** A pattern that matches exactly this text. */
function literal(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&');
}

/**
 * The keys of all sessions that match, on every master of a cluster. Only strings are looked for, since
 * the indexes of users may match as well.
 */
export async function* allKeys(
  client: Redis | Cluster,
  match: string,
  count: number,
): AsyncIterable<string> {
  // A cluster knows its masters only when it is ready; any command waits for that.
  if (isCluster(client) && client.status !== 'ready') await client.exists(match);
  for (const node of mastersOf(client)) {
    for await (const keys of node.scanStream({ match, count, type: 'string' })) {
      if (Array.isArray(keys)) yield* keys;
    }
  }
}

/** The values of many keys, which in a cluster are on different nodes. */
export async function readAll(client: Redis | Cluster, keys: string[]): Promise<(string | null)[]> {
  return isCluster(client) ? Promise.all(keys.map((key) => client.get(key))) : client.mget(keys);
}

export async function deleteAll(client: Redis | Cluster, keys: string[]): Promise<number> {
  if (!isCluster(client)) return client.del(keys);
  const deleted = await Promise.all(keys.map((key) => client.del(key)));
  return deleted.reduce((sum, one) => sum + one, 0);
}

/** The servers that hold the keys: the masters of a cluster, or the single server. */
export function mastersOf(client: Redis | Cluster): Redis[] {
  return isCluster(client) ? client.nodes('master') : [client];
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}
