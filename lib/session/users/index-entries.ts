import type { IndexEntry, SessionLimit } from '../../stores/session-store.js';
import type { BoundedIndex } from '../storage/bounded-store.js';
import { inBatches } from '../storage/in-batches.js';
import { isDead } from '../record/record-reader.js';
import type { SessionLookup } from './session-lookup.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { expiryOf } from '../record/timeouts.js';
import type { Lifetime } from '../record/timeouts.js';
import type { WaitBudget } from '../storage/wait-budget.js';

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
   * Enters a session whose record is stored. Dead entries leave first, where that makes room.
   * @returns the keys of the sessions that had to go for it, or `full`
   */
  async enter(
    userId: string,
    key: string,
    lifetime: Lifetime,
    limit: SessionLimit | undefined,
    budget: WaitBudget,
  ): Promise<readonly string[] | 'full'> {
    const entry = this.entry(key, lifetime);
    if (limit !== undefined) {
      const withinLimit = { ...limit, onExceed: 'reject' } as const;
      let outcome = await this.index.enter(userId, entry, withinLimit, budget);
      if (outcome !== 'full') return outcome.evicted;
      const hasRoom = (await this.dropDead(userId, budget)) > 0;
      if (!hasRoom && limit.onExceed === 'reject') return 'full';
    }
    const outcome = await this.index.enter(userId, entry, limit, budget);
    return outcome === 'full' ? outcome : outcome.evicted;
  }

  /** Moves an entry to the session's new expiry, and to its new key; `false` when there is none. */
  async refresh(
    userId: string,
    key: string,
    lifetime: Lifetime,
    formerKey: string | undefined,
    budget: WaitBudget,
  ): Promise<boolean> {
    return this.index.refresh(userId, this.entry(key, lifetime), formerKey, budget);
  }

  /** Takes an entry out. A failure only leaves a dead entry, which takes nobody's place. */
  async leave(userId: string, key: string, budget?: WaitBudget): Promise<void> {
    await this.index.leave(userId, key, budget).catch(() => undefined);
  }

  /** Takes out what stands for no session any more; answers how many that were. */
  async dropDead(userId: string, budget: WaitBudget): Promise<number> {
    const keys = await this.index.keysOf(userId, budget);
    if (keys.length > MAX_LOOKED_AT) return 0;
    const dropped = await inBatches(keys, async (key) => {
      const { found } = await this.lookup.find(key, budget);
      if (!isDead(found)) return false;
      await this.leave(userId, key, budget);
      return true;
    });
    return dropped.filter(Boolean).length;
  }

  /** An entry outlives its record a little, so that it need not follow every use. */
  private entry(key: string, lifetime: Lifetime): IndexEntry {
    return { key, expiresAt: expiryOf(lifetime, this.settings) + this.settings.touchInterval };
  }
}
