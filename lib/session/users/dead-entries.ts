import type { SessionLimit } from '../../stores/session-store.js';
import type { Lifecycle } from '../lifecycle.js';
import { isOver } from '../record/record-format.js';
import { WaitBudget } from '../storage/wait-budget.js';
import type { FoundSession, SessionLookup } from './session-lookup.js';

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

  /** Removes an entry if its session is over. */
  async removeIfOver(userId: string, key: string): Promise<void> {
    const budget = WaitBudget.of(this.lifecycle.settings);
    await this.removeIfFoundOver(userId, key, await this.lookup.find(key, budget), budget);
  }

  /** Does the same for an entry that was looked up; returns `true` if its session was over. */
  private async removeIfFoundOver(
    userId: string,
    key: string,
    { opened }: FoundSession,
    budget: WaitBudget,
  ): Promise<boolean> {
    // A sign-in that turned it into another session has added an entry for that one.
    const isAnother = opened.is === 'rotated' && opened.successor.edge === 'sign-in';
    if (!isOver(opened) && !isAnother) return false;
    await this.remove(userId, key, budget);
    return true;
  }

  /**
   * Removes the entries of sessions that are over, of a user who has as many as the limit allows; returns
   * `true` if there were any.
   */
  async removeAll(userId: string, { max }: SessionLimit, budget: WaitBudget): Promise<boolean> {
    if (max > MAX_CHECKED) return false;
    const keys = (await this.lifecycle.index?.list(userId, budget, MAX_CHECKED + 1)) ?? [];
    if (keys.length > MAX_CHECKED) return false;
    const removed = await this.lookup.each(keys, budget, async ({ key, found }) =>
      this.removeIfFoundOver(userId, key, await found, budget),
    );
    return removed.includes(true);
  }
}
