import { setTimeout } from 'node:timers/promises';
import type { SessionLimit } from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges, changesBetween } from '../data/merge.js';
import { IdInUseError, SessionLimitError, StoreUnavailableError } from '../errors.js';
import { keyOf } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RequestSession } from '../state/request-session.js';
import type { SessionIndex } from '../users/session-index.js';
import type { UserSessions } from '../users/user-sessions.js';
import { draftOf } from './move.js';
import type { MovedRecord, Rotation, SessionMove } from './move.js';
import { MoveAtOnce } from './move-at-once.js';
import { MoveInSteps } from './move-in-steps.js';

/** How often undoing a failed move is tried again, one `storeTimeout` apart. */
const UNDO_ATTEMPTS = 3;

/** Gives sessions new ids; the former ones stop working. */
export class SessionRotation {
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
   * Nobody learns the new id until all is done. When a step fails, what was made is removed, and the
   * session stays as it was.
   */
  async rotate(session: RequestSession, rotation: Rotation): Promise<void> {
    const { settings, emit } = this.lifecycle;
    const { state, userId, view } = session;
    const base = session.storedAttributes();
    const changes = changesBetween(base, view.attributes());
    const id = session.edge.generateId();
    const snapshot = session.snapshot();
    const former = state.is === 'stored' ? state.stored : undefined;
    const staysUsers = former !== undefined && userId === rotation.metadata.userId;
    const move: SessionMove = {
      session,
      rotation,
      id,
      key: keyOf(id, settings),
      former,
      keepsEntry: staysUsers && userId !== undefined && this.index.isSupported,
      isSameSession: staysUsers && rotation.continues && rotation.keep === 'all',
      snapshot,
      changes,
    };
    const moved = await this.move(move, former === undefined ? {} : base);
    if (moved === 'gone') return session.lose();
    const { draft, version, token, wasEnded } = moved;
    session.become({ payload: draft.payload, version }, draft.record, id);
    view.renewCookie(snapshot.cookie);
    if (token !== undefined) session.carry(token);
    session.showNewer(draft.record.attributes, applyChanges(base, changes));
    session.written = 'commit';
    emit({ type: rotation.type, handle: session.handle, userId: rotation.metadata.userId });
    if (wasEnded) session.lose();
  }

  /** Moves the session to its new key, completely or not at all. */
  private async move(
    move: SessionMove,
    inherited: SessionAttributes,
  ): Promise<(MovedRecord & { readonly token: string | undefined }) | 'gone'> {
    const { tokens, pending } = this.lifecycle;
    const { session, id } = move;
    const { userId } = move.rotation.metadata;
    const limit = userId === undefined ? undefined : await this.index.limitOf(userId);
    const draft = draftOf(this.lifecycle, move, inherited);
    try {
      const moved = await this.mover.move(move, draft, limit);
      if (moved === 'full') throw await this.limitReached(move, limit);
      if (moved === 'gone') {
        await this.removeNew(move);
        return 'gone';
      }
      return { ...moved, token: tokens.tokenOf(session, id, moved.draft) };
    } catch (error) {
      if (error instanceof IdInUseError) throw error; // the record there is another session's
      const undone = this.undo(move);
      pending.add(undone.catch(() => this.undoLater(move)));
      // The request does not wait again for a store that has just failed.
      if (!(error instanceof StoreUnavailableError)) await undone.catch(() => undefined);
      throw error;
    }
  }

  private async limitReached(
    { session, rotation }: SessionMove,
    limit: SessionLimit | undefined,
  ): Promise<SessionLimitError> {
    const { userId = '' } = rotation.metadata;
    const sessions = await this.users.list(userId, undefined, session.budget);
    return new SessionLimitError(limit?.max ?? 0, sessions);
  }

  /** Tries again while the store is down. What is left after that expires. */
  private async undoLater(move: SessionMove, attempts = UNDO_ATTEMPTS): Promise<void> {
    await setTimeout(this.lifecycle.settings.storeTimeout, undefined, { ref: false });
    await this.undo(move).catch(() =>
      attempts > 1 ? this.undoLater(move, attempts - 1) : undefined,
    );
  }

  /** Removes the new record and its entry. */
  private async removeNew({ key, rotation }: SessionMove): Promise<void> {
    try {
      await this.lifecycle.store.remove(key);
    } finally {
      await this.index.remove(rotation.metadata.userId, key);
    }
  }

  /**
   * Removes everything of a failed move. The former record may have been replaced before that: then its
   * entry is dead, and is removed too. An entry that another request is about to move is left.
   */
  private async undo(move: SessionMove): Promise<void> {
    try {
      await this.removeNew(move);
    } finally {
      const { keepsEntry, session, rotation } = move;
      const { userId } = rotation.metadata;
      if (keepsEntry && userId !== undefined)
        await this.index.dead.removeIfOver(userId, session.key);
    }
  }
}
