import type { EntryOutcome, IndexEntry, SessionLimit, UserIndex } from '../session-store.js';

/** Which sessions a user has, in this process's memory. */
export class MemoryUserIndex implements UserIndex {
  /** Of each user, when each entry expires. */
  private readonly users = new Map<string, Map<string, number>>();
  private readonly owners = new Map<string, string>();

  constructor(private readonly clock: () => number) {}

  async enter(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> {
    const others = this.liveKeysOf(userId).filter((one) => one !== entry.key);
    const excess = limit === undefined ? 0 : Math.max(0, others.length + 1 - limit.max);
    const isRejecting = limit?.onExceed === 'reject';
    if (isRejecting && excess > 0 && !this.isLive(userId, entry.key)) return 'full';
    const evicted = isRejecting ? [] : others.slice(0, excess);
    for (const one of evicted) this.forget(one);
    this.put(userId, entry);
    return { evicted };
  }

  async refresh(userId: string, entry: IndexEntry, formerKey?: string): Promise<boolean> {
    const isThere = this.isLive(userId, entry.key);
    if (!isThere && (formerKey === undefined || !this.isLive(userId, formerKey))) return false;
    if (formerKey !== undefined) this.forget(formerKey);
    this.put(userId, entry);
    return true;
  }

  async leave(userId: string, key: string): Promise<boolean> {
    const isLive = this.isLive(userId, key);
    if (this.owners.get(key) === userId) this.forget(key);
    return isLive;
  }

  async keysOf(userId: string): Promise<readonly string[]> {
    return this.liveKeysOf(userId);
  }

  /** Takes out the entry of a key, whosever it is. */
  forget(key: string): void {
    const userId = this.owners.get(key);
    if (userId === undefined) return;
    this.owners.delete(key);
    const entries = this.users.get(userId);
    entries?.delete(key);
    if (entries?.size === 0) this.users.delete(userId);
  }

  private put(userId: string, { key, expiresAt }: IndexEntry): void {
    const entries = this.users.get(userId) ?? new Map<string, number>();
    this.users.set(userId, entries.set(key, expiresAt));
    this.owners.set(key, userId);
  }

  private isLive(userId: string, key: string): boolean {
    return (this.users.get(userId)?.get(key) ?? 0) > this.clock();
  }

  /** The least recently used first; what has expired is taken out on the way. */
  private liveKeysOf(userId: string): string[] {
    const now = this.clock();
    const entries = [...(this.users.get(userId) ?? [])];
    for (const [key, expiresAt] of entries) if (expiresAt <= now) this.forget(key);
    return entries
      .filter(([, expiresAt]) => expiresAt > now)
      .toSorted(([, one], [, other]) => one - other)
      .map(([key]) => key);
  }
}
