import { setTimeout } from 'node:timers/promises';
import type { StoredRecord, StoreOutcome } from '../stores/session-store.js';
import type { BoundedStore } from './storage/bounded-store.js';
import { stepAside } from './storage/contention.js';
import type { PayloadReader } from './record/payload-reader.js';
import type { PendingWork } from './storage/pending-work.js';
import { lineageOf } from './record/record-reader.js';
import type { RequestSession } from './request-session.js';
import { rotationMark } from './record/rotation-mark.js';
import type { SessionAttributes } from './attributes.js';
import { idInUse, StoreUnavailableError } from './errors.js';
import type { Emit } from './events.js';
import { keyOf } from './ids.js';
import { applyChanges, changesBetween } from './merge.js';
import type { AttributeChanges } from './merge.js';
import type { SessionMetadata } from './record/session-record.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { SessionSnapshot } from './snapshot.js';
import type { SealedToken } from './token/sealed-token.js';
import type { SessionTokens } from './token/session-tokens.js';
import type { Draft, SessionWriter } from './record-draft.js';
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

/** The session on its way from its old key to a new one. */
interface Move {
  readonly session: RequestSession;
  readonly rotation: Rotation;
  readonly id: string;
  readonly key: string;
  /** True when its entry in the user's index goes along, since the user stays the same. */
  readonly keepsEntry: boolean;
  /** True when it stays the same session, under another id: what ends the one ends the other. */
  readonly isSameSession: boolean;
  /** The session as it was when its move began, and what this request had done to it by then. */
  readonly snapshot: SessionSnapshot;
  readonly changes: AttributeChanges;
}

/** Where a session has arrived. */
interface Arrival {
  readonly draft: Draft;
  /** What its cookie is to hold, where cookies carry records. */
  readonly token: SealedToken | undefined;
  /** True when someone ended it on its way. */
  readonly isOver: boolean;
}

/** What came of taking the old record's place. */
interface Taken {
  readonly draft: Draft;
  /** False when there was none, or someone else took it, and its entry in the index with it. */
  readonly isOldOurs: boolean;
  /** True when someone ended the new session already. */
  readonly isOver: boolean;
}

/** Gives sessions new ids; the old ones stop working. */
export class SessionRotation {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly writer: SessionWriter,
    private readonly users: UserSessions,
    private readonly tokens: SessionTokens,
    private readonly pending: PendingWork,
    private readonly readPayload: PayloadReader,
    private readonly emit: Emit,
  ) {}

  /**
   * The new record is stored first, and the old one gives way last. Until all is done nobody learns
   * the new id: when a step fails, what was made is taken back, and the session stays what it was.
   */
  async rotate(session: RequestSession, rotation: Rotation): Promise<void> {
    const { attributes: base } = session.base();
    const changes = changesBetween(base, session.attributes());
    const before = applyChanges(base, changes);
    const id = this.settings.generateId(session.request.native);
    const key = keyOf(id, this.settings);
    const { userId } = session;
    const staysUsers = session.isStored && userId === rotation.metadata.userId;
    const keepsEntry = staysUsers && userId !== undefined && this.users.isSupported;
    const snapshot = session.snapshot();
    const isSameSession = staysUsers && rotation.continues && rotation.keep === 'all';
    const move = { session, rotation, id, key, keepsEntry, isSameSession, snapshot, changes };

    const arrival = await this.arrive(move, before);
    if (arrival === 'gone') {
      session.lose();
      return;
    }
    const { draft, token, isOver } = arrival;
    session.adopt(draft.payload, draft.record, snapshot.cookie, id);
    if (token !== undefined) session.carry(token);
    session.follow(draft.record.attributes, before);
    session.isCommitted = true;
    this.emit({ type: rotation.type, handle: session.handle, userId: rotation.metadata.userId });
    if (isOver) session.lose();
  }

  /** Puts the session under its new key, and takes the old one away; all of it, or nothing. */
  private async arrive(move: Move, before: SessionAttributes): Promise<Arrival | 'gone'> {
    const { key, rotation, session } = move;
    const { userId } = rotation.metadata;
    const limit = userId === undefined ? undefined : await this.users.limitOf(userId);
    const first = this.draft(move, before);
    let isTaken = false;
    try {
      isTaken = !(await this.store.create(key, first, session.budget));
      if (isTaken) throw idInUse();
      if (!move.keepsEntry) await this.users.enter(key, first.record, limit, session.budget);
      const taken = await this.takeOver(move, first);
      const isHere = taken !== 'gone' && (await this.isEntered(move, taken, limit));
      if (!isHere) {
        await this.takeBack(move);
        return 'gone';
      }
      const token = this.tokens.tokenOf(session, move.id, taken.draft);
      return { ...taken, token };
    } catch (error) {
      if (isTaken) throw error; // what stands there is somebody else's
      const undone = this.undo(move);
      this.pending.add(undone.catch(() => this.undoLater(move)));
      // A store that has just failed is not waited for again.
      if (!(error instanceof StoreUnavailableError)) await undone.catch(() => undefined);
      throw error;
    }
  }

  /** Tries again while the store is down; what is left after that expires. */
  private async undoLater(move: Move, attempts = UNDO_ATTEMPTS): Promise<void> {
    await setTimeout(this.settings.storeTimeout, undefined, { ref: false });
    await this.undo(move).catch(() =>
      attempts > 1 ? this.undoLater(move, attempts - 1) : undefined,
    );
  }

  /** Leaves neither the new record nor an entry of it. */
  private async takeBack({ key, rotation }: Move): Promise<void> {
    try {
      await this.store.remove(key);
    } finally {
      await this.users.leave(rotation.metadata.userId, key);
    }
  }

  /**
   * Leaves nothing of a move that failed. The old record may have given way before that, and its entry
   * would stand for nothing; one whose record another request has taken is that one's to move.
   */
  private async undo(move: Move): Promise<void> {
    try {
      await this.takeBack(move);
    } finally {
      const { keepsEntry, session, rotation } = move;
      const { userId } = rotation.metadata;
      if (keepsEntry && userId !== undefined) await this.users.leaveIfDead(userId, session.key);
    }
  }

  /**
   * Has the index know the session by its new key. If its entry is gone, the session was ended
   * meanwhile: a sign-in makes a new entry, and anything else ends here.
   */
  private async isEntered(
    { session, rotation, key, keepsEntry }: Move,
    { draft, isOldOurs }: Taken,
    limit: Parameters<UserSessions['enter']>[2],
  ): Promise<boolean> {
    const { budget, userId } = session;
    if (!keepsEntry) {
      if (isOldOurs) await this.users.leave(userId, session.key, budget);
      return true;
    }
    if (isOldOurs && (await this.users.follow(session.key, key, draft.record, budget))) return true;
    if (rotation.continues) return false;
    await this.users.enter(key, draft.record, limit, budget);
    return true;
  }

  /**
   * Takes the old record's place, only as it was loaded; what other requests stored there meanwhile
   * is merged into the new one.
   */
  private async takeOver(move: Move, first: Draft): Promise<Taken | 'gone'> {
    const { session, rotation, key, changes } = move;
    const { budget } = session;
    const mark = this.markOf(move);
    let draft = first;
    let isOver = false;
    let expected = session.stored;
    if (expected === undefined) return { draft, isOldOurs: false, isOver };
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.giveWay(session, expected, mark);
      if (outcome === 'done') return { draft, isOldOurs: true, isOver };
      const found = outcome === 'gone' ? 'gone' : this.readPayload(outcome.conflict, session);
      const isGone = outcome === 'gone' || typeof found === 'string';
      if (isGone && rotation.continues) return 'gone';
      const inherited = typeof found === 'string' ? {} : found.attributes;
      const next = this.draft(move, applyChanges(inherited, changes));
      isOver ||= (await this.store.replace(key, draft.payload, next, budget)) !== 'done';
      draft = next;
      if (isGone) return { draft, isOldOurs: false, isOver };
      expected = outcome.conflict;
      await stepAside(attempt);
    }
  }

  /** Puts the mark in the old record's place, or removes that, where no mark can be left. */
  private async giveWay(
    { key, budget }: RequestSession,
    expected: string,
    mark: StoredRecord | undefined,
  ): Promise<StoreOutcome> {
    if (mark === undefined) return this.store.remove(key, expected, budget);
    try {
      return await this.store.replace(key, expected, mark, budget);
    } catch (error) {
      // Whether it was done is unknown, and the mark, which is no other's, tells.
      if ((await this.store.read(key, budget)) === mark.payload) return 'done';
      throw error;
    }
  }

  /**
   * Who holds only the former id may still be signing out: the mark leads them to the session. It is
   * for stores that know users, and keys that no id can be: plain express-session would take it for a
   * session.
   */
  private markOf({ session, key, isSameSession }: Move): StoredRecord | undefined {
    if (!this.users.isSupported || !this.settings.hashIds) return undefined;
    const mark = rotationMark({ successor: key, isSameSession }, this.settings.clock());
    const { codec } = this.settings;
    return {
      ...mark,
      payload: codec?.seal(mark.payload, session.key, session.stored) ?? mark.payload,
    };
  }

  private draft(move: Move, attributes: SessionAttributes): Draft {
    const { session, rotation, key, isSameSession, snapshot } = move;
    const isEntered = this.users.isSupported && rotation.metadata.userId !== undefined;
    const metadata = {
      ...rotation.metadata,
      indexedAt: isEntered ? this.settings.clock() : undefined,
      lineage: isSameSession ? lineageOf(session.loaded(), session.key) : undefined,
    };
    const carried = snapshot.with(kept(attributes, rotation.keep));
    return this.writer.draft(session, metadata, carried, key);
  }
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}
