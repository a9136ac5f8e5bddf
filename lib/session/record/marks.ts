import { METADATA_KEY, RECORD_START } from '../../stores/metadata-key.js';
import type { StoredRecord } from '../../stores/session-store.js';
import type { EndReason } from './absence.js';

/** How long a browser can learn why its session was ended, in milliseconds. */
const TOMBSTONE_LIFETIME = 3_600_000;

/** Returns the mark that replaces the record of a session that someone else ended. */
export function tombstone(reason: EndReason, now: number): StoredRecord {
  return { payload: TOMBSTONES[reason], expiresAt: now + TOMBSTONE_LIFETIME };
}

/** Their texts, made once: very many sessions may end at a time. */
const TOMBSTONES: Readonly<Record<EndReason, string>> = {
  revoked: markText({ ended: 'revoked' }),
  evicted: markText({ ended: 'evicted' }),
};

/** Returns the reason on a tombstone; `undefined` for any other text. */
export function reasonOnTombstone(text: string): EndReason | undefined {
  const ended = markIn(text, 'ended')?.['ended'];
  if (typeof ended !== 'string') return undefined;
  return ended === 'revoked' ? ended : 'evicted';
}

/**
 * How a session came from one id to the next. `same-user`: it is the same session with the same user, as
 * by `confirm()`. `sign-in`: whatever has another user, or other data, as by `login()`.
 */
export type EdgeKind = 'same-user' | 'sign-in';

/** Where a session is now that had another id before. */
export interface Successor {
  /** The key that its record has now. */
  readonly key: string;
  /** Identifies it whatever ids it gets. */
  readonly lineage: string;
  readonly edge: EdgeKind;
  /** Until when the mark counts, in epoch milliseconds, however long the store keeps it. */
  readonly until: number;
  /** Its id, sealed for whoever has the former one. */
  readonly sealedId: string;
}

/** Returns the mark that replaces the record of a session that got a new id. */
export function successorMark({ key, lineage, edge, until, sealedId }: Successor): StoredRecord {
  const payload = markText({ [SUCCESSOR]: key, lineage, edge, until, id: sealedId });
  return { payload, expiresAt: until };
}

/** Returns the successor that a mark names; `undefined` for any other text. */
export function successorOnMark(text: string): Successor | undefined {
  const { [SUCCESSOR]: key, lineage, edge, until, id } = markIn(text, SUCCESSOR) ?? {};
  if (typeof key !== 'string') return undefined;
  return {
    key,
    lineage: typeof lineage === 'string' ? lineage : key,
    edge: edge === 'same-user' ? edge : 'sign-in',
    until: typeof until === 'number' ? until : 0,
    sealedId: typeof id === 'string' ? id : '',
  };
}

/** The keys of marks, each with its end. */
type Marks = Readonly<Record<string, number>>;

/** Returns the marks that have not ended; `undefined` if none is left. */
export function marksInForce(marks: Marks, now: number): Marks | undefined {
  const left = Object.entries(marks).filter(([, until]) => until > now);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** A cheap sign that a text may be such a mark: false for every record that Sesame wrote. */
export function mayBeSuccessorMark(text: string): boolean {
  return mayHaveFirst(text, SUCCESSOR);
}

/** The metadata of a mark, which no session has. A mark has no data. */
type Mark = Readonly<Record<string, unknown>>;

const SUCCESSOR = 'successor';

/** Writes a mark as text. The cookie lets plain express-session read it, as an empty session. */
export function markText(mark: Mark): string {
  return JSON.stringify({ [METADATA_KEY]: mark, cookie: { originalMaxAge: null } });
}

/**
 * Returns the mark in a text, if its metadata have this name; else `undefined`. The record of a session is
 * not parsed for that if its metadata are in Sesame's own order.
 * @param name the first name in the metadata of the mark
 */
export function markIn(text: string, name: string): Mark | undefined {
  if (!mayHaveFirst(text, name)) return undefined;
  const metadata = metadataIn(text);
  return metadata !== undefined && Object.hasOwn(metadata, name) ? metadata : undefined;
}

function mayHaveFirst(text: string, name: string): boolean {
  const member = `"${name}":`;
  const isOwnOrder = text.startsWith(RECORD_START);
  return isOwnOrder ? text.startsWith(member, RECORD_START.length) : text.includes(member);
}

function metadataIn(text: string): Mark | undefined {
  try {
    const metadata: unknown = JSON.parse(text)?.[METADATA_KEY];
    return typeof metadata === 'object' && metadata !== null ? { ...metadata } : undefined;
  } catch {
    return undefined; // reading it as a record tells what is wrong with it
  }
}
