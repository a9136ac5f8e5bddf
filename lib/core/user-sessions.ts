import { LRUCache } from 'lru-cache';
import type { IndexEntry, SessionLimit, StoredRecord } from '../stores/session-store.js';
import type { BoundedIndex, BoundedStore } from './bounded-store.js';
import { stepAside } from './contention.js';
import { isTombstone, recordIn } from './record-reader.js';
import type { RequestSession } from './request-session.js';
import { needsIndex, SessionLimitError } from './session-errors.js';
import type { Emit } from './session-events.js';
import { handleOf } from './session-id.js';
import type { SessionMetadata } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionSummary } from './session-summary.js';
import { expiryOf, hasPassed } from './session-timeouts.js';
import type { Lifetime } from './session-timeouts.js';
import { tombstone } from './tombstone.js';
import type { EndReason } from './tombstone.js';
import { UnlistedSessions } from './unlisted-sessions.js';
import type { FoundSession } from './unlisted-sessions.js';

/** How many records to read at a time. */
const BATCH = 100;

/** How many times to look again for sessions that got a new id while they were being ended. */
const MAX_SWEEPS = 100;

/** How many entries without a record to remember. */
const MAX_SUSPECTS = 10_000;

/** Which sessions a user has; ends them, and keeps their number within a limit. */
export class UserSessions {
  /** Entries whose record was missing, and since when. */
  private readonly suspects = new LRUCache<string, number>({ max: MAX_SUSPECTS });

  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly index: BoundedIndex | undefined,
    private readonly emit: Emit,
  ) {}

  /** True when the store has an index of users. */
  get isSupported(): boolean {
    return this.index !== undefined;
  }

  /**
   * Enters a session in its user's index, before its record is stored: whoever ends all sessions of
   * the user from now on meets it. The sessions that have to go for it are ended.
   * @throws SessionLimitError when the user may not have one more
   */
  async enter(key: string, lifetime: Lifetime): Promise<void> {
    const { userId } = lifetime.metadata;
    if (userId === undefined || this.index === undefined) return;
    const limit = await this.limitOf(userId);
    const outcome = await this.index.enter(userId, this.entry(key, lifetime), limit);
    if (outcome === 'full') throw new SessionLimitError(limit?.max ?? 0, await this.list(userId));
    await Promise.all(
      outcome.evicted.map(async (evicted) => {
        await this.bury(evicted, 'evicted');
        this.emit({ type: 'evicted', handle: this.handleOfKey(evicted), userId });
      }),
    );
  }

  /** Takes an entry out. A failure only leaves an entry without a record, which heals. */
  async leave(userId: string | undefined, key: string): Promise<void> {
    if (userId === undefined) return;
    await this.index?.leave(userId, key).catch(() => undefined);
  }

  /** True when the session is still one of its user's; its entry follows its new key and expiry. */
  async isEntered(key: string, lifetime: Lifetime): Promise<boolean> {
    const { userId, formerKey } = lifetime.metadata;
    if (userId === undefined || this.index === undefined) return true;
    return this.index.refresh(userId, this.entry(key, lifetime), formerKey);
  }

  /** The index follows a session's expiry by steps of the touch interval, to cost few commands. */
  isRefreshDue({ userId, indexedAt = 0 }: SessionMetadata): boolean {
    if (userId === undefined || this.index === undefined) return false;
    return hasPassed(indexedAt, this.settings);
  }

  /** Moves the session's expiry in the index; `false` when the session has been ended. */
  async refresh(session: RequestSession, known: SessionMetadata): Promise<boolean> {
    const { key } = session;
    const metadata = { ...known, seenAt: this.settings.clock() };
    const lifetime = { metadata, cookie: session.configuredCookie(known.cookie) };
    if (metadata.userId === undefined) return true;
    if (metadata.indexedAt === undefined && metadata.formerKey === undefined) {
      // It is older than the index: the user signed in when another store kept the sessions.
      await this.index?.enter(metadata.userId, this.entry(key, lifetime));
      return true;
    }
    if (await this.isEntered(key, lifetime)) return true;
    if (await this.finish(key, session.stored)) {
      this.emit({ type: 'revoked', handle: this.handleOfKey(key), userId: metadata.userId });
    }
    return false;
  }

  async list(userId: string, currentKey?: string): Promise<SessionSummary[]> {
    const keys = await this.supported('list').keysOf(userId);
    const summaries: SessionSummary[] = [];
    for (let start = 0; start < keys.length; start += BATCH) {
      const batch = keys.slice(start, start + BATCH);
      const payloads = await Promise.all(batch.map((key) => this.store.read(key)));
      for (const [offset, key] of batch.entries()) {
        const payload = payloads[offset];
        const summary = this.summary(userId, key, payload, currentKey);
        // What is there and cannot be read here (another instance may have a newer key) is left alone.
        const isMissing = payload === undefined || isTombstone(payload, key, this.settings);
        if (summary !== undefined) summaries.push(summary);
        else if (isMissing) await this.suspect(userId, key);
      }
    }
    return summaries.toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime());
  }

  /** Ends one session of the user; `false` when the user has none of this handle. */
  async revoke(userId: string, handle: string): Promise<boolean> {
    const index = this.supported('revoke');
    const keys = await index.keysOf(userId);
    const key = keys.find((one) => this.handleOfKey(one) === handle);
    if (key !== undefined) return this.end(index, userId, key);
    const found = await this.unlisted(index).byHandle(userId, handle);
    return found !== undefined && this.finishAsRevoked(found, userId);
  }

  /** Ends the user's sessions, those that get a new id meanwhile included. */
  async revokeAll(userId: string, exceptKey?: string): Promise<string[]> {
    const index = this.supported('revokeAll');
    const ended: string[] = [];
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
      const keys = (await index.keysOf(userId)).filter((key) => key !== exceptKey);
      if (keys.length === 0) break;
      for (const key of keys) if (await this.end(index, userId, key)) ended.push(key);
    }
    for await (const found of this.unlisted(index).of(userId)) {
      if (found.key !== exceptKey && (await this.finishAsRevoked(found, userId))) {
        ended.push(found.key);
      }
    }
    return ended;
  }

  /** Ends a session that has no entry; `true` for the one caller who ended it. */
  private async finishAsRevoked({ key, payload }: FoundSession, userId: string): Promise<boolean> {
    if (!(await this.finish(key, payload))) return false;
    this.emit({ type: 'revoked', handle: this.handleOfKey(key), userId });
    return true;
  }

  /** Leaves a tombstone in place of a session, whether its record is there already or not. */
  async bury(key: string, reason: EndReason): Promise<void> {
    await this.index?.bury(key, this.tombstone(key, reason));
  }

  /**
   * First the record, then the entry: who is interrupted in between finds the entry when they try
   * again. A session that got a new id meanwhile has another entry, and is not ended by this.
   */
  private async end(index: BoundedIndex, userId: string, key: string): Promise<boolean> {
    await this.bury(key, 'revoked');
    if (!(await index.leave(userId, key))) return false;
    this.emit({ type: 'revoked', handle: this.handleOfKey(key), userId });
    return true;
  }

  /**
   * Ends a session whose entry is gone while its record is left. A tombstone that stands there
   * already keeps its reason: whoever took the entry may just have put it there.
   * @param stored the record as it was seen last
   * @returns `true` for the one caller who ended it
   */
  async finish(key: string, stored: string | undefined): Promise<boolean> {
    let expected = stored;
    for (let attempt = 1; expected !== undefined; attempt += 1) {
      if (isTombstone(expected, key, this.settings)) break;
      const outcome = await this.store.renew(key, expected, this.tombstone(key, 'revoked'));
      if (outcome === 'done') return true;
      expected = outcome === 'gone' ? undefined : outcome.conflict;
      await stepAside(attempt);
    }
    return false;
  }

  /**
   * Ends the session that goes on under a new key for one that its user has just ended by the former
   * key. A sign-in there has begun another session, which is not ended.
   */
  async endSuccessor({ userId, createdAt }: SessionMetadata, formerKey: string): Promise<void> {
    if (userId === undefined || this.index === undefined) return;
    for (const key of await this.index.keysOf(userId)) {
      const found = recordIn(await this.store.read(key), key, this.settings)?.metadata;
      if (found?.formerKey !== formerKey || found.createdAt !== createdAt) continue;
      const outcome = await this.store.remove(key);
      await this.leave(userId, key);
      if (outcome === 'gone') return this.endSuccessor(found, key);
      this.emit({ type: 'destroyed', handle: this.handleOfKey(key), userId });
      return;
    }
  }

  private tombstone(key: string, reason: EndReason): StoredRecord {
    const { payload, expiresAt } = tombstone(reason, this.settings.clock());
    return { payload: this.settings.codec?.seal(payload, key) ?? payload, expiresAt };
  }

  /** True when a tombstone stands under the key. */
  async isBuried(key: string): Promise<boolean> {
    return isTombstone(await this.store.read(key), key, this.settings);
  }

  private async limitOf(userId: string): Promise<SessionLimit | undefined> {
    const { limit } = this.settings;
    if (limit === undefined) return undefined;
    const max = typeof limit.max === 'function' ? await limit.max(userId) : limit.max;
    if (max === Infinity) return undefined;
    if (Number.isSafeInteger(max) && max >= 0) return { max, onExceed: limit.onExceed };
    throw new RangeError(
      `The function limit.max returned ${String(max)}. It counts sessions: return a whole number, or Infinity for no limit.`,
    );
  }

  /** An entry outlives its record a little, so that it need not follow every use. */
  private entry(key: string, lifetime: Lifetime): IndexEntry {
    return { key, expiresAt: expiryOf(lifetime, this.settings) + this.settings.touchInterval };
  }

  private summary(
    userId: string,
    key: string,
    payload: string | undefined,
    currentKey: string | undefined,
  ): SessionSummary | undefined {
    const record = recordIn(payload, key, this.settings);
    if (record === undefined || record.metadata.userId !== userId) return undefined;
    const { metadata } = record;
    return {
      handle: this.handleOfKey(key),
      userId,
      createdAt: new Date(metadata.createdAt),
      seenAt: new Date(metadata.seenAt),
      expiresAt: new Date(expiryOf(record, this.settings)),
      authenticatedAt: new Date(metadata.authenticatedAt ?? metadata.createdAt),
      ip: metadata.ip,
      userAgent: metadata.userAgent,
      current: key === currentKey,
    };
  }

  /**
   * An entry without a record is a sign-in on its way, or what is left of one that broke off. It is
   * the latter when it is still so after the longest time in which a sign-in stores its record.
   */
  private async suspect(userId: string, key: string): Promise<void> {
    const now = this.settings.clock();
    const since = this.suspects.get(key) ?? now;
    this.suspects.set(key, since);
    if (now - since > 2 * this.settings.storeTimeout) await this.leave(userId, key);
  }

  private handleOfKey(key: string): string {
    return this.settings.hashIds ? key : handleOf(key);
  }

  private unlisted(index: BoundedIndex): UnlistedSessions {
    return new UnlistedSessions(this.settings, this.store, index);
  }

  private supported(operation: string): BoundedIndex {
    if (this.index !== undefined) return this.index;
    throw needsIndex(this.settings.storeName, operation);
  }
}
