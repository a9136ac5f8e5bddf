import { setTimeout } from 'node:timers/promises';
import type { SessionLimit } from '../../stores/session-store.js';
import { IdInUseError, StoreUnavailableError } from '../errors.js';
import { keyOf } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import type { UserSessions } from '../users/user-sessions.js';
import { draftOf, markOf, unlistedDraft } from './move.js';
import type {
  Departure,
  MovedRecord,
  MoveProgress,
  Overtaken,
  RotatingSession,
  SessionMove,
} from './move.js';
import { MoveAtOnce } from './move-at-once.js';
import { MoveInSteps } from './move-in-steps.js';

/** How often undoing a failed move is tried again, one `storeTimeout` apart. */
const UNDO_ATTEMPTS = 3;

/** A session that was moved; with its token, if its cookie carries the record. */
export type MovedSession = MovedRecord & { readonly token: string | undefined };

/** Moves sessions to new keys, completely or not at all. */
export class SessionMoving {
  private readonly mover: MoveAtOnce | MoveInSteps;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly users: UserSessions,
  ) {
    const Mover = index.canMoveAtOnce ? MoveAtOnce : MoveInSteps;
    this.mover = new Mover(lifecycle, index);
  }

  /**
   * Moves a session. Nobody learns the new id until all is done. If a step fails, what was made is removed
   * again, unless a mark may lead there: then whoever tries again joins it.
   * @returns `again` if what was made is not this request's any more: another sign-in has it, or it is gone
   * @throws SessionLimitError if the user may not have one more session
   */
  async move(
    rotating: RotatingSession,
    id: string,
    from: Departure | undefined,
    limit: SessionLimit | undefined,
  ): Promise<MovedSession | Overtaken | 'gone' | 'again'> {
    const { tokens, pending } = this.lifecycle;
    const { session } = rotating;
    const move = this.prepare(rotating, id, from);
    const progress: MoveProgress = { mayBeMarked: false };
    try {
      const draft = draftOf(this.lifecycle, move, move.inherited);
      const moved = await this.mover.move(move, draft, limit, progress);
      if (moved === 'lost') return 'again';
      if (moved === 'gone') return (await this.withdraw(move, progress)) ? moved : 'again';
      if (moved !== 'full') {
        return 'met' in moved
          ? moved
          : { ...moved, token: tokens.tokenOf(session, id, moved.draft) };
      }
    } catch (error) {
      if (error instanceof IdInUseError) throw error; // the record there is another session's
      const undone = this.undo(move, progress);
      pending.add(undone.catch(() => this.undoLater(move, progress)));
      // The request does not wait again for a store that has just failed.
      if (!(error instanceof StoreUnavailableError)) await undone.catch(() => undefined);
      throw error;
    }
    const { userId = '' } = move;
    throw await this.users.limitReached(userId, limit, session.budget);
  }

  private prepare(rotating: RotatingSession, id: string, from: Departure | undefined): SessionMove {
    const { rotation } = rotating;
    const inherited = from?.leaves ?? {
      metadata: rotating.session.record().metadata, // also of a session that was ended meanwhile
      attributes: {},
    };
    const { keep, metadata } = rotation.renewed(inherited.metadata);
    const { userId } = metadata;
    const staysUsers = from?.leaves !== undefined && from.leaves.metadata.userId === userId;
    const move = {
      ...rotating,
      payloads: new Set<string>(),
      id,
      key: keyOf(id, this.lifecycle.settings),
      from,
      inherited,
      userId,
      keepsEntry: staysUsers && userId !== undefined && this.index.isSupported,
      isSameSession: staysUsers && rotation.continues && keep === 'all',
    };
    return { ...move, mark: markOf(this.lifecycle, move) };
  }

  /** Tries again while the store is down. What is left after that expires. */
  private async undoLater(
    move: SessionMove,
    progress: MoveProgress,
    attempts = UNDO_ATTEMPTS,
  ): Promise<void> {
    await setTimeout(this.lifecycle.settings.storeTimeout, undefined, { ref: false });
    await this.undo(move, progress).catch(() =>
      attempts > 1 ? this.undoLater(move, progress, attempts - 1) : undefined,
    );
  }

  /**
   * Takes back the new record and its entry. If there may be a mark, the record stays for whoever comes by
   * it, without its entry.
   * @returns false, having done nothing, if another sign-in has come by already: then both are in use
   */
  private async withdraw(move: SessionMove, progress: MoveProgress): Promise<boolean> {
    const { store } = this.lifecycle;
    const { key, userId, isSameSession, payloads } = move;
    const made = progress.stored ?? (await store.read(key));
    const outcome =
      made &&
      (await compareAndSwap(made, async (seen) => {
        // Those who go on with the same session have no part in it when it is over.
        if (!isSameSession && !payloads.has(seen.payload)) return 'joined';
        const unlisted = progress.mayBeMarked && unlistedDraft(this.lifecycle, move, seen);
        return unlisted
          ? store.renew(key, seen.version, unlisted)
          : store.remove(key, seen.version);
      }));
    if (outcome === 'joined') return false;
    await this.index.remove(userId, key);
    return true;
  }

  /**
   * Removes what a failed move has made. The former record may have been replaced before that: then its entry
   * is dead, and is removed too. An entry that another request is about to move is left. If there may be a
   * mark that leads to what is still the same session, all of it stays.
   */
  private async undo(move: SessionMove, progress: MoveProgress): Promise<void> {
    const { keepsEntry, isSameSession, from, userId } = move;
    if (progress.mayBeMarked && isSameSession) return;
    try {
      await this.withdraw(move, progress);
    } finally {
      if (keepsEntry && userId !== undefined && from !== undefined) {
        await this.index.dead.removeIfOver(userId, from.key);
      }
    }
  }
}
