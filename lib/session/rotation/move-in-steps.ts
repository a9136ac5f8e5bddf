import type { Conflict, ReadRecord, SessionLimit, Version } from '../../stores/session-store.js';
import { markAt } from '../crossing/mark-at.js';
import { IdInUseError, isRejection } from '../errors.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import { isOver } from '../record/record-format.js';
import { expiryOf } from '../record/timeouts.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import { draftOf, needsAnotherLook } from './move.js';
import type {
  Departure,
  Inheritance,
  MovedRecord,
  MoveEnd,
  MoveProgress,
  Overtaken,
  SessionMove,
} from './move.js';

/** The session under its new key, and what took the place of the former record. */
interface Departed extends MovedRecord {
  /** What was replaced last, and the version of the mark, if there is one. */
  readonly left?: { readonly former: ReadRecord; readonly mark: Version | undefined };
}

/** Moves a session step by step: the new record, the mark, the index. */
export class MoveInSteps {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  async move(
    move: SessionMove,
    draft: RecordDraft,
    limit: SessionLimit | undefined,
    progress: MoveProgress,
  ): Promise<MoveEnd> {
    const { key, session, from, keepsEntry } = move;
    const { budget } = session;
    const { store } = this.lifecycle;
    const { userId } = draft.record.metadata;
    // Before anything is written, so that a sign-in that is refused disturbs nobody.
    if (!keepsEntry && !(await this.index.hasRoom(userId, limit, budget))) {
      const mark = from && (await markAt(this.lifecycle, from.key, budget));
      return mark === undefined ? 'full' : { met: mark };
    }
    const created = await store.create(key, draft, budget);
    if (created === 'taken') throw new IdInUseError();
    const { version } = created;
    progress.stored = draft.storedAs(version);
    const departed = await this.replaceFormer(move, { draft, version }, progress);
    if (typeof departed === 'string') return departed;
    if ('met' in departed) {
      await store.remove(key, undefined, budget); // nobody has heard of it
      return departed;
    }
    const indexed = await this.updateIndex(move, departed, limit);
    if (indexed === 'full') await this.giveBack(move, departed);
    else {
      const isOver = indexed !== 'moved' && (await this.isOverAlready(move, progress));
      if (indexed !== 'gone' || isOver) return departed;
    }
    progress.mayBeMarked = false;
    return indexed;
  }

  /**
   * Leaves the index with one entry of the session, under its new key. If the entry that it keeps is
   * gone, the session was ended meanwhile.
   */
  private async updateIndex(
    { key, session, from, keepsEntry }: SessionMove,
    { draft, replacedFormer }: MovedRecord,
    limit: SessionLimit | undefined,
  ): Promise<'moved' | 'added' | 'gone' | 'full'> {
    const { budget } = session;
    const { record } = draft;
    if (keepsEntry && replacedFormer && from !== undefined) {
      return (await this.index.move(from.key, key, record, budget)) ? 'moved' : 'gone';
    }
    if (!(await this.index.add(key, record, limit, budget))) return 'full';
    if (from !== undefined && replacedFormer && !keepsEntry) {
      await this.index.remove(from.leaves?.metadata.userId, from.key, budget);
    }
    return 'added';
  }

  /**
   * True if another sign-in has joined the session by the mark, and has ended it. This one came before that,
   * as when its session is ended a moment later. If the index did not know the session yet, its entry is
   * dead.
   */
  private async isOverAlready(
    { key, session, userId, rotation }: SessionMove,
    { mayBeMarked }: MoveProgress,
  ): Promise<boolean> {
    if (!mayBeMarked || rotation.wish.to !== 'sign in') return false;
    const { store, format } = this.lifecycle;
    const there = await store.read(key, session.budget);
    if (!isOver(format.open(there?.payload, key))) return false;
    await this.index.remove(userId, key, session.budget);
    return true;
  }

  /** Puts the former record back in its place, since the user may not have one more session. */
  private async giveBack(
    { key, session: { budget }, from, keepsEntry }: SessionMove,
    { left, version }: Departed,
  ): Promise<void> {
    const { store } = this.lifecycle;
    if (from !== undefined && left !== undefined && !keepsEntry) {
      const { payload } = left.former;
      const record = { payload, expiresAt: this.expiryOf(payload, from.key) };
      const { mark } = left;
      if (mark === undefined) await store.create(from.key, record, budget);
      else {
        await compareAndSwap(mark, async (version) => {
          const outcome = await store.replace(from.key, version, record, budget);
          return outcome === 'busy' ? outcome : 'done'; // a conflict is the mark of an end, which stays
        });
      }
    }
    // Another sign-in of the same user may have joined it, and has found a place for it.
    await store.remove(key, version, budget);
  }

  private expiryOf(payload: string, key: string): number {
    const { format, settings } = this.lifecycle;
    const opened = format.open(payload, key);
    if (opened.is === 'live') return expiryOf(opened.record, settings);
    return opened.is === 'rotated' ? opened.successor.until : settings.clock();
  }

  /**
   * Replaces the former record, if it still is as it was loaded. What other requests stored there
   * meanwhile is merged into the new one first.
   */
  private async replaceFormer(
    move: SessionMove,
    first: Pick<MovedRecord, 'draft' | 'version'>,
    progress: MoveProgress,
  ): Promise<Departed | Overtaken | 'gone' | 'lost'> {
    const { store, records } = this.lifecycle;
    const { session, rotation, from, key } = move;
    if (from === undefined) return { ...first, replacedFormer: false };
    let moved: Departed = { ...first, replacedFormer: true };
    let isBehind = false;
    /** Returns false if nothing is left of what was made for the new key. */
    const inherit = async (inherited: Inheritance, replacedFormer: boolean): Promise<boolean> => {
      const draft = draftOf(this.lifecycle, move, inherited);
      const outcome = await store.replace(key, moved.version, draft, session.budget);
      if (outcome === 'gone') return false;
      const isWritten = typeof outcome === 'object' && 'version' in outcome;
      const version = isWritten ? outcome.version : moved.version;
      isBehind = !isWritten; // somebody writes there who was not told the id
      progress.stored = draft.storedAs(version);
      moved = { draft, version, replacedFormer };
      return true;
    };
    const replaced = await compareAndSwap(from.stored, async (seen, turn) => {
      const newer = seen === from.stored ? undefined : records.read(seen, from.key);
      if (newer !== undefined && needsAnotherLook(newer, from)) {
        return { met: seen };
      }
      if (typeof newer === 'object' && !(await inherit(newer, true))) return 'lost';
      const outcome =
        typeof newer === 'string' ? 'gone' : await this.putMark(move, from, seen, progress, turn);
      if (outcome !== 'gone' || rotation.continues) return outcome;
      const isWritten = await inherit({ ...move.inherited, attributes: {} }, false);
      return isWritten ? outcome : 'lost';
    });
    if (typeof replaced === 'object' && 'met' in replaced) return replaced;
    if (replaced === 'gone' && rotation.continues) return replaced;
    if (replaced === 'lost' || isBehind) return 'lost';
    return replaced === 'gone' ? moved : { ...moved, left: replaced };
  }

  /** Replaces the former record by the mark, or removes it if there is no mark. */
  private async putMark(
    { session: { budget }, mark }: SessionMove,
    { key }: Departure,
    seen: ReadRecord,
    progress: MoveProgress,
    turn: string | undefined,
  ): Promise<NonNullable<Departed['left']> | 'gone' | 'busy' | Conflict> {
    const { store } = this.lifecycle;
    if (mark === undefined) {
      const outcome = await store.remove(key, seen.version, budget);
      return outcome === 'removed' ? { former: seen, mark: undefined } : outcome;
    }
    progress.mayBeMarked = true;
    try {
      const outcome = await store.replace(key, seen.version, mark, budget, turn);
      const isMarked = typeof outcome === 'object' && 'version' in outcome;
      if (isMarked) return { former: seen, mark: outcome.version };
      progress.mayBeMarked = false;
      return outcome;
    } catch (error) {
      // The answer may have been lost after the mark was written; no other request writes this mark.
      const there = await store.read(key, budget);
      if (there?.payload === mark.payload) return { former: seen, mark: there.version };
      progress.mayBeMarked = !isRejection(error);
      throw error;
    }
  }
}
