import { LRUCache } from 'lru-cache';
import type { SessionLimit, SessionStore } from '../stores/session-store.js';
import type { BoundedIndex } from './bounded-store.js';
import { isTombstone, recordIn } from './record-reader.js';
import type { RequestSession } from './request-session.js';
import { SessionLimitError, UnsupportedByStoreError } from './session-errors.js';
import type { Emit } from './session-events.js';
import { handleOf } from './session-id.js';
import type { SessionMetadata } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionSummary } from './session-summary.js';
import { expiryOf } from './session-timeouts.js';
import { tombstone } from './tombstone.js';
import type { EndReason } from './tombstone.js';

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
    private readonly store: SessionStore,
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
   * @param replacing the key whose place it takes, when the session got a new id
   * @throws SessionLimitError when the user may not have one more
   */
  async enter(key: string, metadata: SessionMetadata, replacing?: string): Promise<void> {
    const { userId } = metadata;
    if (userId === undefined || this.index === undefined) return;
    const limit = await this.limitOf(userId);
    const expiresAt = this.entryExpiry(metadata);
    const outcome = await this.index.enter(userId, { key, expiresAt, replacing, limit });
    if (outcome === 'full') throw new SessionLimitError(limit?.max ?? 0, await this.list(userId));
    await Promise.all(outcome.evicted.map((one) => this.bury(one, userId, 'evicted')));
  }

  /** Takes an entry back. A failure only leaves an entry without a record, which heals. */
  async leave(userId: string | undefined, key: string): Promise<void> {
    if (userId === undefined) return;
    await this.index?.leave(userId, key).catch(() => undefined);
  }

  /** Gives a session its entry back when the one that was to take its place did not come about. */
  async reenter(key: string, metadata: SessionMetadata): Promise<void> {
    const { userId } = metadata;
    if (userId === undefined || this.index === undefined) return;
    const expiresAt = this.entryExpiry(metadata);
    await this.index.enter(userId, { key, expiresAt }).catch(() => undefined);
  }

  /** True when the session is still one of its user's. */
  async isEntered(key: string, metadata: SessionMetadata): Promise<boolean> {
    const { userId } = metadata;
    if (userId === undefined || this.index === undefined) return true;
    return this.index.refresh(userId, key, this.entryExpiry(metadata));
  }

  /** The index follows a session's expiry by steps of the touch interval, to cost few commands. */
  isRefreshDue({ userId, indexedAt = 0 }: SessionMetadata): boolean {
    if (userId === undefined || this.index === undefined) return false;
    return this.settings.clock() - indexedAt >= this.settings.touchInterval;
  }

  /**
   * Moves the session's expiry in the index. `false` when it has been ended: its record, if it is
   * still there, is ended now.
   */
  async refresh(session: RequestSession): Promise<boolean> {
    const metadata = { ...session.metadata, seenAt: this.settings.clock() };
    if (await this.isEntered(session.key, metadata)) return true;
    await this.bury(session.key, metadata.userId, 'revoked');
    return false;
  }

  async list(userId: string, currentKey?: string): Promise<SessionSummary[]> {
    const keys = await this.supported('list').keysOf(userId);
    const summaries: SessionSummary[] = [];
    for (let start = 0; start < keys.length; start += BATCH) {
      const batch = keys.slice(start, start + BATCH);
      const payloads = await Promise.all(batch.map((key) => this.store.read(key)));
      for (const [offset, key] of batch.entries()) {
        const summary = this.summary(userId, key, payloads[offset], currentKey);
        if (summary === undefined) await this.suspect(userId, key);
        else summaries.push(summary);
      }
    }
    return summaries.toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime());
  }

  /** Ends one session of the user; `false` when the user has none of this handle. */
  async revoke(userId: string, handle: string): Promise<boolean> {
    const index = this.supported('revoke');
    const key = this.settings.hashIds
      ? handle
      : (await index.keysOf(userId)).find((one) => handleOf(one) === handle);
    if (key === undefined || !(await index.leave(userId, key))) return false;
    await this.bury(key, userId, 'revoked');
    return true;
  }

  /** Ends the user's sessions, those that get a new id meanwhile included. */
  async revokeAll(userId: string, exceptKey?: string): Promise<string[]> {
    const index = this.supported('revokeAll');
    const ended: string[] = [];
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
      const keys = (await index.keysOf(userId)).filter((key) => key !== exceptKey);
      if (keys.length === 0) break;
      for (const key of keys) {
        if (!(await index.leave(userId, key))) continue;
        await this.bury(key, userId, 'revoked');
        ended.push(key);
      }
    }
    return ended;
  }

  /** Leaves a tombstone in place of a session, whether its record is there already or not. */
  async bury(key: string, userId: string | undefined, reason: EndReason): Promise<void> {
    const { payload, expiresAt } = tombstone(reason, this.settings.clock());
    const sealed = this.settings.codec?.seal(payload, key) ?? payload;
    await this.index?.bury(key, { payload: sealed, expiresAt });
    this.emit({ type: reason, handle: this.handleOfKey(key), userId });
  }

  /** True when a tombstone stands under the key. */
  async isBuried(key: string): Promise<boolean> {
    return isTombstone(await this.store.read(key), key, this.settings);
  }

  private async limitOf(userId: string): Promise<SessionLimit | undefined> {
    const { limit } = this.settings;
    if (limit === undefined) return undefined;
    const max = typeof limit.max === 'function' ? await limit.max(userId) : limit.max;
    return { max, onExceed: limit.onExceed };
  }

  /** An entry outlives its record a little, so that it need not follow every use. */
  private entryExpiry(metadata: SessionMetadata): number {
    return expiryOf(metadata, this.settings) + this.settings.touchInterval;
  }

  private summary(
    userId: string,
    key: string,
    payload: string | undefined,
    currentKey: string | undefined,
  ): SessionSummary | undefined {
    const metadata = recordIn(payload, key, this.settings)?.metadata;
    if (metadata === undefined || metadata.userId !== userId) return undefined;
    return {
      handle: this.handleOfKey(key),
      userId,
      createdAt: new Date(metadata.createdAt),
      seenAt: new Date(metadata.seenAt),
      expiresAt: new Date(expiryOf(metadata, this.settings)),
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

  private supported(operation: string): BoundedIndex {
    if (this.index !== undefined) return this.index;
    throw new UnsupportedByStoreError(this.settings.storeName, operation);
  }
}
