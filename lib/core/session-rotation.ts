import { stepAside } from './contention.js';
import type { SessionStore } from '../stores/session-store.js';
import type { PayloadReader } from './payload-reader.js';
import type { RequestSession } from './request-session.js';
import type { SessionAttributes } from './session-attributes.js';
import { idInUse } from './session-errors.js';
import type { SessionSnapshot } from './session-snapshot.js';
import type { Emit } from './session-events.js';
import { keyOf } from './session-id.js';
import { applyChanges, changesBetween } from './session-merge.js';
import type { AttributeChanges } from './session-merge.js';
import type { SessionMetadata } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import type { Draft, SessionWriter } from './session-writer.js';
import type { UserSessions } from './user-sessions.js';

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
  readonly key: string;
  /** The entry in the user's index that stays this session's, when the user stays the same. */
  readonly formerKey: string | undefined;
  /** The session as it was when its move began, and what this request had done to it by then. */
  readonly snapshot: SessionSnapshot;
  readonly changes: AttributeChanges;
}

/** What came of taking the old record away. */
interface Taken {
  readonly draft: Draft;
  /** False when there was none, or someone else took it, and its entry in the index with it. */
  readonly isOldOurs: boolean;
}

/** Gives sessions new ids; the old ones stop working. */
export class SessionRotation {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: SessionStore,
    private readonly writer: SessionWriter,
    private readonly users: UserSessions,
    private readonly readPayload: PayloadReader,
    private readonly emit: Emit,
  ) {}

  /**
   * The new record is stored first and the old one removed then: a store that fails until then signs
   * nobody out, since the browser keeps the old id and nobody ever learns the new one. A sign-in
   * enters the user's index before all that; a session that stays its user's keeps its entry, which
   * learns the new key at the end.
   */
  async rotate(session: RequestSession, rotation: Rotation): Promise<void> {
    const { attributes: base } = session.base();
    const changes = changesBetween(base, session.attributes());
    const before = applyChanges(base, changes);
    const id = this.settings.generateId(session.request.native);
    const key = keyOf(id, this.settings);
    const { userId } = session;
    const staysUsers = session.isStored && userId === rotation.metadata.userId;
    const isIndexed = userId !== undefined && this.users.isSupported;
    const formerKey = staysUsers && isIndexed ? session.key : undefined;
    const snapshot = session.snapshot();
    const move: Move = { session, rotation, key, formerKey, snapshot, changes };

    const taken = await this.arrive(move, this.draft(move, before));
    if (taken === 'gone') {
      session.lose();
      return;
    }
    const { draft, isOldOurs } = taken;
    if (isOldOurs && formerKey === undefined) await this.users.leave(userId, session.key);
    session.adopt(draft.payload, draft.record, snapshot.cookie, id);
    session.follow(draft.record.attributes, before);
    session.isCommitted = true;
    this.emit({ type: rotation.type, handle: session.handle, userId: rotation.metadata.userId });
    if (await this.isEndedAlready(move, draft)) session.lose();
  }

  /** Puts the session under its new key, and takes the old one away. */
  private async arrive(move: Move, first: Draft): Promise<Taken | 'gone'> {
    const { key, formerKey, rotation } = move;
    const { userId } = rotation.metadata;
    if (formerKey === undefined) await this.users.enter(key, first.record);
    let isSomeoneElses = false;
    try {
      const isFree = await this.store.create(key, first);
      // Whoever ended all sessions of the user meanwhile has been here already.
      isSomeoneElses = !isFree && !(await this.users.isBuried(key));
      if (isSomeoneElses) throw idInUse();
      const taken = await this.takeOver(move, first);
      const isOver = taken === 'gone' || !(await this.isStillUsers(move, taken));
      if (!isOver) return taken;
      await this.withdraw(userId, key);
      return 'gone';
    } catch (error) {
      // What is left behind expires, and nobody knows its id.
      if (isSomeoneElses) await this.users.leave(userId, key);
      else this.withdraw(userId, key).catch(() => undefined);
      throw error;
    }
  }

  private async withdraw(userId: string | undefined, key: string): Promise<void> {
    await this.store.remove(key);
    await this.users.leave(userId, key);
  }

  /**
   * Tells the index the new key. If the session was ended meanwhile, a sign-in makes a new entry,
   * and anything else ends here. It ends here too if the store fails: a session that the index does
   * not know by its key could not be ended.
   */
  private async isStillUsers(
    { key, formerKey, rotation }: Move,
    { draft, isOldOurs }: Taken,
  ): Promise<boolean> {
    if (formerKey === undefined) return true;
    if (isOldOurs && (await this.users.isEntered(key, draft.record))) return true;
    if (rotation.continues) return false;
    await this.users.enter(key, draft.record);
    return true;
  }

  /**
   * Removes the old record, only as it was loaded; what other requests stored there meanwhile is
   * merged into the new one.
   */
  private async takeOver(move: Move, first: Draft): Promise<Taken | 'gone'> {
    const { session, rotation, key, changes } = move;
    let draft = first;
    let expected = session.stored;
    if (expected === undefined) return { draft, isOldOurs: false };
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.store.remove(session.key, expected);
      if (outcome === 'done') return { draft, isOldOurs: true };
      const found = outcome === 'gone' ? 'gone' : this.readPayload(outcome.conflict, session);
      const isGone = outcome === 'gone' || typeof found === 'string';
      if (isGone && rotation.continues) return 'gone';
      const inherited = typeof found === 'string' ? {} : found.attributes;
      const kind = isGone ? { ...move, formerKey: undefined } : move;
      const next = this.draft(kind, applyChanges(inherited, changes));
      await this.store.replace(key, draft.payload, next);
      draft = next;
      if (isGone) return { draft, isOldOurs: false };
      expected = outcome.conflict;
      await stepAside(attempt);
    }
  }

  /** True when someone ended the user's sessions, this one included, while it was being stored. */
  private async isEndedAlready(
    { key, formerKey }: Move,
    { record, payload }: Draft,
  ): Promise<boolean> {
    const isNewEntry = record.metadata.userId !== undefined && formerKey === undefined;
    if (!isNewEntry || !this.users.isSupported) return false;
    if (await this.users.isEntered(key, record)) return false;
    await this.users.finish(key, payload);
    return true;
  }

  private draft(move: Move, attributes: SessionAttributes): Draft {
    const { session, rotation, key, formerKey, snapshot } = move;
    const isEntered = this.users.isSupported && rotation.metadata.userId !== undefined;
    const indexedAt = isEntered && formerKey === undefined ? this.settings.clock() : undefined;
    const metadata = { ...rotation.metadata, indexedAt, formerKey };
    const carried = snapshot.with(kept(attributes, rotation.keep));
    return this.writer.draft(session, metadata, carried, key);
  }
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}
