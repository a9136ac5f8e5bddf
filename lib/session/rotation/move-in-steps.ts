import type {
  Conflict,
  ReadRecord,
  SessionLimit,
  StoredRecord,
} from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import { IdInUseError } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import { draftOf, markOf } from './move.js';
import type { MovedRecord, SessionMove } from './move.js';

/** Moves a session step by step: the new record is stored first, then the former one is replaced. */
export class MoveInSteps {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  /** The record under the new key; `full` when the user may not have one more session. */
  async move(
    move: SessionMove,
    draft: RecordDraft,
    limit: SessionLimit | undefined,
  ): Promise<MovedRecord | 'gone' | 'full'> {
    const { key, session, keepsEntry } = move;
    const { store } = this.lifecycle;
    const created = await store.create(key, draft, session.budget);
    if (created === 'taken') throw new IdInUseError();
    if (!keepsEntry && !(await this.add(move, draft, limit))) return 'full';
    const moved = await this.replaceFormer(move, { draft, version: created.version });
    if (moved === 'gone') return moved;
    const indexed = await this.updateIndex(move, moved, limit);
    return indexed === 'indexed' ? moved : indexed;
  }

  /**
   * Leaves the index with one entry of the session, under its new key. If the entry that it keeps is
   * gone, the session was ended meanwhile: a sign-in adds a new entry, and anything else is over.
   */
  private async updateIndex(
    move: SessionMove,
    { draft, replacedFormer }: MovedRecord,
    limit: SessionLimit | undefined,
  ): Promise<'indexed' | 'gone' | 'full'> {
    const { session, rotation, key, keepsEntry } = move;
    const { budget, userId } = session;
    if (!keepsEntry) {
      if (replacedFormer) await this.index.remove(userId, session.key, budget);
      return 'indexed';
    }
    const { record } = draft;
    if (replacedFormer && (await this.index.move(session.key, key, record, budget)))
      return 'indexed';
    if (rotation.continues) return 'gone';
    return (await this.add(move, draft, limit)) ? 'indexed' : 'full';
  }

  private async add(
    { key, session }: SessionMove,
    { record }: RecordDraft,
    limit: SessionLimit | undefined,
  ): Promise<boolean> {
    return this.index.add(key, record, limit, session.budget);
  }

  /**
   * Replaces the former record, if it still is as it was loaded. What other requests stored there
   * meanwhile is merged into the new one first.
   */
  private async replaceFormer(
    move: SessionMove,
    first: Pick<MovedRecord, 'draft' | 'version'>,
  ): Promise<MovedRecord | 'gone'> {
    const { store, records } = this.lifecycle;
    const { session, rotation, former, key } = move;
    if (former === undefined) return { ...first, replacedFormer: false, wasEnded: false };
    let moved: MovedRecord = { ...first, replacedFormer: true, wasEnded: false };
    const inherit = async (
      inherited: SessionAttributes,
      replacedFormer: boolean,
    ): Promise<void> => {
      const draft = draftOf(this.lifecycle, move, inherited);
      const outcome = await store.replace(key, moved.version, draft, session.budget);
      const isWritten = typeof outcome === 'object' && 'version' in outcome;
      const version = isWritten ? outcome.version : moved.version;
      moved = { draft, version, replacedFormer, wasEnded: moved.wasEnded || !isWritten };
    };
    const mark = markOf(this.lifecycle, move);
    const replaced = await compareAndSwap(former, async (seen, turn) => {
      const newer = seen === former ? undefined : records.read(seen, session);
      if (typeof newer === 'object') await inherit(newer.attributes, true);
      const outcome =
        typeof newer === 'string' ? 'gone' : await this.putMark(session, seen, mark, turn);
      if (outcome === 'gone' && !rotation.continues) await inherit({}, false);
      return outcome;
    });
    return replaced === 'gone' && rotation.continues ? 'gone' : moved;
  }

  /** Replaces the former record by the mark, or removes it where there is no mark. */
  private async putMark(
    { key, budget }: RequestSession,
    { version }: ReadRecord,
    mark: StoredRecord | undefined,
    turn: string | undefined,
  ): Promise<'replaced' | 'gone' | 'busy' | Conflict> {
    const { store } = this.lifecycle;
    if (mark === undefined) {
      const outcome = await store.remove(key, version, budget);
      return outcome === 'removed' ? 'replaced' : outcome;
    }
    try {
      const outcome = await store.replace(key, version, mark, budget, turn);
      return typeof outcome === 'string' || 'conflict' in outcome ? outcome : 'replaced';
    } catch (error) {
      // The answer may have been lost after the mark was written; no other request writes this mark.
      if ((await store.read(key, budget))?.payload === mark.payload) return 'replaced';
      throw error;
    }
  }
}
