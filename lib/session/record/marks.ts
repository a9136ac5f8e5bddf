import { METADATA_KEY } from '../../stores/metadata-key.js';
import type { StoredRecord } from '../../stores/session-store.js';
import type { EndReason } from './absence.js';

/** How long a browser can learn why its session was ended, in milliseconds. */
const TOMBSTONE_LIFETIME = 3_600_000;

/** How long a successor mark is kept, in milliseconds: longer than a request with the former id takes. */
const SUCCESSOR_LIFETIME = 10_000;

/** The mark that replaces the record of a session that someone else ended. */
export function tombstone(reason: EndReason, now: number): StoredRecord {
  return { payload: markText({ ended: reason }), expiresAt: now + TOMBSTONE_LIFETIME };
}

/** The reason on a tombstone; `undefined` for any other text. */
export function reasonOnTombstone(text: string): EndReason | undefined {
  const ended = markIn(text, 'ended')?.['ended'];
  if (typeof ended !== 'string') return undefined;
  return ended === 'revoked' ? ended : 'evicted';
}

/** Where a session is now that had another id before. */
export interface Successor {
  /** The key that its record has now. */
  readonly key: string;
  /** True if it is the same session under another id; false if a sign-in began another one. */
  readonly isSameSession: boolean;
}

/** The mark that replaces the record of a session that got a new id. */
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

/** The metadata of a mark, which no session has. A mark has no data. */
type Mark = Readonly<Record<string, unknown>>;

const METADATA = `{"${METADATA_KEY}":{`;

/** A mark as text. The cookie lets plain express-session read it, as an empty session. */
export function markText(mark: Mark): string {
  return JSON.stringify({ [METADATA_KEY]: mark, cookie: { originalMaxAge: null } });
}

/**
 * The mark in a text, if its metadata have this name; else `undefined`. The record of a session is not
 * parsed for that if its metadata are in Sesame's own order.
 * @param name the first name in the metadata of the mark
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
    return undefined; // reading it as a record tells what is wrong with it
  }
}
