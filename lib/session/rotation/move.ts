import type { ReadRecord, StoredRecord, Version } from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import type { SessionSnapshot } from '../data/snapshot.js';
import type { Wish } from '../crossing/mark-meaning.js';
import type { Lifecycle } from '../lifecycle.js';
import { successorMark } from '../record/marks.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';
import type { FormerSession } from '../state/session-state.js';
import { sealSuccessorId } from './successor-id.js';

/** Which attributes a session keeps when it gets a new id. */
export type Keep = 'all' | 'none' | readonly string[];

/** What a rotation makes of a session. */
export interface Rotation {
  readonly type: 'loggedIn' | 'rotated';
  /** What it asks of a session that has a new id already. */
  readonly wish: Exclude<Wish, { readonly to: 'go on' }>;
  readonly keep: Keep;
  /** What is set with it. */
  readonly data: AttributeChanges;
  readonly metadata: SessionMetadata;
  /**
   * True when the new session is only the former one under another id: if another request ended that
   * one meanwhile, the new one is ended too. False for one that begins anew, as by a sign-in.
   */
  readonly continues: boolean;
}

/** The session of a request as it was when its rotation began. */
export interface RotatingSession {
  readonly session: RequestSession;
  readonly rotation: Rotation;
  readonly snapshot: SessionSnapshot;
  /** What this request had changed by then. */
  readonly changes: AttributeChanges;
}

/** What is under the former key, and makes place for the mark. */
export interface Departure extends FormerSession {
  readonly stored: ReadRecord;
  /** What the session inherits. Of a session that is over, there is nothing but its mark. */
  readonly leaves:
    { readonly userId: string | undefined; readonly attributes: SessionAttributes } | undefined;
}

/** The session on its way from its former key to a new one. */
export interface SessionMove extends RotatingSession {
  readonly id: string;
  readonly key: string;
  /** Where it comes from; `undefined` if nothing was stored. */
  readonly from: Departure | undefined;
  /** What is left there; `undefined` to leave nothing. */
  readonly mark: StoredRecord | undefined;
  /** True when its entry in the user's index is moved to the new key, since the user stays the same. */
  readonly keepsEntry: boolean;
  /** True when it stays the same session under another id: what ends one ends the other. */
  readonly isSameSession: boolean;
  /** What it has made for the new key so far: a record with another payload is not its own any more. */
  readonly payloads: Set<string>;
}

/** What the undoing of a move that failed has to know. */
export interface MoveProgress {
  /** True if the mark may be there, so that another sign-in, or the same one again, joins the new record. */
  mayBeMarked: boolean;
  /** The new record as it was last written, where that is known. */
  stored?: ReadRecord;
}

/** The record under the new key. */
export interface MovedRecord {
  readonly draft: RecordDraft;
  readonly version: Version;
  /** True when this request replaced or removed the former record, so that its entry is moved too. */
  readonly replacedFormer: boolean;
  /** True when someone ended the session while it was moved. */
  readonly wasEnded: boolean;
}

/** Another request has given the session a new id: this was met under the former key. */
export interface MetMark {
  readonly met: ReadRecord;
}

/** What came of a move. `full`: the user may not have one more session. `gone`: it was ended meanwhile. */
export type MoveEnd = MovedRecord | MetMark | 'gone' | 'full';

/** How many of the marks that lead to a session it remembers: whoever follows them follows no more. */
const MAX_MARKS = 4;

/** The record under the new key: the attributes it inherits, with the changes of this request. */
export function draftOf(
  { settings, index, drafts }: Lifecycle,
  move: SessionMove,
  inherited: SessionAttributes,
): RecordDraft {
  const { session, rotation, key, isSameSession, snapshot, changes } = move;
  const isIndexed = index !== undefined && rotation.metadata.userId !== undefined;
  const metadata = {
    ...rotation.metadata,
    indexedAt: isIndexed ? settings.clock() : undefined,
    lineage: isSameSession ? session.lineage() : undefined,
    marks: marksTo(move),
  };
  const attributes = kept(applyChanges(inherited, changes), rotation.keep);
  const made = snapshot.with(applyChanges(attributes, rotation.data));
  const draft = drafts.of(session, metadata, made, key);
  move.payloads.add(draft.payload);
  return draft;
}

/**
 * The new record of a sign-in that failed, for whoever comes by its mark. It says that the index does not
 * know it: then the next request of the session enters it.
 */
export function unlistedDraft(
  { drafts, format }: Lifecycle,
  { session, key, snapshot, payloads }: SessionMove,
  stored: ReadRecord,
): RecordDraft | undefined {
  const record = format.liveRecord(stored.payload, key);
  if (record === undefined) return undefined;
  const metadata = { ...record.metadata, indexedAt: undefined };
  const draft = drafts.seenNow(session, metadata, snapshot.with(record.attributes), key);
  payloads.add(draft.payload);
  return draft;
}

/** The marks that lead to the session under its new key. */
function marksTo({ session, from, mark, isSameSession }: SessionMove): SessionMetadata['marks'] {
  if (from === undefined || mark === undefined) return undefined;
  const former = isSameSession ? (session.record().metadata.marks ?? {}) : {};
  const all = Object.entries({ ...former, [from.key]: mark.expiresAt });
  return Object.fromEntries(all.slice(-MAX_MARKS));
}

/**
 * The mark that is left under the former key, for requests that have only the former id. There is none
 * without an index of users, or where an id can be a key: plain express-session would take the mark for
 * a session.
 */
export function markOf(
  { settings, index, format }: Lifecycle,
  { session, id, key, from, isSameSession }: Omit<SessionMove, 'mark'>,
): StoredRecord | undefined {
  const { hashIds, rotationGrace, secrets, clock } = settings;
  const canBeMarked = index !== undefined && hashIds && rotationGrace > 0;
  if (from === undefined || !canBeMarked) return undefined;
  const mark = successorMark({
    key,
    lineage: isSameSession ? session.lineage() : key,
    edge: isSameSession ? 'same-user' : 'sign-in',
    until: clock() + rotationGrace,
    sealedId: sealSuccessorId(id, from, secrets),
  });
  return format.sealed(mark, from.key, from.stored.payload);
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}

/** The changes of a request to the attributes that are kept. */
export function keptChanges(changes: AttributeChanges, keep: Keep): AttributeChanges {
  if (keep === 'all') return changes;
  return new Map([...changes].filter(([name]) => keep !== 'none' && keep.includes(name)));
}
