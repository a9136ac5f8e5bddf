import type { SessionLimit } from '../../stores/session-store.js';
import { isRejection, needsIndex, SessionLimitError } from '../errors.js';
import { handleOfKey, isHandle } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { isOver } from '../record/record-format.js';
import { lineageOf } from '../record/session-record.js';
import type { BoundedIndex } from '../storage/bounded-index.js';
import { inBatches } from '../storage/in-batches.js';
import { WaitBudget } from '../storage/wait-budget.js';
import { ListedSessions } from './listed-sessions.js';
import { SessionLineages } from './session-lineages.js';
import type { Finding, SessionLookup } from './session-lookup.js';
import type { SessionSummary } from './session-summary.js';
import { summaryOf } from './summary-of.js';
import type { Tombstones } from './tombstones.js';
import { UnlistedSessions } from './unlisted-sessions.js';
import type { UserRevocations } from './user-revocations.js';

/** How often to look for sessions that get a new id while they are being ended. */
const MAX_SWEEPS = 100;

/** A session that is to live on when all others of its user are ended. */
export interface SparedSession {
  readonly lineage: string;
  /** @throws SessionGoneError or SessionRotatedError if it is over by now */
  requireLive(): Promise<unknown>;
}

/** Lists and ends the sessions of users. Every method throws if the store has no index. */
export class UserSessions {
  private readonly lineages: SessionLineages;
  private readonly listed: ListedSessions;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly lookup: SessionLookup,
    private readonly tombstones: Tombstones,
    private readonly revocations: UserRevocations,
  ) {
    this.lineages = new SessionLineages(lifecycle, lookup);
    this.listed = new ListedSessions(lifecycle, tombstones);
  }

  /** @param current the lineage of the session that asks */
  async list(
    userId: string,
    current: string | undefined,
    budget = WaitBudget.of(this.lifecycle.settings),
  ): Promise<SessionSummary[]> {
    const index = this.indexFor('list');
    const keys = await this.keysOf(index, userId, budget);
    const summaries = await this.lookup.each(keys, budget, (finding) =>
      this.summaryAt(index, userId, finding, current, budget),
    );
    return summaries
      .filter((summary) => summary !== undefined)
      .toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime());
  }

  /**
   * Ends one session of the user, even one that gets new ids meanwhile; returns `false` when the user has
   * none with this handle.
   */
  async revoke(
    userId: string,
    handle: string,
    budget = WaitBudget.of(this.lifecycle.settings),
  ): Promise<boolean> {
    const index = this.indexFor('revoke');
    if (!isHandle(handle)) return false;
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
      const key = await this.lineages.keyOfHandle(index, userId, handle, budget);
      if (key === undefined) break;
      const found = this.lookup.find(key, budget);
      const [over] = await this.listed.end(index, userId, [{ key, found }], undefined, budget);
      if (over?.isOurs === true) return true;
    }
    const unlisted = await new UnlistedSessions(this.lifecycle, index).byHandle(userId, handle);
    if (unlisted === undefined) return false;
    const { key, stored, lineage } = unlisted;
    return this.tombstones.revoke(key, lineage, stored, userId, budget);
  }

  /**
   * Ends the user's sessions, including those that get a new id meanwhile.
   * @returns the keys of those that were ended
   * @throws the first failure, once all that can be ended are, unless the store does not answer
   */
  async revokeAll(
    userId: string,
    spared?: SparedSession,
    budget = WaitBudget.of(this.lifecycle.settings),
  ): Promise<readonly string[]> {
    const index = this.indexFor('revokeAll');
    const revocation = await this.revocations.begin(userId, spared?.lineage, budget);
    try {
      await spared?.requireLive(); // another may have ended it since it was found
    } catch (error) {
      await revocation.takeBack();
      throw error;
    }
    try {
      return await this.endAllBut(index, userId, spared?.lineage, budget);
    } finally {
      await revocation.finish();
    }
  }

  private async endAllBut(
    index: BoundedIndex,
    userId: string,
    spared: string | undefined,
    budget: WaitBudget,
  ): Promise<readonly string[]> {
    const ended: string[] = [];
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
      const keys = await this.keysOf(index, userId, budget);
      const refusals: unknown[] = [];
      const over = await inBatches(keys, async (batch) => {
        const findings = this.lookup.findEach(batch, budget);
        try {
          return await this.listed.end(index, userId, findings, spared, budget);
        } catch (error) {
          if (!isRejection(error)) throw error;
          refusals.push(error);
          return [];
        }
      });
      if (refusals.length > 0) throw refusals[0];
      if (over.length === 0) break;
      for (const { key, isOurs } of over) if (isOurs) ended.push(key);
    }
    const { settings } = this.lifecycle;
    for await (const unlisted of new UnlistedSessions(this.lifecycle, index).of(userId)) {
      const { key, stored, lineage } = unlisted;
      if (lineage === spared) continue;
      const own = WaitBudget.of(settings);
      if (await this.tombstones.revoke(key, lineage, stored, userId, own)) ended.push(key);
    }
    if (spared !== undefined) await this.lineages.removeMarks(index, userId, spared, budget);
    return ended;
  }

  /**
   * Makes the error for a sign-in that is refused because the user has as many sessions as the limit allows.
   */
  async limitReached(
    userId: string,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<SessionLimitError> {
    const sessions = await this.list(userId, undefined, budget);
    return new SessionLimitError(limit?.max ?? 0, sessions);
  }

  /** Returns the keys of a user's sessions. For very many of them, the request may wait longer. */
  private async keysOf(
    index: BoundedIndex,
    userId: string,
    budget: WaitBudget,
  ): Promise<readonly string[]> {
    const keys = await index.list(userId, budget);
    budget.extendFor(this.lifecycle.settings, keys.length);
    return keys;
  }

  private async summaryAt(
    index: BoundedIndex,
    userId: string,
    { key, found }: Finding,
    current: string | undefined,
    budget: WaitBudget,
  ): Promise<SessionSummary | undefined> {
    const { settings } = this.lifecycle;
    const { key: at, opened } = await found;
    if (opened.is === 'live' && opened.record.metadata.userId === userId) {
      const lineage = lineageOf(opened.record, at);
      return summaryOf(
        opened.record,
        handleOfKey(lineage, settings),
        lineage === current,
        settings,
      );
    }
    // A record that cannot be read is left alone: another instance may have a newer key. Without marks,
    // an entry that has no record may be that of a session that is just moving to a new key.
    if (isOver(opened) && settings.hashIds) {
      await index.remove(userId, key, budget).catch(() => undefined);
    }
    return undefined;
  }

  private indexFor(operation: string): BoundedIndex {
    const { index, settings } = this.lifecycle;
    if (index === undefined) throw needsIndex(settings.storeName, operation);
    return index;
  }
}
