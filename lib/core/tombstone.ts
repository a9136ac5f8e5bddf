import type { StoredRecord } from '../stores/session-store.js';
import { METADATA_KEY } from './session-attributes.js';

/** Why someone else ended a session. */
export type EndReason = 'revoked' | 'evicted';

/** How long the browser of a session that was ended is told why, in milliseconds. */
const LIFETIME = 3_600_000;

const HEAD = `{"${METADATA_KEY}":{"ended":"`;

/** The mark that is left under the key of a session that was ended by someone else. */
export function tombstone(reason: EndReason, now: number): StoredRecord {
  // The cookie lets plain express-session read it, as a session that holds nothing.
  const payload = `${HEAD}${reason}"},"cookie":{"originalMaxAge":null}}`;
  return { payload, expiresAt: now + LIFETIME };
}

/** The reason on a tombstone; `undefined` for a record that is none. */
export function reasonOnTombstone(payload: string): EndReason | undefined {
  if (!payload.startsWith(HEAD)) return undefined;
  return payload.startsWith('revoked', HEAD.length) ? 'revoked' : 'evicted';
}
