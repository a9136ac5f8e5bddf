import type { BoundedIndex, BoundedStore } from '../storage/bounded-store.js';
import { found, lineageOf } from '../record/record-reader.js';
import { handleOf } from '../ids.js';
import type { SessionSettings } from '../../options/session-settings.js';

/** A session as it is stored. */
export interface FoundSession {
  readonly key: string;
  readonly payload: string;
  /** By what it stays known when it gets a new id. */
  readonly lineage: string;
}

/**
 * Sessions that are missing from the index of their user, since the store dropped it: a Redis that
 * evicts keys does. Such a session ends when it is next committed or touched, and can be used until
 * then; so whoever ends all sessions of a user looks for it among all records there are.
 */
export class UnlistedSessions {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly index: BoundedIndex,
  ) {}

  /** Those of a user, found by reading every record; none where the index is whole. */
  async *of(userId: string): AsyncGenerator<FoundSession> {
    let from: string | undefined;
    do {
      const batch = await this.index.scanBeyondIndex(from);
      if (batch === undefined) return;
      yield* await this.unlisted(userId, batch.keys);
      from = batch.next;
    } while (from !== undefined);
  }

  /** The one of a handle, which by default is the key of its record. */
  async byHandle(userId: string, handle: string): Promise<FoundSession | undefined> {
    if (!this.index.canLoseEntries) return undefined;
    if (this.settings.hashIds) return (await this.unlisted(userId, [handle]))[0];
    for await (const one of this.of(userId)) if (handleOf(one.key) === handle) return one;
    return undefined;
  }

  private async unlisted(userId: string, keys: readonly string[]): Promise<FoundSession[]> {
    const sessions = await Promise.all(keys.map((key) => this.find(userId, key)));
    const users = sessions.filter((session) => session !== undefined);
    if (users.length === 0) return users;
    // Whoever is listed by now signed in meanwhile, and stays.
    const listed = new Set(await this.index.keysOf(userId));
    return users.filter(({ key }) => !listed.has(key));
  }

  /** A session that has timed out by this instance's clock may be live by another's. */
  private async find(userId: string, key: string): Promise<FoundSession | undefined> {
    const payload = await this.store.read(key);
    const what = found(payload, key, this.settings);
    if (payload === undefined || !('record' in what)) return undefined;
    if (what.record.metadata.userId !== userId) return undefined;
    return { key, payload, lineage: lineageOf(what.record, key) };
  }
}
