import type { EntryOutcome, IndexEntry, UserIndex } from '../session-store.js';

/** Which sessions a user has, in this process's memory. */
export class MemoryUserIndex implements UserIndex {
  /** Of each user, when each entry expires. */
  private readonly users = new Map<string, Map<string, number>>();
  private readonly owners = new Map<string, string>();

  constructor(private readonly clock: () => number) {}

  async enter(userId: string, entry: IndexEntry): Promise<EntryOutcome> {
    const { key, expiresAt, replacing, limit } = entry;
    const others = this.liveKeysOf(userId).filter((one) => one !== replacing);
    const excess = limit === undefined ? 0 : Math.max(0, others.length + 1 - limit.max);
    if (excess > 0 && limit?.onExceed === 'reject') return 'full';
    const evicted = others.slice(0, excess);
    for (const one of [...evicted, ...(replacing === undefined ? [] : [replacing])])
      this.forget(one);
    const entries = this.users.get(userId) ?? new Map<string, number>();
    this.users.set(userId, entries.set(key, expiresAt));
    this.owners.set(key, userId);
    return { evicted };
  }

  async refresh(userId: string, key: string, expiresAt: number): Promise<boolean> {
    const entries = this.users.get(userId);
    if ((entries?.get(key) ?? 0) <= this.clock()) return false;
    entries?.set(key, expiresAt);
    return true;
  }

  async leave(userId: string, key: string): Promise<boolean> {
    const isLive = (this.users.get(userId)?.get(key) ?? 0) > this.clock();
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
