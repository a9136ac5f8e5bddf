import type { ReadRecord, ReplaceOutcome, StoredRecord } from '../../stores/session-store.js';
import { handleOfKey } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import type { EndReason } from '../record/absence.js';
import { tombstone } from '../record/marks.js';
import type { OpenedRecord } from '../record/record-format.js';
import type { AnswerTo } from '../storage/answer-to.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { FoundSession } from './session-lookup.js';

/** A key, and what was found under it. */
interface FoundAt {
  readonly key: string;
  readonly found: FoundSession;
}

/** Puts tombstones in the place of sessions that someone else ended. */
export class Tombstones {
  constructor(private readonly lifecycle: Lifecycle) {}

  /** Puts a tombstone under a key, whatever is there. */
  async put(key: string, reason: EndReason, budget: WaitBudget): Promise<void> {
    await this.lifecycle.index?.put(key, this.tombstoneAt(key, reason), budget);
  }

  /**
   * Puts tombstones in the place of sessions that are revoked. A tombstone that is there stays, with its
   * reason. So does the mark of a sign-in: it tells requests on their way that another session has begun,
   * which may live on.
   * @param founds what was found under each of some hundreds of keys
   */
  replaceEach(founds: readonly FoundAt[], budget: WaitBudget): readonly AnswerTo<void>[] {
    const renewals = founds.flatMap(({ key, found }) => {
      const { first, opened } = found;
      if (first === undefined || (found.key === key && stays(opened))) return [];
      return [{ key, version: first.version, record: this.tombstoneAt(key, 'revoked') }];
    });
    const begun = this.lifecycle.store.renewEach(renewals, budget);
    const outcomes = new Map(begun.map(({ key, answer }) => [key, answer]));
    return founds.map(({ key, found: { first } }) => {
      const outcome = outcomes.get(key);
      if (first === undefined) return { key, answer: this.put(key, 'revoked', budget) };
      if (outcome === undefined) return { key, answer: Promise.resolve() };
      return { key, answer: this.finish(key, first, outcome, budget) };
    });
  }

  /** Tries again for as long as another request is faster. */
  private async finish(
    key: string,
    first: ReadRecord,
    begun: Promise<ReplaceOutcome | 'busy'>,
    budget: WaitBudget,
  ): Promise<void> {
    const { store, format } = this.lifecycle;
    const met = await begun;
    if (met !== 'busy' && (met === 'gone' || !('conflict' in met))) return;
    const swap = async ({
      payload,
      version,
    }: ReadRecord): Promise<ReplaceOutcome | 'busy' | 'stays'> => {
      if (stays(format.open(payload, key))) return 'stays';
      return store.renew(key, version, this.tombstoneAt(key, 'revoked'), budget);
    };
    await compareAndSwap(first, swap, met);
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

  /** Makes a tombstone as it is stored under a key. */
  private tombstoneAt(key: string, reason: EndReason): StoredRecord {
    const { format, settings } = this.lifecycle;
    return format.sealed(tombstone(reason, settings.clock()), key);
  }
}

function stays(opened: OpenedRecord): boolean {
  return opened.is === 'ended' || (opened.is === 'rotated' && opened.successor.edge === 'sign-in');
}
