import type { ReadRecord } from '../../stores/session-store.js';
import type { Lifecycle } from '../lifecycle.js';
import { isOver } from '../record/record-format.js';
import { lineageOf } from '../record/session-record.js';
import type { SessionRecord } from '../record/session-record.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { SessionIndex } from './session-index.js';
import type { FoundSession, SessionLookup } from './session-lookup.js';

/** How often to look for a session that gets new ids while it is being ended. */
const MAX_LOOKS = 100;

/** Called when a session was ended, with its lineage and its user. */
export type OnEnd = (lineage: string, userId: string | undefined) => void;

/** Ends sessions for good, even those that get a new id at that moment. */
export class SessionEndings {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly lookup: SessionLookup,
    private readonly index: SessionIndex,
  ) {}

  /**
   * Removes the record under a key, and its entry in the index. If the session has a new id by now, it is
   * ended under that one.
   * @param stored what was read under the key, if anything
   * @param known the record that was loaded from there, if one was
   * @returns false, having ended nothing, if a sign-in has turned it into another session, which lives
   */
  async end(
    key: string,
    stored: ReadRecord | undefined,
    known: SessionRecord | undefined,
    onEnd: OnEnd,
    budget: WaitBudget,
  ): Promise<boolean> {
    const first = await this.lookup.find(key, budget, stored, 'any');
    const removed = await compareAndSwap<FoundSession, FoundSession | 'rotated' | undefined>(
      first,
      async (at) => {
        if (!isEndable(at)) return 'rotated';
        const isThere = at.opened.is !== 'absent' && at.opened.is !== 'ended';
        if (!isThere || at.stored === undefined) return undefined;
        const outcome = await this.lifecycle.store.remove(at.key, at.stored.version, budget);
        if (outcome === 'removed') return at;
        const newer = outcome === 'gone' ? undefined : outcome.conflict;
        const now = await this.lookup.find(at.key, budget, newer, 'any');
        const [path, marks] = [
          [...at.path, ...now.path],
          [...at.marks, ...now.marks],
        ];
        return { conflict: { ...now, path, marks } };
      },
    );
    if (removed === 'rotated') return false;
    if (removed !== undefined) {
      const { key: at, path, opened } = removed;
      const record = 'record' in opened ? opened.record : undefined;
      const userId = record?.metadata.userId;
      // While the session moves to a new key, its entry may be under any of these. The oldest first, so that
      // it cannot slip from one that was not looked at yet to one that was.
      for (const passed of path) await this.index.remove(userId, passed, budget);
      onEnd(record === undefined ? at : lineageOf(record, at), userId);
    } else if (known !== undefined) {
      // There may have been a mark that led on, before a tombstone replaced it.
      await this.endLineage(known, key, onEnd, budget);
    }
    return true;
  }

  /**
   * Ends a session by its lineage: if no mark leads to it, its user's index does. With `hashIds: false`, an
   * entry without a record may be that of a session that is just moving to a new key, possibly this one: it
   * is removed, so that no session survives its sign-out.
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
      const ended = await this.lookup.each(keys, budget, async ({ key: entryKey, found }) => {
        const at = await found;
        const mayBeMoving = at.stored === undefined && !settings.hashIds;
        if (mayBeMoving) await this.index.remove(userId, entryKey, budget);
        if (!('record' in at.opened) || lineageOf(at.opened.record, at.key) !== lineage) {
          return mayBeMoving;
        }
        await this.end(at.key, at.stored, undefined, onEnd, budget);
        return true;
      });
      if (!ended.includes(true)) return;
    }
  }
}

/** True if it can be ended, even if it cannot be read: another instance may have the key to it. */
function isEndable(found: FoundSession): boolean {
  const isSameSession = found.marks.every(({ successor }) => successor.edge === 'same-user');
  return isSameSession && found.opened.is !== 'rotated' ? true : isOver(found.opened);
}
