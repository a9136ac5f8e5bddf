import type { ReadRecord, StoredRecord } from '../../stores/session-store.js';
import { handleOfKey } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import type { EndReason } from '../record/absence.js';
import { tombstone } from '../record/marks.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { FoundSession } from './session-lookup.js';

/** Puts tombstones in the place of sessions that someone else ended. */
export class Tombstones {
  constructor(private readonly lifecycle: Lifecycle) {}

  /** Puts a tombstone under a key, whatever is there. */
  async put(key: string, reason: EndReason, budget: WaitBudget): Promise<void> {
    await this.lifecycle.index?.put(key, this.tombstoneAt(key, reason), budget);
  }

  /**
   * Puts a tombstone in the place of a session that is revoked. A tombstone that is there stays, with its
   * reason. So does the mark of a sign-in: it tells requests on their way that another session has begun,
   * which may live on.
   * @param found what was found under the key
   */
  async replace(key: string, found: FoundSession, budget: WaitBudget): Promise<void> {
    const { store, format } = this.lifecycle;
    const { first } = found;
    if (first === undefined) return this.put(key, 'revoked', budget);
    await compareAndSwap(first, async (seen) => {
      const { payload, version } = seen;
      const isKnown = seen === first && found.key === key;
      const opened = isKnown ? found.opened : format.open(payload, key);
      const isLeft = opened.is === 'rotated' && opened.successor.edge === 'sign-in';
      if (isLeft || opened.is === 'ended') return 'stays';
      return store.renew(key, version, this.tombstoneAt(key, 'revoked'), budget);
    });
  }

  /**
   * Ends a session that is still stored although its entry in the index is gone.
   * @param lineage by which the session is known
   * @param stored the record as it was last read
   * @returns `true` for the one caller that ended it
   */
  async revoke(
    key: string,
    lineage: string,
    stored: ReadRecord,
    userId: string,
    budget: WaitBudget,
  ): Promise<boolean> {
    const { store, format, settings, emit } = this.lifecycle;
    const outcome = await compareAndSwap(stored, async ({ payload, version }) => {
      // Whoever removed the entry may have put a tombstone already, whose reason stays.
      const { is } = format.open(payload, key);
      if (is === 'ended' || is === 'rotated') return 'over';
      return store.renew(key, version, this.tombstoneAt(key, 'revoked'), budget);
    });
    if (typeof outcome === 'string') return false;
    emit({ type: 'revoked', handle: handleOfKey(lineage, settings), userId });
    return true;
  }

  /** A tombstone, as it is stored under a key. */
  private tombstoneAt(key: string, reason: EndReason): StoredRecord {
    const { format, settings } = this.lifecycle;
    return format.sealed(tombstone(reason, settings.clock()), key);
  }
}
