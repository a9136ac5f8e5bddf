import type { EntryOutcome, IndexEntry, SessionLimit, UserIndex } from '../session-store.js';
import type { RedisCommands } from './clients/redis-commands.js';
import { addEntry } from './scripts/add-entry.js';
import { listEntries } from './scripts/list-entries.js';
import { removeEntries } from './scripts/remove-entries.js';
import { updateEntry } from './scripts/update-entry.js';

/**
 * The index of users in Redis: a sorted set per user, which expires by itself. Its times are by Redis's own
 * clock. An expiry is sent together with the instance's own time, and the script shifts it by the difference
 * between the two clocks; so an instance whose clock is wrong ends nobody's sessions.
 */
export class RedisUserIndex implements UserIndex {
  constructor(
    private readonly redis: () => RedisCommands | Promise<RedisCommands>,
    private readonly prefix: string,
  ) {}

  async add(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> {
    const { key, expiresAt } = entry;
    const args = [Date.now(), key, expiresAt, limit?.max ?? -1, limit?.onExceed ?? ''];
    const answer = await addEntry.run(await this.redis(), [this.prefix + userId], args);
    return Array.isArray(answer) ? { evicted: answer.map(String) } : 'full';
  }

  async update(userId: string, { key, expiresAt }: IndexEntry, formerKey = ''): Promise<boolean> {
    const args = [Date.now(), key, expiresAt, formerKey];
    return isYes(await updateEntry.run(await this.redis(), [this.prefix + userId], args));
  }

  async remove(userId: string, key: string): Promise<boolean> {
    return (await this.removeMany(userId, [key])).includes(true);
  }

  async removeMany(userId: string, keys: readonly string[]): Promise<readonly boolean[]> {
    const answers = await removeEntries.run(await this.redis(), [this.prefix + userId], keys);
    return Array.isArray(answers) ? answers.map(isYes) : [];
  }

  async list(userId: string, atMost = -1): Promise<readonly string[]> {
    const keys = await listEntries.run(await this.redis(), [this.prefix + userId], [atMost]);
    return Array.isArray(keys) ? keys.map(String) : [];
  }
}

/** A client with the option `stringNumbers` returns numbers as text. */
function isYes(answer: unknown): boolean {
  return String(answer) === '1';
}
