import type {
  Conflict,
  MoveOutcome,
  ReadRecord,
  SessionLimit,
} from '../../stores/session-store.js';
import { IdInUseError, isRejection } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import { draftOf, needsAnotherLook } from './move.js';
import type { MoveEnd, MoveProgress, Overtaken, SessionMove } from './move.js';

/** The former record is gone: a sign-in tries again without it. */
interface FormerGone {
  readonly conflict: undefined;
}

/** Moves a session in one step, where the store can do that. */
export class MoveAtOnce {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  async move(
    move: SessionMove,
    first: RecordDraft,
    limit: SessionLimit | undefined,
    progress: MoveProgress,
  ): Promise<MoveEnd> {
    const { rotation, from } = move;
    let draft = first;
    const swap = async (
      seen: ReadRecord | undefined,
    ): Promise<MoveOutcome | FormerGone | Overtaken> => {
      if (from !== undefined && seen !== undefined && seen !== from.stored) {
        const newer = this.lifecycle.records.read(seen, from.key);
        if (needsAnotherLook(newer, from)) return { met: seen };
        if (typeof newer === 'string') return whenGone();
        draft = draftOf(this.lifecycle, move, newer);
      }
      const outcome = await this.take(move, seen, draft, limit, progress);
      return outcome === 'gone' ? whenGone() : outcome;
    };
    const whenGone = (): 'gone' | FormerGone => {
      if (rotation.continues) return 'gone';
      draft = draftOf(this.lifecycle, move, { ...move.inherited, attributes: {} });
      return { conflict: undefined };
    };
    const outcome = await compareAndSwap<
      ReadRecord | undefined,
      Exclude<MoveOutcome, Conflict> | Overtaken
    >(from?.stored, swap);
    if (outcome === 'taken') throw new IdInUseError();
    if (typeof outcome === 'string' || 'met' in outcome) return outcome;
    return { draft, version: outcome.moved, replacedFormer: true };
  }

  /** Takes the step. If its answer is lost, what is under the former key tells whether it was taken. */
  private async take(
    move: SessionMove,
    seen: ReadRecord | undefined,
    draft: RecordDraft,
    limit: SessionLimit | undefined,
    progress: MoveProgress,
  ): Promise<MoveOutcome> {
    const { session, from, mark, key, keepsEntry } = move;
    const { budget } = session;
    const { store } = this.lifecycle;
    const step = {
      from: from &&
        seen && { key: from.key, version: seen.version, userId: from.leaves?.metadata.userId },
      mark,
      to: key,
      record: draft,
      // Without it, the session was ended meanwhile.
      needsFormerEntry: keepsEntry,
    };
    try {
      return await this.index.moveAtOnce(step, draft.record, limit, budget);
    } catch (error) {
      if (step.from === undefined || mark === undefined) throw error;
      progress.mayBeMarked = true;
      const there = await store.read(step.from.key, budget);
      if (there?.payload === mark.payload) {
        const moved = await store.read(key, budget);
        return { moved: moved?.version ?? there.version, evicted: [] };
      }
      progress.mayBeMarked = !isRejection(error);
      throw error;
    }
  }
}
