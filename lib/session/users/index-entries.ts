import type { IndexEntry, SessionLimit } from '../../stores/session-store.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { isOver } from '../record/record-format.js';
import { expiryOf } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import type { BoundedIndex } from '../storage/bounded-store.js';
import { inBatches } from '../storage/in-batches.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { SessionLookup } from './session-lookup.js';

/** Beyond so many entries, it makes no difference which of them are dead: most have to go anyway. */
const MAX_LOOKED_AT = 1_000;

/**
 * The entries of sessions in the index of their users. An entry is made after its record and outlives
 * it only by an accident, so one whose record is gone is dead: it must not take anybody's place.
 */
export class IndexEntries {
  constructor(
    private readonly settings: SessionSettings,
    private readonly lookup: SessionLookup,
    private readonly index: BoundedIndex,
  ) {}

  /**
   * Adds the entry of a session whose record is stored. Dead entries are removed first, where that
   * makes room.
   * @returns the keys of the sessions that were evicted for it, or `full`
   */
  async add(
    userId: string,
    key: string,
    lifetime: Lifetime,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<readonly string[] | 'full'> {
    const entry = this.entry(key, lifetime);
    if (limit !== undefined) {
      const withinLimit = { ...limit, onExceed: 'reject' } as const;
      let outcome = await this.index.add(userId, entry, withinLimit, budget);
      if (outcome !== 'full') return outcome.evicted;
      const hasRoom = (await this.removeDead(userId, budget)) > 0;
      if (!hasRoom && limit.onExceed === 'reject') return 'full';
    }
    const outcome = await this.index.add(userId, entry, limit, budget);
    return outcome === 'full' ? outcome : outcome.evicted;
  }

  /** Gives an entry the session's new expiry, and its new key; `false` when there is none. */
  async update(
    userId: string,
    key: string,
    lifetime: Lifetime,
    formerKey: string | undefined,
    budget: WaitBudget,
  ): Promise<boolean> {
    return this.index.update(userId, this.entry(key, lifetime), formerKey, budget);
  }

  /** Removes an entry. A failure only leaves a dead entry, which takes nobody's place. */
  async remove(userId: string, key: string, budget?: WaitBudget): Promise<void> {
    await this.index.remove(userId, key, budget).catch(() => undefined);
  }

  /** Removes the entries of sessions that are over; answers how many. */
  async removeDead(userId: string, budget: WaitBudget): Promise<number> {
    const keys = await this.index.list(userId, budget);
    if (keys.length > MAX_LOOKED_AT) return 0;
    const removed = await inBatches(keys, async (key) => {
      const { opened } = await this.lookup.find(key, budget);
      if (!isOver(opened)) return false;
      await this.remove(userId, key, budget);
      return true;
    });
    return removed.filter(Boolean).length;
  }

  /** An entry outlives its record a little, so that it need not follow every use. */
  private entry(key: string, lifetime: Lifetime): IndexEntry {
    return { key, expiresAt: expiryOf(lifetime, this.settings) + this.settings.touchInterval };
  }
}
