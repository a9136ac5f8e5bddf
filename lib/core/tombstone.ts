import { METADATA_KEY } from '../stores/metadata-key.js';
import type { StoredRecord } from '../stores/session-store.js';

/** Why someone else ended a session. */
export type EndReason = 'revoked' | 'evicted';

/** How long the browser of a session that was ended is told why, in milliseconds. */
const LIFETIME = 3_600_000;

const METADATA = `{"${METADATA_KEY}":{`;
const ENDED = '"ended":"';
const HEAD = METADATA + ENDED;

/** The mark that is left under the key of a session that was ended by someone else. */
export function tombstone(reason: EndReason, now: number): StoredRecord {
  // The cookie lets plain express-session read it, as a session that holds nothing.
  const payload = `${HEAD}${reason}"},"cookie":{"originalMaxAge":null}}`;
  return { payload, expiresAt: now + LIFETIME };
}

/** The reason on a tombstone; `undefined` for a record that is none. */
export function reasonOnTombstone(payload: string): EndReason | undefined {
  if (payload.startsWith(HEAD)) {
    return payload.startsWith('revoked', HEAD.length) ? 'revoked' : 'evicted';
  }
  // An application's own serializer may have changed the order of the names.
  if (payload.startsWith(METADATA) || !payload.includes(ENDED)) return undefined;
  const ended = endedIn(payload);
  if (typeof ended !== 'string') return undefined;
  return ended === 'revoked' ? ended : 'evicted';
}

function endedIn(payload: string): unknown {
  try {
    return JSON.parse(payload)?.[METADATA_KEY]?.ended;
  } catch {
    return undefined; // what is wrong with it is found when it is read as a record
  }
}
