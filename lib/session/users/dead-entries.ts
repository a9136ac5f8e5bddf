import type { Lifecycle } from '../lifecycle.js';
import { isOver } from '../record/record-format.js';
import { inBatches } from '../storage/in-batches.js';
import { WaitBudget } from '../storage/wait-budget.js';
import type { SessionLookup } from './session-lookup.js';

/** Among more entries than this, dead ones are not looked for: most are about to be evicted anyway. */
const MAX_CHECKED = 1_000;

/**
 * Entries of the index whose records are gone. An entry is added after its record and outlives it only
 * by accident, so it is dead then, and must not count under `limit`.
 */
export class DeadEntries {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly lookup: SessionLookup,
  ) {}

  /** Removes an entry. A failure leaves it, which does no harm. */
  async remove(userId: string, key: string, budget: WaitBudget | undefined): Promise<void> {
    await this.lifecycle.index?.remove(userId, key, budget).catch(() => undefined);
  }

  /** Removes an entry if its session is over; `true` when it was. */
  async removeIfOver(
    userId: string,
    key: string,
    budget = WaitBudget.of(this.lifecycle.settings),
  ): Promise<boolean> {
    const { opened } = await this.lookup.find(key, budget);
    // A sign-in that made another session of it has added an entry for that one.
    const isAnother = opened.is === 'rotated' && opened.successor.edge === 'sign-in';
    if (!isOver(opened) && !isAnother) return false;
    await this.remove(userId, key, budget);
    return true;
  }

  /** Removes the entries of a user's sessions that are over; `true` if there were any. */
  async removeAll(userId: string, budget: WaitBudget): Promise<boolean> {
    const keys = (await this.lifecycle.index?.list(userId, budget)) ?? [];
    if (keys.length > MAX_CHECKED) return false;
    return (await inBatches(keys, (key) => this.removeIfOver(userId, key, budget))).includes(true);
  }
}
