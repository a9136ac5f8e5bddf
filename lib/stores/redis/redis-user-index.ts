import type { Cluster, Redis } from 'ioredis';
import type { EntryOutcome, IndexEntry, SessionLimit, UserIndex } from '../session-store.js';
import { enterIndex } from './scripts/enter-index.js';
import { leaveIndex } from './scripts/leave-index.js';
import { listIndex } from './scripts/list-index.js';
import { refreshIndex } from './scripts/refresh-index.js';

/**
 * Which sessions a user has, in Redis: a sorted set per user, which expires by itself. Its times are
 * by Redis's own clock. An expiry is sent together with the instance's own time, and the script moves
 * it by as much as the two clocks differ; so an instance whose clock is wrong ends nobody's sessions.
 */
export class RedisUserIndex implements UserIndex {
  constructor(
    private readonly redis: () => Redis | Cluster | Promise<Redis | Cluster>,
    private readonly prefix: string,
  ) {}

  async enter(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> {
    const { key, expiresAt } = entry;
    const answer = await enterIndex.run(
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

  async refresh(userId: string, { key, expiresAt }: IndexEntry, formerKey = ''): Promise<boolean> {
    const name = this.prefix + userId;
    const redis = await this.redis();
    return isYes(await refreshIndex.run(redis, name, Date.now(), key, expiresAt, formerKey));
  }

  async leave(userId: string, key: string): Promise<boolean> {
    const name = this.prefix + userId;
    return isYes(await leaveIndex.run(await this.redis(), name, key));
  }

  async keysOf(userId: string): Promise<readonly string[]> {
    const keys = await listIndex.run(await this.redis(), this.prefix + userId);
    return Array.isArray(keys) ? keys.map(String) : [];
  }
}

/** A client with `stringNumbers` answers numbers as text. */
function isYes(answer: unknown): boolean {
  return String(answer) === '1';
}
