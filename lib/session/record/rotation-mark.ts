import type { StoredRecord } from '../../stores/session-store.js';
import { markIn, markText } from './mark-text.js';

/** What stands under the key that a session had before it got a new id. */
export interface RotationMark {
  /** The key of the session's record now. */
  readonly successor: string;
  /** True when the session stayed the same user's; false when a sign-in began another session. */
  readonly isSameSession: boolean;
}

/** How long it stands, in milliseconds: longer than a request that knew the former id is under way. */
const LIFETIME = 10_000;

/** The mark that takes the place of a session's record when the session gets a new id. */
export function rotationMark(
  { successor, isSameSession }: RotationMark,
  now: number,
): StoredRecord {
  return { payload: markText({ successor, isSameSession }), expiresAt: now + LIFETIME };
}

/** The mark in a text; `undefined` for a text that is none. */
export function rotationMarkIn(text: string): RotationMark | undefined {
  const { successor, isSameSession } = markIn(text, 'successor') ?? {};
  if (typeof successor !== 'string') return undefined;
  return { successor, isSameSession: isSameSession === true };
}
