import { METADATA_KEY } from '../../stores/metadata-key.js';
import type { StoredRecord } from '../../stores/session-store.js';
import type { EndReason } from './absence.js';

/** How long the browser of a session that was ended is told why, in milliseconds. */
const TOMBSTONE_LIFETIME = 3_600_000;

/** How long a successor mark stands: longer than a request that knew the former id is under way. */
const SUCCESSOR_LIFETIME = 10_000;

/** The mark that takes the place of a session's record when someone else ended the session. */
export function tombstone(reason: EndReason, now: number): StoredRecord {
  return { payload: markText({ ended: reason }), expiresAt: now + TOMBSTONE_LIFETIME };
}

/** The reason on a tombstone; `undefined` for any other text. */
export function reasonOnTombstone(text: string): EndReason | undefined {
  const ended = markIn(text, 'ended')?.['ended'];
  if (typeof ended !== 'string') return undefined;
  return ended === 'revoked' ? ended : 'evicted';
}

/** Where a session is that had another id before. */
export interface Successor {
  /** The key of its record now. */
  readonly key: string;
  /** True when it stayed the same user's; false when a sign-in began another session. */
  readonly isSameSession: boolean;
}

/** The mark that takes the place of a session's record when the session gets a new id. */
export function successorMark({ key, isSameSession }: Successor, now: number): StoredRecord {
  const payload = markText({ successor: key, isSameSession });
  return { payload, expiresAt: now + SUCCESSOR_LIFETIME };
}

/** The successor that a mark names; `undefined` for any other text. */
export function successorOnMark(text: string): Successor | undefined {
  const { successor, isSameSession } = markIn(text, 'successor') ?? {};
  if (typeof successor !== 'string') return undefined;
  return { key: successor, isSameSession: isSameSession === true };
}

/** What stands in the place of a record: metadata of a kind that no session has, and no data. */
type Mark = Readonly<Record<string, unknown>>;

const METADATA = `{"${METADATA_KEY}":{`;

/** A mark as text; the cookie lets plain express-session read it, as a session that holds nothing. */
export function markText(mark: Mark): string {
  return JSON.stringify({ [METADATA_KEY]: mark, cookie: { originalMaxAge: null } });
}

/**
 * The mark in a text whose metadata have this name; `undefined` for any other text. A session's record,
 * where Sesame's names stand in their own order, is not parsed for that.
 * @param name the first one of the mark
 */
export function markIn(text: string, name: string): Mark | undefined {
  const member = `"${name}":`;
  const isOwnOrder = text.startsWith(METADATA);
  if (isOwnOrder ? !text.startsWith(member, METADATA.length) : !text.includes(member)) {
    return undefined;
  }
  const metadata = metadataIn(text);
  return metadata !== undefined && Object.hasOwn(metadata, name) ? metadata : undefined;
}

function metadataIn(text: string): Mark | undefined {
  try {
    const metadata: unknown = JSON.parse(text)?.[METADATA_KEY];
    return typeof metadata === 'object' && metadata !== null ? { ...metadata } : undefined;
  } catch {
    return undefined; // what is wrong with it is found when it is read as a record
  }
}
