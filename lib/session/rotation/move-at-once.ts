import type {
  Conflict,
  MoveOutcome,
  ReadRecord,
  SessionLimit,
} from '../../stores/session-store.js';
import { IdInUseError } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import { draftOf, markOf } from './move.js';
import type { MovedRecord, SessionMove } from './move.js';

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

  /** The record under the new key; `full` when the user may not have one more session. */
  async move(
    move: SessionMove,
    first: RecordDraft,
    limit: SessionLimit | undefined,
  ): Promise<MovedRecord | 'gone' | 'full'> {
    const { session, rotation, former, key } = move;
    const { userId, budget } = session;
    const mark = markOf(this.lifecycle, move);
    const needsFormerEntry = move.keepsEntry && rotation.continues;
    let draft = first;
    const swap = async (seen: ReadRecord | undefined): Promise<MoveOutcome | FormerGone> => {
      const isNewer = seen !== undefined && seen !== former;
      const newer = isNewer ? this.lifecycle.records.read(seen, session) : undefined;
      if (typeof newer === 'object') draft = draftOf(this.lifecycle, move, newer.attributes);
      const from = seen && { key: session.key, version: seen.version, userId };
      const step = { from, mark, to: key, record: draft, needsFormerEntry };
      const isGone = typeof newer === 'string';
      const outcome = isGone
        ? 'gone'
        : await this.index.moveAtOnce(step, draft.record, limit, budget);
      if (outcome !== 'gone' || rotation.continues) return outcome;
      draft = draftOf(this.lifecycle, move, {});
      return { conflict: undefined };
    };
    const outcome = await compareAndSwap<ReadRecord | undefined, Exclude<MoveOutcome, Conflict>>(
      former,
      swap,
    );
    if (outcome === 'taken') throw new IdInUseError();
    if (typeof outcome === 'string') return outcome;
    return { draft, version: outcome.moved, replacedFormer: true, wasEnded: false };
  }
}
