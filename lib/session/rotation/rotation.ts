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
import type { Arrival, Rotation, SessionMove } from './move.js';
import { MoveAtOnce } from './move-at-once.js';
import { MoveInSteps } from './move-in-steps.js';

/** How often undoing a failed move is tried again, a `storeTimeout` apart. */
const UNDO_ATTEMPTS = 3;

/** Gives sessions new ids; the former ones stop working. */
export class SessionRotation {
  private readonly moving: MoveAtOnce | MoveInSteps;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
    private readonly users: UserSessions,
  ) {
    const Moving = index.canMoveAtOnce ? MoveAtOnce : MoveInSteps;
    this.moving = new Moving(lifecycle, index);
  }

  /**
   * Until all is done nobody learns the new id: when a step fails, what was made is taken back, and the
   * session stays what it was.
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
    const arrived = await this.arrive(move, former === undefined ? {} : base);
    if (arrived === 'gone') return session.lose();
    const { draft, version, token, isOver } = arrived;
    session.become({ payload: draft.payload, version }, draft.record, id);
    view.renewCookie(snapshot.cookie);
    if (token !== undefined) session.carry(token);
    session.showNewer(draft.record.attributes, applyChanges(base, changes));
    session.written = 'commit';
    emit({ type: rotation.type, handle: session.handle, userId: rotation.metadata.userId });
    if (isOver) session.lose();
  }

  /** Puts the session under its new key, and takes the former one away; all of it, or nothing. */
  private async arrive(
    move: SessionMove,
    inherited: SessionAttributes,
  ): Promise<(Arrival & { readonly token: string | undefined }) | 'gone'> {
    const { tokens, pending } = this.lifecycle;
    const { session, id } = move;
    const { userId } = move.rotation.metadata;
    const limit = userId === undefined ? undefined : await this.index.limitOf(userId);
    const draft = draftOf(this.lifecycle, move, inherited);
    try {
      const arrival = await this.moving.move(move, draft, limit);
      if (arrival === 'full') throw await this.limitReached(move, limit);
      if (arrival === 'gone') {
        await this.takeBack(move);
        return 'gone';
      }
      return { ...arrival, token: tokens.tokenOf(session, id, arrival.draft) };
    } catch (error) {
      if (error instanceof IdInUseError) throw error; // what is there is somebody else's
      const undone = this.undo(move);
      pending.add(undone.catch(() => this.undoLater(move)));
      // A store that has just failed is not waited for again.
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

  /** Tries again while the store is down; what is left after that expires. */
  private async undoLater(move: SessionMove, attempts = UNDO_ATTEMPTS): Promise<void> {
    await setTimeout(this.lifecycle.settings.storeTimeout, undefined, { ref: false });
    await this.undo(move).catch(() =>
      attempts > 1 ? this.undoLater(move, attempts - 1) : undefined,
    );
  }

  /** Leaves neither the new record nor an entry of it. */
  private async takeBack({ key, rotation }: SessionMove): Promise<void> {
    try {
      await this.lifecycle.store.remove(key);
    } finally {
      await this.index.remove(rotation.metadata.userId, key);
    }
  }

  /**
   * Leaves nothing of a move that failed. The former record may have given way before that, and its
   * entry would stand for nothing; one whose record another request has taken is that one's to move.
   */
  private async undo(move: SessionMove): Promise<void> {
    try {
      await this.takeBack(move);
    } finally {
      const { keepsEntry, session, rotation } = move;
      const { userId } = rotation.metadata;
      if (keepsEntry && userId !== undefined) await this.index.removeIfOver(userId, session.key);
    }
  }
}
