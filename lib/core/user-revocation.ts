import type { StoredRecord } from '../stores/session-store.js';
import { markIn, markText } from './mark-text.js';
import { handleOf } from './session-id.js';

/**
 * All sessions of a user were ended. The index leads to those that it knows; one that was signed in
 * before the store had an index learns of it by this, when it enters the index.
 */
export interface UserRevocation {
  /** When, in epoch milliseconds. */
  readonly at: number;
  /** The lineage of the session that was spared. */
  readonly spared?: string | undefined;
}

/** As long as any browser keeps a cookie (RFC 6265bis, 5.5): 400 days, in milliseconds. */
const LIFETIME = 400 * 86_400_000;

/** Where it is kept. No session has such a key: no id has a space in it. */
export function keyOfRevocation(userId: string): string {
  return handleOf(`all sessions of ${userId}`);
}

/** It as a record, which holds no session. */
export function revocationRecord({ at, spared }: UserRevocation): StoredRecord {
  return { payload: markText({ revokedAt: at, spared }), expiresAt: at + LIFETIME };
}

/** It in a text; `undefined` for a text that is none. */
export function revocationIn(text: string): UserRevocation | undefined {
  const { revokedAt, spared } = markIn(text, 'revokedAt') ?? {};
  if (typeof revokedAt !== 'number') return undefined;
  return { at: revokedAt, spared: typeof spared === 'string' ? spared : undefined };
}
