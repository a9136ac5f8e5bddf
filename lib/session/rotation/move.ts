import type { ReadRecord, StoredRecord, Version } from '../../stores/session-store.js';
import type { Wish } from '../crossing/mark-meaning.js';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import type { SessionSnapshot } from '../data/snapshot.js';
import type { Lifecycle } from '../lifecycle.js';
import type { RecordDraft } from '../record-draft.js';
import type { Absence } from '../record/absence.js';
import { successorMark } from '../record/marks.js';
import { lineageOf } from '../record/session-record.js';
import type { SessionMetadata, SessionRecord } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { FormerSession } from '../state/session-state.js';
import { MAX_HOPS } from '../users/session-lookup.js';
import { sealSuccessorId } from './successor-id.js';

/** Which attributes a session keeps when it gets a new id. */
export type Keep = 'all' | 'none' | readonly string[];

/** What a session keeps of its attributes under its new id, and what is known about it. */
export interface Renewed {
  readonly keep: Keep;
  readonly metadata: SessionMetadata;
}

/** What a rotation makes of a session. */
export interface Rotation {
  readonly type: 'loggedIn' | 'rotated';
  /** What it asks of a session that has a new id already. */
  readonly wish: Exclude<Wish, { readonly to: 'go on' }>;
  /** What is set with it. */
  readonly data: AttributeChanges;
  /** What it makes of a session with these metadata, as they are when its record is replaced. */
  readonly renewed: (former: SessionMetadata) => Renewed;
  /** What it makes of the metadata of a session that another request has given the new id. */
  readonly joined: (metadata: SessionMetadata) => SessionMetadata;
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

/** What is under the former key, and makes way for the mark. */
export interface Departure extends FormerSession {
  readonly stored: ReadRecord;
  /** What the session inherits; one that is over has left nothing but its mark. */
  readonly leaves: Inheritance | undefined;
}

/** What there is to inherit of a session. */
export type Inheritance = Pick<SessionRecord, 'metadata' | 'attributes'>;

/** The session on its way from its former key to a new one. */
export interface SessionMove extends RotatingSession {
  readonly id: string;
  readonly key: string;
  /** Where it comes from; `undefined` if nothing was stored. */
  readonly from: Departure | undefined;
  /** What it inherits, as far as is known when it begins. */
  readonly inherited: Inheritance;
  /** What is left under the former key; `undefined` to leave nothing. */
  readonly mark: StoredRecord | undefined;
  /** Whose it is under its new key. */
  readonly userId: string | undefined;
  /** True when its entry in the user's index is moved to the new key, since the user stays the same. */
  readonly keepsEntry: boolean;
  /** True when it stays the same session under another id: what ends one ends the other. */
  readonly isSameSession: boolean;
  /** What it has made for the new key so far: a record with another payload is not its own any more. */
  readonly payloads: Set<string>;
}

/** What undoing a failed move has to know. */
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
}

/** Somebody else was faster: what is under the former key now, often a mark, has to be looked at anew. */
export interface Overtaken {
  readonly met: ReadRecord;
}

/**
 * The outcome of a move. `full`: the user may not have one more session. `gone`: it was ended meanwhile.
 * `lost`: what was made for the new key is not there any more.
 */
export type MoveEnd = MovedRecord | Overtaken | 'gone' | 'full' | 'lost';

/** Makes the record under the new key: the attributes it inherits, with the changes of this request. */
export function draftOf(
  { settings, index, drafts }: Lifecycle,
  move: SessionMove,
  inherited: Inheritance,
): RecordDraft {
  const { session, rotation, key, snapshot, changes, userId } = move;
  const { keep, metadata: renewed } = rotation.renewed(inherited.metadata);
  const metadata = {
    ...renewed,
    indexedAt: index !== undefined && userId !== undefined ? settings.clock() : undefined,
    lineage: keptLineage(move),
    marks: marksTo(move),
  };
  const attributes = kept(applyChanges(inherited.attributes, changes), keep);
  const made = snapshot.with(applyChanges(attributes, rotation.data));
  const draft = drafts.of(session, metadata, made, key);
  move.payloads.add(draft.payload);
  return draft;
}

/**
 * Makes the new record of a sign-in that failed, for whoever comes by its mark. It says that the index does
 * not know it, so that the next request of the session enters it.
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

/** Returns the lineage of a session that stays the same one. */
function keptLineage({ from, isSameSession }: Omit<SessionMove, 'mark'>): string | undefined {
  return isSameSession && from?.leaves ? lineageOf(from.leaves, from.key) : undefined;
}

/** Returns the marks that lead to the session under its new key; not more than anybody follows. */
function marksTo({ from, mark, isSameSession }: SessionMove): SessionMetadata['marks'] {
  if (from === undefined || mark === undefined) return undefined;
  const former = isSameSession ? (from.leaves?.metadata.marks ?? {}) : {};
  const all = Object.entries({ ...former, [from.key]: mark.expiresAt });
  return Object.fromEntries(all.slice(-MAX_HOPS));
}

/**
 * True if what is there now has to be looked at anew: a mark, a session that another user has by now, as
 * after `adopt()`, or what came after the mark that was to be replaced.
 */
export function needsAnotherLook(newer: SessionRecord | Absence, { leaves }: Departure): boolean {
  if (newer === 'rotated' || leaves === undefined) return true;
  return typeof newer === 'object' && newer.metadata.userId !== leaves.metadata.userId;
}

/**
 * Makes the mark that is left under the former key, for requests that have only the former id. There is none
 * without an index of users, or where an id can be a key: plain express-session would take the mark for a
 * session.
 */
export function markOf(
  { settings, index, format }: Lifecycle,
  move: Omit<SessionMove, 'mark'>,
): StoredRecord | undefined {
  const { id, key, from, isSameSession } = move;
  const { hashIds, rotationGrace, secrets, clock } = settings;
  const canBeMarked = index !== undefined && hashIds && rotationGrace > 0;
  if (from === undefined || !canBeMarked) return undefined;
  const mark = successorMark({
    key,
    lineage: keptLineage(move) ?? key,
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

/** Returns the changes of a request to those attributes that are kept. */
export function keptChanges(changes: AttributeChanges, keep: Keep): AttributeChanges {
  if (keep === 'all') return changes;
  return new Map([...changes].filter(([name]) => keep !== 'none' && keep.includes(name)));
}
