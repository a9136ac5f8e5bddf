import type { StoredRecord } from '../../stores/session-store.js';
import type { EndReason } from './absence.js';
import { markIn, markText } from './mark-text.js';

/** How long the browser of a session that was ended is told why, in milliseconds. */
const LIFETIME = 3_600_000;

/** The mark that is left under the key of a session that was ended by someone else. */
export function tombstone(reason: EndReason, now: number): StoredRecord {
  return { payload: markText({ ended: reason }), expiresAt: now + LIFETIME };
}

/** The reason on a tombstone; `undefined` for a record that is none. */
export function reasonOnTombstone(text: string): EndReason | undefined {
  const ended = markIn(text, 'ended')?.['ended'];
  if (typeof ended !== 'string') return undefined;
  return ended === 'revoked' ? ended : 'evicted';
}
