import { setTimeout } from 'node:timers/promises';
import type {
  Conflict,
  ReadRecord,
  SessionLimit,
  StoredRecord,
  Version,
} from '../stores/session-store.js';
import type { SessionAttributes } from './attributes.js';
import { compareAndSwap } from './compare-and-swap.js';
import { idInUse, StoreUnavailableError } from './errors.js';
import { keyOf } from './ids.js';
import type { Lifecycle } from './lifecycle.js';
import { applyChanges, changesBetween } from './merge.js';
import type { AttributeChanges } from './merge.js';
import { successorMark } from './record/marks.js';
import type { SessionMetadata } from './record/session-record.js';
import type { RecordDraft } from './record-draft.js';
import type { RequestSession } from './request-session.js';
import type { SessionSnapshot } from './snapshot.js';
import type { UserSessions } from './users/user-sessions.js';

/** How often undoing a failed move is tried again, a `storeTimeout` apart. */
const UNDO_ATTEMPTS = 3;

/** Which attributes a session takes along when it gets a new id. */
export type Keep = 'all' | 'none' | readonly string[];

/** What a rotation makes of a session. */
export interface Rotation {
  readonly type: 'loggedIn' | 'rotated';
  readonly keep: Keep;
  readonly metadata: SessionMetadata;
  /**
   * True when the new session is only the old one under another id: if another request ended that
   * one meanwhile, there is nothing to go on with. False when a sign-in vouches for the new one.
   */
  readonly continues: boolean;
}

/** The session on its way from its former key to a new one. */
interface Move {
  readonly session: RequestSession;
  readonly rotation: Rotation;
  readonly id: string;
  readonly key: string;
  /** The former record; `undefined` where there is none to give way. */
  readonly former: ReadRecord | undefined;
  /** True when its entry in the user's index goes along, since the user stays the same. */
  readonly keepsEntry: boolean;
  /** True when it stays the same session, under another id: what ends the one ends the other. */
  readonly isSameSession: boolean;
  /** The session as it was when its move began, and what this request had done to it by then. */
  readonly snapshot: SessionSnapshot;
  readonly changes: AttributeChanges;
}

/** The record under the new key. */
interface Arrival {
  readonly draft: RecordDraft;
  readonly version: Version;
  /** True once the former record gave way to this request, and its entry in the index with it. */
  readonly isFormerOurs: boolean;
  /** True when someone ended the session on its way. */
  readonly isOver: boolean;
}

/** Gives sessions new ids; the former ones stop working. */
export class SessionRotation {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly users: UserSessions,
  ) {}

  /**
   * The new record is stored first, and the former one gives way last. Until all is done nobody learns
   * the new id: when a step fails, what was made is taken back, and the session stays what it was.
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
    const move: Move = {
      session,
      rotation,
      id,
      key: keyOf(id, settings),
      former,
      keepsEntry: staysUsers && userId !== undefined && this.users.isSupported,
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
    move: Move,
    inherited: SessionAttributes,
  ): Promise<(Arrival & { readonly token: string | undefined }) | 'gone'> {
    const { store, tokens, pending } = this.lifecycle;
    const { key, rotation, session } = move;
    const { userId } = rotation.metadata;
    const limit = userId === undefined ? undefined : await this.users.limitOf(userId);
    const draft = this.draft(move, inherited);
    let isTaken = false;
    try {
      const created = await store.create(key, draft, session.budget);
      isTaken = created === 'taken';
      if (created === 'taken') throw idInUse();
      if (!move.keepsEntry) await this.users.add(key, draft.record, limit, session.budget);
      const arrival = await this.takeOver(move, { draft, version: created.version });
      if (arrival === 'gone' || !(await this.isEntered(move, arrival, limit))) {
        await this.takeBack(move);
        return 'gone';
      }
      return { ...arrival, token: tokens.tokenOf(session, move.id, arrival.draft) };
    } catch (error) {
      if (isTaken) throw error; // what is there is somebody else's
      const undone = this.undo(move);
      pending.add(undone.catch(() => this.undoLater(move)));
      // A store that has just failed is not waited for again.
      if (!(error instanceof StoreUnavailableError)) await undone.catch(() => undefined);
      throw error;
    }
  }

  /** Tries again while the store is down; what is left after that expires. */
  private async undoLater(move: Move, attempts = UNDO_ATTEMPTS): Promise<void> {
    await setTimeout(this.lifecycle.settings.storeTimeout, undefined, { ref: false });
    await this.undo(move).catch(() =>
      attempts > 1 ? this.undoLater(move, attempts - 1) : undefined,
    );
  }

  /** Leaves neither the new record nor an entry of it. */
  private async takeBack({ key, rotation }: Move): Promise<void> {
    try {
      await this.lifecycle.store.remove(key);
    } finally {
      await this.users.remove(rotation.metadata.userId, key);
    }
  }

  /**
   * Leaves nothing of a move that failed. The former record may have given way before that, and its
   * entry would stand for nothing; one whose record another request has taken is that one's to move.
   */
  private async undo(move: Move): Promise<void> {
    try {
      await this.takeBack(move);
    } finally {
      const { keepsEntry, session, rotation } = move;
      const { userId } = rotation.metadata;
      if (keepsEntry && userId !== undefined) await this.users.removeIfOver(userId, session.key);
    }
  }

  /**
   * Has the index know the session by its new key. If its entry is gone, the session was ended
   * meanwhile: a sign-in makes a new entry, and anything else ends here.
   */
  private async isEntered(
    { session, rotation, key, keepsEntry }: Move,
    { draft, isFormerOurs }: Arrival,
    limit: SessionLimit | undefined,
  ): Promise<boolean> {
    const { budget, userId } = session;
    if (!keepsEntry) {
      if (isFormerOurs) await this.users.remove(userId, session.key, budget);
      return true;
    }
    const { record } = draft;
    if (isFormerOurs && (await this.users.moveEntry(session.key, key, record, budget))) return true;
    if (rotation.continues) return false;
    await this.users.add(key, record, limit, budget);
    return true;
  }

  /**
   * Has the former record give way, only as it was loaded; what other requests stored there meanwhile
   * is merged into the new one.
   */
  private async takeOver(
    move: Move,
    first: Pick<Arrival, 'draft' | 'version'>,
  ): Promise<Arrival | 'gone'> {
    const { store, records } = this.lifecycle;
    const { session, rotation, former, key } = move;
    if (former === undefined) return { ...first, isFormerOurs: false, isOver: false };
    let arrival: Arrival = { ...first, isFormerOurs: true, isOver: false };
    const inherit = async (inherited: SessionAttributes, isFormerOurs: boolean): Promise<void> => {
      const draft = this.draft(move, inherited);
      const outcome = await store.replace(key, arrival.version, draft, session.budget);
      const isWritten = typeof outcome === 'object' && 'version' in outcome;
      const version = isWritten ? outcome.version : arrival.version;
      arrival = { draft, version, isFormerOurs, isOver: arrival.isOver || !isWritten };
    };
    const mark = this.markOf(move);
    const given = await compareAndSwap(former, async (seen) => {
      const newer = seen === former ? undefined : records.read(seen, session);
      if (typeof newer === 'object') await inherit(newer.attributes, true);
      const outcome = typeof newer === 'string' ? 'gone' : await this.giveWay(session, seen, mark);
      if (outcome === 'gone' && !rotation.continues) await inherit({}, false);
      return outcome;
    });
    return given === 'gone' && rotation.continues ? 'gone' : arrival;
  }

  /** Puts the mark in the former record's place, or removes that, where no mark can be left. */
  private async giveWay(
    { key, budget }: RequestSession,
    { version }: ReadRecord,
    mark: StoredRecord | undefined,
  ): Promise<'given' | 'gone' | Conflict> {
    const { store } = this.lifecycle;
    if (mark === undefined) {
      const outcome = await store.remove(key, version, budget);
      return outcome === 'removed' ? 'given' : outcome;
    }
    try {
      const outcome = await store.replace(key, version, mark, budget);
      return outcome === 'gone' || 'conflict' in outcome ? outcome : 'given';
    } catch (error) {
      // Whether it was done is unknown, and the mark, which is no other's, tells.
      if ((await store.read(key, budget))?.payload === mark.payload) return 'given';
      throw error;
    }
  }

  /**
   * Who holds only the former id may still be signing out: the mark leads them to the session. It is
   * for stores that know users, and keys that no id can be: plain express-session would take it for a
   * session.
   */
  private markOf({ session, key, isSameSession, former }: Move): StoredRecord | undefined {
    const { settings, format } = this.lifecycle;
    if (!this.users.isSupported || !settings.hashIds) return undefined;
    const mark = successorMark({ key, isSameSession }, settings.clock());
    return format.sealed(mark, session.key, former?.payload);
  }

  /** The record under the new key: what it inherits, and what this request did to that. */
  private draft(move: Move, inherited: SessionAttributes): RecordDraft {
    const { session, rotation, key, isSameSession, snapshot, changes } = move;
    const isIndexed = this.users.isSupported && rotation.metadata.userId !== undefined;
    const metadata = {
      ...rotation.metadata,
      indexedAt: isIndexed ? this.lifecycle.settings.clock() : undefined,
      lineage: isSameSession ? session.lineage : undefined,
    };
    const attributes = kept(applyChanges(inherited, changes), rotation.keep);
    return this.lifecycle.drafts.of(session, metadata, snapshot.with(attributes), key);
  }
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}
