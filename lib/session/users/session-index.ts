import { printable } from '../../reporting/printable.js';
import type { IndexEntry, Move, MoveOutcome, SessionLimit } from '../../stores/session-store.js';
import { handleOfKey } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { isOver } from '../record/record-format.js';
import type { SessionMetadata } from '../record/session-record.js';
import { expiryOf, isIntervalOver } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import type { RequestSession } from '../state/request-session.js';
import type { BoundedIndex } from '../storage/bounded-index.js';
import { WaitBudget } from '../storage/wait-budget.js';
import { DeadEntries } from './dead-entries.js';
import { lineageIn } from './session-lineages.js';
import type { SessionLookup } from './session-lookup.js';
import type { Tombstones } from './tombstones.js';
import type { UserRevocations } from './user-revocations.js';

/** How many evicted sessions a sign-in waits to see ended. There is rarely more than one. */
const EVICTED_AT_ONCE = 500;

/** In milliseconds: an entry is written before its record, and must not expire before it. */
const LEAST_SLACK = 1_000;

/** The entries of sessions in the index of users. With a store that keeps no index, nothing is done. */
export class SessionIndex {
  /** The entries whose records are gone. */
  readonly dead: DeadEntries;
  private readonly index: BoundedIndex | undefined;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly lookup: SessionLookup,
    private readonly tombstones: Tombstones,
    private readonly revocations: UserRevocations,
  ) {
    this.index = lifecycle.index;
    this.dead = new DeadEntries(lifecycle, lookup);
  }

  /** True when the store has an index of users. */
  get isSupported(): boolean {
    return this.index !== undefined;
  }

  /**
   * Returns how many sessions the user may have; called before a sign-in stores anything.
   * @throws RangeError when a `limit.max` function returns no count
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
   * Adds a session whose record is stored: from now on, `revokeAll()` ends it too. The sessions that are
   * evicted for it are ended.
   * @returns false, having done nothing, when the user may not have one more session
   */
  async add(
    key: string,
    lifetime: Lifetime,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<boolean> {
    const { userId } = lifetime.metadata;
    if (userId === undefined || this.index === undefined) return true;
    const { index } = this;
    const entry = this.entry(key, lifetime);
    const outcome = await this.withinLimit(limit, userId, budget, (within) =>
      index.add(userId, entry, within, budget),
    );
    if (outcome === 'full') return false;
    await this.evict(userId, outcome.evicted, budget);
    return true;
  }

  /** True for a store that can move a session to a new key in one step. */
  get canMoveAtOnce(): boolean {
    return this.index?.canMove === true;
  }

  /** Moves a session to a new key in one step: its record, the mark under the former key, its entry. */
  async moveAtOnce(
    move: Omit<Move, 'entry' | 'limit'>,
    lifetime: Lifetime,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<MoveOutcome> {
    const { index } = this;
    if (index === undefined) return 'gone';
    const { userId } = lifetime.metadata;
    const { expiresAt } = this.entry(move.to, lifetime);
    const entry = userId === undefined ? undefined : { userId, expiresAt };
    const outcome = await this.withinLimit(limit, userId ?? '', budget, (within) =>
      index.move({ ...move, entry, limit: within }, budget),
    );
    if (typeof outcome === 'object' && 'moved' in outcome) {
      await this.evict(userId ?? '', outcome.evicted, budget);
    }
    return outcome;
  }

  /**
   * Moves the entry of a session to its new key; `false` when there is no entry any more. It is safe to
   * do twice, so it is tried again when the answer is lost.
   */
  async move(
    formerKey: string,
    key: string,
    lifetime: Lifetime,
    budget: WaitBudget,
  ): Promise<boolean> {
    const { userId } = lifetime.metadata;
    const { index } = this;
    if (userId === undefined || index === undefined) return true;
    const entry = this.entry(key, lifetime);
    const move = (): Promise<boolean> => index.update(userId, entry, formerKey, budget);
    return move().catch(move);
  }

  /** Removes an entry. A failure leaves a dead entry, which does no harm. */
  async remove(userId: string | undefined, key: string, budget?: WaitBudget): Promise<void> {
    if (userId !== undefined) await this.dead.remove(userId, key, budget);
  }

  /** True when the index is to learn a session's expiry: once per touch interval, which saves commands. */
  isRefreshDue({ userId, indexedAt = 0 }: SessionMetadata): boolean {
    if (userId === undefined || this.index === undefined) return false;
    return isIntervalOver(indexedAt, this.lifecycle.settings);
  }

  /** Updates the expiry of an entry; returns `false` when the session has been ended. */
  async refresh(
    session: RequestSession,
    known: SessionMetadata,
    budget = session.budget,
  ): Promise<boolean> {
    const { key, state } = session;
    const { userId } = known;
    if (userId === undefined || this.index === undefined) return true;
    const isUse = session.idleExtension !== 'never';
    const metadata = isUse ? { ...known, seenAt: this.lifecycle.settings.clock() } : known;
    const lifetime = { metadata, cookie: session.view.configuredCookie(known.cookie) };
    const isThere =
      metadata.indexedAt === undefined
        ? (await this.addUnindexed(userId, key, lifetime, undefined, budget)) === 'added'
        : await this.index.update(userId, this.entry(key, lifetime), undefined, budget);
    if (!isThere && state.is === 'stored') {
      await this.tombstones.revoke(key, session.lineage(), state.stored, userId, budget);
    }
    return isThere;
  }

  /**
   * Adds a session whose user signed in when the index did not learn of it.
   * @returns `ended` when all sessions of the user have been ended since; `full`, having done nothing, when
   * the user may not have one more
   */
  async addUnindexed(
    userId: string,
    key: string,
    { metadata, cookie }: Lifetime,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<'added' | 'full' | 'ended'> {
    if (this.index === undefined) return 'added';
    const lifetime = { metadata: { ...metadata, userId }, cookie };
    const hasEnded = (): Promise<boolean> =>
      this.revocations.hasEnded(userId, key, lifetime, budget);
    // A session that is over must not take the place of one that lives.
    if (limit !== undefined && (await hasEnded())) return 'ended';
    // Then the entry, before another look: a revokeAll() from now on finds it.
    if (!(await this.add(key, lifetime, limit, budget))) return 'full';
    if (!(await hasEnded())) return 'added';
    await this.remove(userId, key, budget);
    return 'ended';
  }

  /** False if a sign-in would be refused: the user has as many sessions as the limit allows. */
  async hasRoom(
    userId: string | undefined,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<boolean> {
    const { index } = this;
    if (userId === undefined || index === undefined || limit?.onExceed !== 'reject') return true;
    const isBelow = async (): Promise<boolean> =>
      (await index.list(userId, budget, limit.max)).length < limit.max;
    if (await isBelow()) return true;
    return (await this.dead.removeAll(userId, limit, budget)) && isBelow();
  }

  /** Moves the entry of a session that was just entered to where the session is by now, if anywhere. */
  async catchUp(userId: string | undefined, key: string, budget: WaitBudget): Promise<void> {
    const { key: at, opened } = await this.lookup.find(key, budget, undefined, 'any');
    if (userId === undefined || (at === key && !isOver(opened))) return;
    const isUsers = opened.is === 'live' && opened.record.metadata.userId === userId;
    if (isUsers) await this.index?.update(userId, this.entry(at, opened.record), key, budget);
    else await this.remove(userId, key, budget);
  }

  /** Adds an entry. If it exceeds the limit, dead entries are removed before anyone is evicted for it. */
  private async withinLimit<T>(
    limit: SessionLimit | undefined,
    userId: string,
    budget: WaitBudget,
    add: (limit: SessionLimit | undefined) => Promise<T | 'full'>,
  ): Promise<T | 'full'> {
    if (limit !== undefined) {
      const outcome = await add({ ...limit, onExceed: 'reject' });
      if (outcome !== 'full') return outcome;
      const hasRoom = await this.dead.removeAll(userId, limit, budget);
      if (!hasRoom && limit.onExceed === 'reject') return 'full';
    }
    return add(limit);
  }

  /** Ends the sessions whose entries were evicted. Only the first five hundred are waited for. */
  private async evict(userId: string, keys: readonly string[], budget: WaitBudget): Promise<void> {
    const { settings, pending } = this.lifecycle;
    await this.endEvicted(userId, keys.slice(0, EVICTED_AT_ONCE), budget);
    const rest = keys.slice(EVICTED_AT_ONCE);
    if (rest.length === 0) return;
    pending.add(this.endEvicted(userId, rest, WaitBudget.of(settings, rest.length)));
  }

  /**
   * Ends evicted sessions. A failure does not count: without its entry, a session ends with its next touch at
   * the latest.
   */
  private async endEvicted(
    userId: string,
    keys: readonly string[],
    budget: WaitBudget,
  ): Promise<void> {
    const { settings, emit } = this.lifecycle;
    await this.lookup.each(keys, budget, async ({ key, found }) => {
      const lineage = await found.then(lineageIn).catch(() => undefined);
      await this.tombstones.put(key, 'evicted', budget).catch(() => undefined);
      emit({ type: 'evicted', handle: handleOfKey(lineage ?? key, settings), userId });
    });
  }

  /**
   * Makes an entry, which expires a little after its record, so that it need not be updated with every use.
   */
  private entry(key: string, lifetime: Lifetime): IndexEntry {
    const { settings } = this.lifecycle;
    const slack = Math.max(settings.touchInterval, LEAST_SLACK);
    return { key, expiresAt: expiryOf(lifetime, settings) + slack };
  }
}
