import type { SessionStore } from '../stores/session-store.js';
import type { PayloadReader, RequestSession } from './request-session.js';
import type { SessionAttributes } from './session-attributes.js';
import type { SessionCommit } from './session-commit.js';
import type { SessionEvent } from './session-events.js';
import { keyOf } from './session-id.js';
import { applyChanges, changesBetween } from './session-merge.js';
import type { AttributeChanges } from './session-merge.js';
import type { SessionMetadata, SessionRecord } from './session-record.js';
import type { SessionSettings } from './session-settings.js';

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

/** Gives sessions new ids; the old ones stop working. */
export class SessionRotation {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: SessionStore,
    private readonly commits: SessionCommit,
    private readonly readPayload: PayloadReader,
    private readonly emit: (event: Omit<SessionEvent, 'at'>) => void,
  ) {}

  /**
   * The new record is stored first and the old one removed then, so that a store which fails in
   * between signs nobody out: the browser keeps the old id, and nobody ever learns the new one.
   * The old record is removed only as it was loaded; what other requests stored there meanwhile is
   * merged into the new one.
   */
  async rotate(session: RequestSession, rotation: Rotation): Promise<void> {
    const before = this.snapshot(session);
    const id = this.settings.generateId(session.request.native);
    const key = keyOf(id, this.settings);
    const first = this.draft(session, rotation, key, before.attributes);
    await this.commits.createUnder(key, this.commits.stored(first.payload, first.record));
    let last: Draft | 'gone';
    try {
      last = await this.takeOver(session, rotation, key, first, before.changes);
    } catch (error) {
      this.store.remove(key).catch(() => undefined); // left behind, it expires; nobody knows its id
      throw error;
    }
    if (last === 'gone') {
      await this.store.remove(key);
      session.state = 'gone';
      return;
    }
    const meanwhile = changesBetween(before.attributes, session.attributes());
    session.adopt(last.payload, last.record, id);
    session.refill(applyChanges(last.record.attributes, meanwhile));
    session.isCommitted = true;
    const { handle, metadata } = session;
    this.emit({ type: rotation.type, handle, userId: metadata.userId });
  }

  private snapshot(session: RequestSession): {
    attributes: SessionAttributes;
    changes: AttributeChanges;
  } {
    const { attributes: base } = session.base();
    const changes = changesBetween(base, session.attributes());
    return { attributes: applyChanges(base, changes), changes };
  }

  private draft(
    session: RequestSession,
    { metadata, keep }: Rotation,
    key: string,
    attributes: SessionAttributes,
  ): Draft {
    const record = this.commits.recordOf(session, metadata, kept(attributes, keep));
    return { record, payload: this.commits.payloadOf(record, key) };
  }

  /** Removes the old record, and brings the new one up to what stood there. */
  private async takeOver(
    session: RequestSession,
    rotation: Rotation,
    key: string,
    first: Draft,
    changes: AttributeChanges,
  ): Promise<Draft | 'gone'> {
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
      const next = this.draft(session, rotation, key, applyChanges(inherited, changes));
      await this.store.replace(key, draft.payload, this.commits.stored(next.payload, next.record));
      draft = next;
      if (isGone) return draft;
      expected = outcome.conflict;
    }
  }
}

interface Draft {
  readonly record: SessionRecord;
  readonly payload: string;
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}
