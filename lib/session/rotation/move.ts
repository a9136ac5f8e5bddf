import type { ReadRecord, StoredRecord, Version } from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import { applyChanges } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import type { SessionSnapshot } from '../data/snapshot.js';
import type { Lifecycle } from '../lifecycle.js';
import { successorMark } from '../record/marks.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';

/** Which attributes a session keeps when it gets a new id. */
export type Keep = 'all' | 'none' | readonly string[];

/** What a rotation makes of a session. */
export interface Rotation {
  readonly type: 'loggedIn' | 'rotated';
  readonly keep: Keep;
  readonly metadata: SessionMetadata;
  /**
   * True when the new session is only the former one under another id: if another request ended that
   * one meanwhile, the new one is ended too. False for one that begins anew, as by a sign-in.
   */
  readonly continues: boolean;
}

/** The session on its way from its former key to a new one. */
export interface SessionMove {
  readonly session: RequestSession;
  readonly rotation: Rotation;
  readonly id: string;
  readonly key: string;
  /** The former record; `undefined` if nothing was stored. */
  readonly former: ReadRecord | undefined;
  /** True when its entry in the user's index is moved to the new key, since the user stays the same. */
  readonly keepsEntry: boolean;
  /** True when it stays the same session under another id: what ends one ends the other. */
  readonly isSameSession: boolean;
  /** The session as it was when the move began, and what this request had changed by then. */
  readonly snapshot: SessionSnapshot;
  readonly changes: AttributeChanges;
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
  };
  const attributes = kept(applyChanges(inherited, changes), rotation.keep);
  return drafts.of(session, metadata, snapshot.with(attributes), key);
}

/**
 * The mark that is left under the former key: it leads a request that has only the former id, and may
 * be signing out, to the session. There is none without an index of users, or where an id can be a key:
 * plain express-session would take the mark for a session.
 */
export function markOf(
  { settings, index, format }: Lifecycle,
  { session, key, isSameSession, former }: SessionMove,
): StoredRecord | undefined {
  if (index === undefined || !settings.hashIds) return undefined;
  const mark = successorMark({ key, isSameSession }, settings.clock());
  return format.sealed(mark, session.key, former?.payload);
}

function kept(attributes: SessionAttributes, keep: Keep): SessionAttributes {
  if (keep === 'all') return attributes;
  if (keep === 'none') return {};
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep.includes(name)));
}
