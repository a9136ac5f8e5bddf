import type { EntryOutcome, IndexEntry, SessionLimit } from '../../../stores/session-store.js';

interface UserEntry extends IndexEntry {
  readonly user: string;
}

/** An index of users as a plain list of entries, none of which ever expires. */
export class IndexModel {
  private entries: readonly UserEntry[] = [];

  add(user: string, entry: IndexEntry, limit?: SessionLimit): EntryOutcome {
    const others = this.list(user).filter((one) => one !== entry.key);
    const hasPlace = others.length < this.list(user).length;
    const excess = Math.max(0, others.length + 1 - (limit?.max ?? Infinity));
    const isRejecting = limit?.onExceed === 'reject';
    if (excess > 0 && isRejecting && !hasPlace) return 'full';
    const evicted = isRejecting ? [] : others.slice(0, excess);
    this.put(user, entry, evicted);
    return { evicted };
  }

  update(user: string, entry: IndexEntry, formerKey?: string): boolean {
    const former = formerKey === undefined ? undefined : this.find(user, formerKey);
    if (this.find(user, entry.key) === undefined && former === undefined) return false;
    this.put(user, entry, formerKey === undefined ? [] : [formerKey]);
    return true;
  }

  remove(user: string, key: string): boolean {
    const entry = this.find(user, key);
    this.entries = this.entries.filter((one) => one !== entry);
    return entry !== undefined;
  }

  list(user: string): string[] {
    return this.entries
      .filter((one) => one.user === user)
      .toSorted((one, other) => one.expiresAt - other.expiresAt)
      .map(({ key }) => key);
  }

  private put(user: string, { key, expiresAt }: IndexEntry, gone: readonly string[]): void {
    const others = this.entries.filter((one) => ![...gone, key].includes(one.key));
    this.entries = [...others, { user, key, expiresAt }];
  }

  private find(user: string, key: string): UserEntry | undefined {
    return this.entries.find((one) => one.user === user && one.key === key);
  }
}
