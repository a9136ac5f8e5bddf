import type { ReadRecord } from '../../stores/session-store.js';
import { handleOfKey } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { lineageOf } from '../record/session-record.js';
import type { BoundedIndex } from '../storage/bounded-index.js';

/** A stored session that is in no index. */
export interface UnlistedSession {
  readonly key: string;
  readonly stored: ReadRecord;
  /** Identifies it whatever ids it gets. */
  readonly lineage: string;
}

/**
 * Sessions that are missing from the index of their user because the store dropped it, as a Redis that
 * evicts keys does. Such a session can be used until it is next committed or touched, so `revokeAll()`
 * and `revoke()` look for it among all records.
 */
export class UnlistedSessions {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: BoundedIndex,
  ) {}

  /** Yields those of a user, found by reading every record; none if the store never drops an index. */
  async *of(userId: string): AsyncGenerator<UnlistedSession> {
    let from: string | undefined;
    do {
      const batch = await this.index.scanBeyondIndex(from);
      if (batch === undefined) return;
      yield* await this.unlisted(userId, batch.keys);
      from = batch.next;
    } while (from !== undefined);
  }

  /** Finds the one with a handle, which by default is the key of its record, unless it has got a new id. */
  async byHandle(userId: string, handle: string): Promise<UnlistedSession | undefined> {
    if (!this.index.canLoseEntries) return undefined;
    const { settings } = this.lifecycle;
    const [own] = settings.hashIds ? await this.unlisted(userId, [handle]) : [];
    if (own !== undefined) return own;
    for await (const one of this.of(userId)) {
      if (handleOfKey(one.lineage, settings) === handle) return one;
    }
    return undefined;
  }

  private async unlisted(userId: string, keys: readonly string[]): Promise<UnlistedSession[]> {
    const sessions = await Promise.all(keys.map((key) => this.find(userId, key)));
    const users = sessions.filter((session) => session !== undefined);
    if (users.length === 0) return users;
    // A session that is listed by now was signed in meanwhile, and stays.
    const listed = new Set(await this.index.list(userId));
    return users.filter(({ key }) => !listed.has(key));
  }

  /** Finds expired sessions too: one that has timed out by this clock may be live by another's. */
  private async find(userId: string, key: string): Promise<UnlistedSession | undefined> {
    const { store, format } = this.lifecycle;
    const stored = await store.read(key);
    const opened = format.open(stored?.payload, key);
    if (stored === undefined || !('record' in opened)) return undefined;
    if (opened.record.metadata.userId !== userId) return undefined;
    return { key, stored, lineage: lineageOf(opened.record, key) };
  }
}
