import { printable } from '../../reporting/printable.js';
import type { ReadRecord, SessionLimit } from '../../stores/session-store.js';
import { needsIndex, SessionLimitError } from '../errors.js';
import { handleOf } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { isOver } from '../record/record-format.js';
import { lineageOf } from '../record/session-record.js';
import type { SessionMetadata } from '../record/session-record.js';
import { isIntervalOver } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import type { RequestSession } from '../request-session.js';
import { STORE_TIMEOUTS_PER_REQUEST } from '../storage/bounded-store.js';
import type { BoundedIndex } from '../storage/bounded-store.js';
import { inBatches } from '../storage/in-batches.js';
import { WaitBudget } from '../storage/wait-budget.js';
import type { IndexEntries } from './index-entries.js';
import type { SessionEndings } from './session-endings.js';
import type { SessionLookup } from './session-lookup.js';
import { summaryOf } from './session-summary.js';
import type { SessionSummary } from './session-summary.js';
import { UnlistedSessions } from './unlisted-sessions.js';
import type { UserRevocations } from './user-revocations.js';

/** How many times to look again for sessions that got a new id while they were being ended. */
const MAX_SWEEPS = 100;

/** For how many sessions of a user the time that a request may wait is meant; more take more. */
const SESSIONS_PER_TIMEOUT = 1_000;

/** How many sessions a sign-in waits to see ended that have to go for it; seldom are there two. */
const EVICTED_AT_ONCE = 500;

/** Which sessions a user has; ends them, and keeps their number within a limit. */
export class UserSessions {
  private readonly index: BoundedIndex | undefined;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly entries: IndexEntries | undefined,
    private readonly lookup: SessionLookup,
    private readonly endings: SessionEndings,
    private readonly revocations: UserRevocations | undefined,
  ) {
    this.index = lifecycle.index;
  }

  /** True when the store has an index of users. */
  get isSupported(): boolean {
    return this.index !== undefined;
  }

  /**
   * How many sessions the user may have; asked before a sign-in stores anything.
   * @throws RangeError when a `limit.max` function gives no count
   */
  async limitOf(userId: string): Promise<SessionLimit | undefined> {
    const { limit } = this.lifecycle.settings;
    if (limit === undefined || this.index === undefined) return undefined;
    const max = typeof limit.max === 'function' ? await limit.max(userId) : limit.max;
    if (max === Infinity) return undefined;
    if (Number.isSafeInteger(max) && max >= 0) return { max, onExceed: limit.onExceed };
    throw new RangeError(
      `The function limit.max returned ${printable(String(max))}. It counts sessions: return a whole number, or Infinity for no limit.`,
    );
  }

  /**
   * Adds a session, whose record is stored, to its user's index: whoever ends all sessions of the
   * user from now on meets it. The sessions that are evicted for it are ended.
   * @throws SessionLimitError when the user may not have one more
   */
  async add(
    key: string,
    lifetime: Lifetime,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<void> {
    const { userId } = lifetime.metadata;
    if (userId === undefined || this.entries === undefined) return;
    const evicted = await this.entries.add(userId, key, lifetime, limit, budget);
    if (evicted === 'full') {
      throw new SessionLimitError(limit?.max ?? 0, await this.list(userId, undefined, budget));
    }
    await this.evict(userId, evicted.slice(0, EVICTED_AT_ONCE), budget);
    const rest = evicted.slice(EVICTED_AT_ONCE);
    if (rest.length > 0)
      this.lifecycle.pending.add(this.evict(userId, rest, this.budgetFor(rest.length)));
  }

  /** Without its entry a session is over, with its next touch at the latest: no failure counts. */
  private async evict(userId: string, keys: readonly string[], budget: WaitBudget): Promise<void> {
    await inBatches(keys, async (key) => {
      await this.endings.putTombstone(key, 'evicted', budget).catch(() => undefined);
      this.lifecycle.emit({ type: 'evicted', handle: this.handleOfKey(key), userId });
    });
  }

  /** Removes an entry, if its session is over. */
  async removeIfOver(userId: string, key: string): Promise<void> {
    const { opened } = await this.lookup.find(key, this.budgetFor());
    if (isOver(opened)) await this.remove(userId, key);
  }

  /** Removes an entry. A failure only leaves a dead entry, which takes nobody's place. */
  async remove(userId: string | undefined, key: string, budget?: WaitBudget): Promise<void> {
    if (userId !== undefined) await this.entries?.remove(userId, key, budget);
  }

  /**
   * Gives the entry of a session to its new key; `false` when it has none any more.
   * Doing it twice changes nothing, so a lost answer is asked for again.
   */
  async moveEntry(
    formerKey: string,
    key: string,
    lifetime: Lifetime,
    budget: WaitBudget,
  ): Promise<boolean> {
    const { userId } = lifetime.metadata;
    const { entries } = this;
    if (userId === undefined || entries === undefined) return true;
    const move = (): Promise<boolean> => entries.update(userId, key, lifetime, formerKey, budget);
    return move().catch(move);
  }

  /** The index follows a session's expiry by steps of the touch interval, to cost few commands. */
  isRefreshDue({ userId, indexedAt = 0 }: SessionMetadata): boolean {
    if (userId === undefined || this.index === undefined) return false;
    return isIntervalOver(indexedAt, this.lifecycle.settings);
  }

  /** Moves the session's expiry in the index; `false` when the session has been ended. */
  async refresh(session: RequestSession, known: SessionMetadata): Promise<boolean> {
    const { key, budget } = session;
    const metadata = { ...known, seenAt: this.lifecycle.settings.clock() };
    const lifetime = { metadata, cookie: session.view.configuredCookie(known.cookie) };
    const { userId } = metadata;
    if (userId === undefined || this.entries === undefined) return true;
    const isThere =
      metadata.indexedAt === undefined
        ? await this.addLate(userId, key, lifetime, budget)
        : await this.entries.update(userId, key, lifetime, undefined, budget);
    if (isThere) return true;
    const { state } = session;
    if ('stored' in state) await this.endWithoutEntry(key, state.stored, userId, budget);
    return false;
  }

  /** @param current the lineage of the session that asks */
  async list(
    userId: string,
    current: string | undefined,
    budget = this.budgetFor(),
  ): Promise<SessionSummary[]> {
    const keys = await this.supported('list').list(userId, budget);
    budget.extend(this.extraTimeFor(keys.length));
    const summaries = await inBatches(keys, (key) => this.summaryAt(userId, key, current, budget));
    return summaries
      .filter((summary) => summary !== undefined)
      .toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime());
  }

  /** Ends one session of the user; `false` when the user has none of this handle. */
  async revoke(userId: string, handle: string, budget = this.budgetFor()): Promise<boolean> {
    const index = this.supported('revoke');
    const keys = await index.list(userId, budget);
    const key = keys.find((one) => this.handleOfKey(one) === handle);
    if (key !== undefined) return this.end(index, userId, key, budget);
    const unlisted = await this.unlisted(index).byHandle(userId, handle);
    return (
      unlisted !== undefined && this.endWithoutEntry(unlisted.key, unlisted.stored, userId, budget)
    );
  }

  /**
   * Ends the user's sessions, those that get a new id meanwhile included.
   * @param spared the lineage of the one that is left alone
   * @returns the keys of those that were ended
   */
  async revokeAll(
    userId: string,
    spared?: string,
    budget = this.budgetFor(),
  ): Promise<readonly string[]> {
    const index = this.supported('revokeAll');
    await this.revocations?.note(userId, spared, budget);
    const ended: string[] = [];
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
      const keys = await index.list(userId, budget);
      budget.extend(this.extraTimeFor(keys.length));
      const done = await inBatches(keys, async (key) => {
        if (spared !== undefined && (await this.lineageAt(key, budget)) === spared) return false;
        if (await this.end(index, userId, key, budget)) ended.push(key);
        return true;
      });
      if (!done.includes(true)) break;
    }
    for await (const unlisted of this.unlisted(index).of(userId)) {
      if (unlisted.lineage === spared) continue;
      const { key, stored } = unlisted;
      if (await this.endWithoutEntry(key, stored, userId, this.budgetFor())) ended.push(key);
    }
    return ended;
  }

  /** Ends a session that has no entry; `true` for the one caller who ended it. */
  private async endWithoutEntry(
    key: string,
    stored: ReadRecord,
    userId: string,
    budget: WaitBudget,
  ): Promise<boolean> {
    if (!(await this.endings.revokeRecord(key, stored, budget))) return false;
    this.lifecycle.emit({ type: 'revoked', handle: this.handleOfKey(key), userId });
    return true;
  }

  /**
   * First the record, then the entry: who is interrupted in between finds the entry when they try
   * again. A session that got a new id meanwhile has another entry, and is not ended by this.
   */
  private async end(
    index: BoundedIndex,
    userId: string,
    key: string,
    budget: WaitBudget,
  ): Promise<boolean> {
    await this.endings.putTombstone(key, 'revoked', budget);
    if (!(await index.remove(userId, key, budget))) return false;
    this.lifecycle.emit({ type: 'revoked', handle: this.handleOfKey(key), userId });
    return true;
  }

  /**
   * Adds a session that is older than the index: its user signed in when another store kept the
   * sessions. `false` when all of the user's have been ended since.
   */
  private async addLate(
    userId: string,
    key: string,
    lifetime: Lifetime,
    budget: WaitBudget,
  ): Promise<boolean> {
    // First the entry: who ends all sessions from now on meets it.
    await this.entries?.add(userId, key, lifetime, undefined, budget);
    if (!(await this.revocations?.hasEnded(userId, key, lifetime.metadata, budget))) return true;
    await this.remove(userId, key, budget);
    return false;
  }

  /** The lineage of the session behind a key, also while it is on its way to another one. */
  private async lineageAt(key: string, budget: WaitBudget): Promise<string | undefined> {
    const { key: at, opened } = await this.lookup.find(key, budget);
    return 'record' in opened ? lineageOf(opened.record, at) : undefined;
  }

  private async summaryAt(
    userId: string,
    key: string,
    current: string | undefined,
    budget: WaitBudget,
  ): Promise<SessionSummary | undefined> {
    const { key: at, opened } = await this.lookup.find(key, budget);
    if (opened.is === 'live' && opened.record.metadata.userId === userId) {
      const isCurrent = lineageOf(opened.record, at) === current;
      return summaryOf(opened.record, this.handleOfKey(at), isCurrent, this.lifecycle.settings);
    }
    // What cannot be read here is left alone: another instance may have a newer key. Where no mark
    // tells, an entry without a record may be that of a session on its way to another id.
    if (isOver(opened) && this.lifecycle.settings.hashIds) await this.remove(userId, key, budget);
    return undefined;
  }

  private handleOfKey(key: string): string {
    return this.lifecycle.settings.hashIds ? key : handleOf(key);
  }

  private budgetFor(sessions = 0): WaitBudget {
    const { storeTimeout } = this.lifecycle.settings;
    return new WaitBudget(STORE_TIMEOUTS_PER_REQUEST * storeTimeout + this.extraTimeFor(sessions));
  }

  /** A user with very many sessions may take longer. */
  private extraTimeFor(sessions: number): number {
    return Math.floor(sessions / SESSIONS_PER_TIMEOUT) * this.lifecycle.settings.storeTimeout;
  }

  private unlisted(index: BoundedIndex): UnlistedSessions {
    return new UnlistedSessions(this.lifecycle, index);
  }

  private supported(operation: string): BoundedIndex {
    if (this.index !== undefined) return this.index;
    throw needsIndex(this.lifecycle.settings.storeName, operation);
  }
}
