import type { KeyBatch } from '../session-store.js';
import type { RedisCommands } from './clients/redis-commands.js';

/** How many keys a server examines in one step of a scan. */
const STEP = 500;

/**
 * Takes one step of a scan for the keys that begin with a prefix and hold strings, on every master of a
 * cluster. Keys that exist during the whole scan are found, some of them twice.
 * @param from the `next` of the previous step; omitted for the first
 * @throws Error when the masters of the cluster have changed since, and the scan must start again
 */
export async function scanKeys(
  redis: RedisCommands,
  prefix: string,
  from?: string,
): Promise<KeyBatch> {
  const masters = new Map((await redis.masters()).map((master) => [master.address, master]));
  const addresses = [...masters.keys()].toSorted();
  const [, cursor = '0', address = addresses[0] ?? ''] = /^(\d+)@(.*)$/s.exec(from ?? '') ?? [];
  const master = masters.get(address);
  if (master === undefined) {
    throw new Error(
      'the masters of the Redis cluster changed while their keys were scanned: try again',
    );
  }
  const hidden = redis.keyPrefix;
  const pattern = `${literal(hidden + prefix)}*`;
  const [next, found] = await master.scan(cursor, pattern, STEP);
  const keys = found.map((key) => key.slice(hidden.length + prefix.length));
  if (next !== '0') return { keys, next: `${next}@${address}` };
  const following = addresses[addresses.indexOf(address) + 1];
  return following === undefined ? { keys } : { keys, next: `0@${following}` };
}

/** A pattern that matches exactly this text. */
function literal(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&');
}

/**
 * Yields the keys of all sessions that match, on every master of a cluster. Only strings are looked for,
 * since the indexes of users may match as well.
 */
export async function* allKeys(
  redis: RedisCommands,
  match: string,
  count: number,
): AsyncIterable<string> {
  // A cluster knows its masters only once it is ready; any command waits for that.
  if (redis.isCluster) await redis.pttl(match);
  for (const master of await redis.masters()) {
    let cursor = '0';
    do {
      const [next, keys] = await master.scan(cursor, match, count);
      yield* keys;
      cursor = next;
    } while (cursor !== '0');
  }
}

/** The values of many keys, which in a cluster are on different nodes. */
export async function readAll(redis: RedisCommands, keys: string[]): Promise<(string | null)[]> {
  return redis.isCluster ? Promise.all(keys.map((key) => redis.get(key))) : redis.mget(keys);
}

export async function deleteAll(redis: RedisCommands, keys: string[]): Promise<number> {
  if (!redis.isCluster) return redis.del(keys);
  const deleted = await Promise.all(keys.map((key) => redis.del([key])));
  return deleted.reduce((sum, one) => sum + one, 0);
}
