import type { SessionLimit, Version } from '../../stores/session-store.js';
import { applyChanges } from '../data/merge.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import type { SessionRecord } from '../record/session-record.js';
import type { FormerSession } from '../state/session-state.js';
import { compareAndSwap } from '../storage/compare-and-swap.js';
import type { SessionIndex } from '../users/session-index.js';
import type { FoundSession } from '../users/session-lookup.js';
import { keptChanges } from './move.js';
import type { RotatingSession } from './move.js';
import { openSuccessorId } from './successor-id.js';

/** The session that another request has given a new id, which is this request's now, too. */
export interface JoinedSession {
  readonly id: string;
  readonly draft: RecordDraft;
  readonly version: Version;
}

/**
 * The outcome of joining. `again`: the session has a further id, or was ended, so look again. `closed`: its
 * id could not be opened. `full`: the user may not have one more session. `gone`: it was ended.
 */
export type JoinEnd = JoinedSession | 'again' | 'closed' | 'full' | 'gone';

/** Lets a second sign-in, or a second `confirm()`, have the session that the first one has made. */
export class SessionJoin {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly index: SessionIndex,
  ) {}

  /**
   * Joins the session: first the index, then the record. When that is written, it was still there after the
   * index knew it.
   * @param found the live session to which the marks led
   */
  async join(
    rotating: RotatingSession,
    former: FormerSession,
    found: FoundSession,
    limit: SessionLimit | undefined,
  ): Promise<JoinEnd> {
    const { key, stored, opened } = found;
    if (stored === undefined || opened.is !== 'live') return 'again';
    const id = this.idAt(former, found);
    if (id === undefined) return 'closed';
    const { session } = rotating;
    const { store, records } = this.lifecycle;
    let draft = this.draft(rotating, key, opened.record);
    const entered = await this.enter(rotating, found, draft, limit);
    if (entered !== 'entered') return entered;
    const written = await compareAndSwap(stored, async (seen, turn) => {
      const newer = seen === stored ? undefined : records.read(seen, key);
      if (typeof newer === 'string') return 'gone';
      if (newer !== undefined) draft = this.draft(rotating, key, newer);
      return store.replace(key, seen.version, draft, session.budget, turn);
    });
    if (written !== 'gone') return { id, draft, version: written.version };
    const { userId } = draft.record.metadata;
    if (!rotating.rotation.continues) await this.index.catchUp(userId, key, session.budget);
    return 'again';
  }

  /** Returns the id at the end of the marks; each id opens the next one. */
  private idAt(former: FormerSession, { marks }: FoundSession): string | undefined {
    let id: string | undefined = former.id;
    for (const { key, successor } of marks) {
      if (id === undefined) return undefined;
      id = openSuccessorId(successor.sealedId, { id, key }, this.lifecycle.settings.secrets);
    }
    return id;
  }

  /** Enters the session into the index; what another request has done already is not done twice. */
  private async enter(
    { session, rotation }: RotatingSession,
    { key, marks }: FoundSession,
    { record }: RecordDraft,
    limit: SessionLimit | undefined,
  ): Promise<'entered' | 'again' | 'full' | 'gone'> {
    const { budget } = session;
    const from = marks.at(-1)?.key ?? key;
    // The other request may be about to move the entry that the session had under its former key.
    if (await this.index.move(from, key, record, budget)) return 'entered';
    if (!rotation.continues) {
      return (await this.index.add(key, record, limit, budget)) ? 'entered' : 'full';
    }
    const there = await this.lifecycle.store.read(key, budget);
    return this.lifecycle.format.open(there?.payload, key).is === 'live' ? 'gone' : 'again';
  }

  private draft(
    { session, rotation, snapshot, changes }: RotatingSession,
    key: string,
    record: SessionRecord,
  ): RecordDraft {
    const { keep } = rotation.renewed(session.record().metadata);
    const own = applyChanges(record.attributes, keptChanges(changes, keep));
    const attributes = applyChanges(own, rotation.data);
    const metadata = rotation.joined(record.metadata);
    return this.lifecycle.drafts.of(session, metadata, snapshot.with(attributes), key);
  }
}
