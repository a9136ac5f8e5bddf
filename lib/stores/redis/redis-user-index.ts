import type { Cluster, Redis } from 'ioredis';
import type { EntryOutcome, IndexEntry, SessionLimit, UserIndex } from '../session-store.js';
import { addEntry } from './scripts/add-entry.js';
import { listEntries } from './scripts/list-entries.js';
import { removeEntry } from './scripts/remove-entry.js';
import { updateEntry } from './scripts/update-entry.js';

/**
 * Which sessions a user has, in Redis: a sorted set per user, which expires by itself. Its times are
 * by Redis's own clock. An expiry is sent together with the instance's own time, and the script shifts
 * it by the difference between the two clocks; so an instance whose clock is wrong ends nobody's
 * sessions.
 */
export class RedisUserIndex implements UserIndex {
  constructor(
    private readonly redis: () => Redis | Cluster | Promise<Redis | Cluster>,
    private readonly prefix: string,
  ) {}

  async add(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> {
    const { key, expiresAt } = entry;
    const answer = await addEntry.run(
      await this.redis(),
      this.prefix + userId,
      Date.now(),
      key,
      expiresAt,
      limit?.max ?? -1,
      limit?.onExceed ?? '',
    );
    return Array.isArray(answer) ? { evicted: answer.map(String) } : 'full';
  }

  async update(userId: string, { key, expiresAt }: IndexEntry, formerKey = ''): Promise<boolean> {
    const name = this.prefix + userId;
    const redis = await this.redis();
    return isYes(await updateEntry.run(redis, name, Date.now(), key, expiresAt, formerKey));
  }

  async remove(userId: string, key: string): Promise<boolean> {
    const name = this.prefix + userId;
    return isYes(await removeEntry.run(await this.redis(), name, key));
  }

  async list(userId: string): Promise<readonly string[]> {
    const keys = await listEntries.run(await this.redis(), this.prefix + userId);
    return Array.isArray(keys) ? keys.map(String) : [];
  }
}

/** A client with the option `stringNumbers` answers numbers as text. */
function isYes(answer: unknown): boolean {
  return String(answer) === '1';
}
