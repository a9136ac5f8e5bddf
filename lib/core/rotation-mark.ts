import type { StoredRecord } from '../stores/session-store.js';
import { METADATA_KEY } from './session-attributes.js';

/** What stands under the key that a session had before it got a new id. */
export interface RotationMark {
  /** The key of the session's record now. */
  readonly successor: string;
  /** True when the session stayed the same user's; false when a sign-in began another session. */
  readonly isSameSession: boolean;
}

/** How long it stands, in milliseconds: longer than a request that knew the former id is under way. */
const LIFETIME = 10_000;

const HEAD = `{"${METADATA_KEY}":{"successor":"`;

/** The mark that takes the place of a session's record when the session gets a new id. */
export function rotationMark(
  { successor, isSameSession }: RotationMark,
  now: number,
): StoredRecord {
  const own = { successor, isSameSession };
  const payload = JSON.stringify({ [METADATA_KEY]: own, cookie: { originalMaxAge: null } });
  return { payload, expiresAt: now + LIFETIME };
}

/** The mark in a text; `undefined` for a text that is none. */
export function markIn(text: string): RotationMark | undefined {
  return text.startsWith(HEAD) ? JSON.parse(text)[METADATA_KEY] : undefined;
}
