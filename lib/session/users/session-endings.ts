import type { ReadRecord } from '../../stores/session-store.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { Lifecycle } from '../lifecycle.js';
import { lineageOf } from '../record/session-record.js';
import type { SessionRecord } from '../record/session-record.js';
import { inBatches } from '../storage/in-batches.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { SessionIndex } from './session-index.js';
import type { SessionLookup, Whereabouts } from './session-lookup.js';

/** How many times to look again for a session that gets new ids while it is being ended. */
const MAX_LOOKS = 100;

/** Tells that a session was ended: its key and whose it was. */
export type OnEnd = (key: string, userId: string | undefined) => void;

/** Ends sessions for good, those included that get a new id at that moment. */
export class SessionEndings {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly lookup: SessionLookup,
    private readonly index: SessionIndex,
  ) {}

  /**
   * Removes the record under a key, and the entry of its user. Where the session has got a new id
   * since, it is ended there. A sign-in has begun another session, which is not ended.
   * @param known the record that was loaded from there, where one was
   */
  async end(
    key: string,
    stored: ReadRecord | undefined,
    known: SessionRecord | undefined,
    onEnd: OnEnd,
    budget: WaitBudget,
  ): Promise<void> {
    const first = await this.lookup.find(key, budget, stored);
    const end = await compareAndSwap<Whereabouts, Whereabouts | undefined>(first, async (at) => {
      const isThere = at.opened.is !== 'absent' && at.opened.is !== 'ended';
      if (!isThere || at.stored === undefined) return undefined;
      const outcome = await this.lifecycle.store.remove(at.key, at.stored.version, budget);
      if (outcome === 'removed') return at;
      const newer = outcome === 'gone' ? undefined : outcome.conflict;
      const now = await this.lookup.find(at.key, budget, newer);
      return { conflict: { ...now, path: [...at.path, ...now.path] } };
    });
    if (end !== undefined) {
      const userId = 'record' in end.opened ? end.opened.record.metadata.userId : undefined;
      // On its way to another key, it has the entry of any of these.
      for (const passed of end.path) await this.index.remove(userId, passed, budget);
      onEnd(end.key, userId);
    } else if (known !== undefined) {
      // What was there may have been a mark that led on, before a tombstone took its place.
      await this.endLineage(known, key, onEnd, budget);
    }
  }

  /**
   * Ends a session by its lineage: where there is no mark (any more), its user's index leads to it.
   * An entry without a record may be that of a session on its way to another id, maybe this one's;
   * it is removed, so that no session survives its sign-out.
   */
  private async endLineage(
    record: SessionRecord,
    key: string,
    onEnd: OnEnd,
    budget: WaitBudget,
  ): Promise<void> {
    const { settings, index } = this.lifecycle;
    const { userId } = record.metadata;
    if (userId === undefined || index === undefined) return;
    const lineage = lineageOf(record, key);
    await this.index.remove(userId, key, budget);
    for (let look = 1; look <= MAX_LOOKS; look += 1) {
      const keys = await index.list(userId, budget);
      const ended = await inBatches(keys, async (entered) => {
        const at = await this.lookup.find(entered, budget);
        const isOnItsWay = at.stored === undefined && !settings.hashIds;
        if (isOnItsWay) await this.index.remove(userId, entered, budget);
        if (!('record' in at.opened) || lineageOf(at.opened.record, at.key) !== lineage) {
          return isOnItsWay;
        }
        await this.end(at.key, at.stored, undefined, onEnd, budget);
        return true;
      });
      if (!ended.includes(true)) return;
    }
  }
}
