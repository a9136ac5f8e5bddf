import type { SessionStore } from '../stores/session-store.js';
import type { PayloadReader, RequestSession } from './request-session.js';
import type { SessionAttributes } from './session-attributes.js';
import { idInUse } from './session-errors.js';
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

/** The session under its new key, while it takes the place of the old one. */
interface Move {
  readonly session: RequestSession;
  readonly rotation: Rotation;
  readonly key: string;
  /** What this request did to the attributes. */
  readonly changes: AttributeChanges;
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
   * First the user's index, then the new record, then the old one is removed: a store that fails in
   * between signs nobody out, since the browser keeps the old id and nobody ever learns the new one.
   */
  async rotate(session: RequestSession, rotation: Rotation): Promise<void> {
    const { attributes: base } = session.base();
    const changes = changesBetween(base, session.attributes());
    const before = applyChanges(base, changes);
    const id = this.settings.generateId(session.request.native);
    const move: Move = { session, rotation, key: keyOf(id, this.settings), changes };
    const old = { key: session.key, userId: session.userId, isStored: session.isStored };

    const draft = await this.arrive(move, this.draft(move, before), old);
    if (draft === 'gone') {
      session.state = 'gone';
      return;
    }
    if (old.userId !== undefined && old.userId !== rotation.metadata.userId) {
      await this.users.leave(old.userId, old.key);
    }
    const meanwhile = changesBetween(before, session.attributes());
    session.adopt(draft.payload, draft.record, id);
    session.refill(applyChanges(draft.record.attributes, meanwhile));
    session.isCommitted = true;
    const { userId } = rotation.metadata;
    this.emit({ type: rotation.type, handle: session.handle, userId });
    if (await this.isEndedAlready(move, draft)) session.endAtBirth();
  }

  /** Puts the session under its new key, and takes the old one away. Undoes what it did if it fails. */
  private async arrive(
    move: Move,
    first: Draft,
    old: { key: string; userId: string | undefined; isStored: boolean },
  ): Promise<Draft | 'gone'> {
    const { key, rotation } = move;
    const { userId } = rotation.metadata;
    const replacing = old.isStored && old.userId === userId ? old.key : undefined;
    await this.users.enter(key, first.record.metadata, replacing);
    try {
      const isFree = await this.store.create(key, first);
      // Whoever ended all sessions of the user meanwhile has been here already.
      if (!isFree && !(await this.users.isBuried(key))) throw idInUse();
      const last = await this.takeOver(move, first);
      if (last === 'gone') await this.withdraw(userId, key);
      return last;
    } catch (error) {
      // What is left behind expires, and nobody knows its id.
      void this.withdraw(userId, key).catch(() => undefined);
      if (replacing !== undefined) void this.users.reenter(replacing, move.session.metadata);
      throw error;
    }
  }

  private async withdraw(userId: string | undefined, key: string): Promise<void> {
    await this.store.remove(key);
    await this.users.leave(userId, key);
  }

  /**
   * Removes the old record, only as it was loaded; what other requests stored there meanwhile is
   * merged into the new one.
   */
  private async takeOver(move: Move, first: Draft): Promise<Draft | 'gone'> {
    const { session, rotation, key, changes } = move;
    let draft = first;
    let expected = session.stored;
    if (expected === undefined) return draft;
    for (;;) {
      const outcome = await this.store.remove(session.key, expected);
      if (outcome === 'done') return draft;
      const found = outcome === 'gone' ? 'gone' : this.readPayload(outcome.conflict, session);
      const isGone = outcome === 'gone' || typeof found === 'string';
      if (isGone && rotation.continues) return 'gone';
      const inherited = typeof found === 'string' ? {} : found.attributes;
      const next = this.draft(move, applyChanges(inherited, changes));
      await this.store.replace(key, draft.payload, next);
      draft = next;
      if (isGone) return draft;
      expected = outcome.conflict;
    }
  }

  /** True when someone ended the user's sessions, this one included, while it was being stored. */
  private async isEndedAlready({ key }: Move, { record }: Draft): Promise<boolean> {
    const { metadata } = record;
    if (metadata.userId === undefined || !this.users.isSupported) return false;
    if (await this.users.isEntered(key, metadata)) return false;
    if (!(await this.users.isBuried(key))) await this.users.bury(key, metadata.userId, 'revoked');
    return true;
  }

  private draft({ session, rotation, key }: Move, attributes: SessionAttributes): Draft {
    const { keep } = rotation;
    const isIndexed = this.users.isSupported && rotation.metadata.userId !== undefined;
    const indexedAt = isIndexed ? this.settings.clock() : undefined;
    const metadata = { ...rotation.metadata, indexedAt };
    return this.writer.draft(session, metadata, kept(attributes, keep), key);
  }
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}
