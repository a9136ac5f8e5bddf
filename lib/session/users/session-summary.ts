import type { SessionSettings } from '../../options/session-settings.js';
import type { SessionRecord } from '../record/session-record.js';
import { expiryOf } from '../record/timeouts.js';

/** One of a user's sessions, as the user may see it. */
export interface SessionSummary {
  /** The session's public name. It cannot be turned back into an id. */
  readonly handle: string;
  /** Whose it is. */
  readonly userId: string;
  /** When it began. A sign-in begins it anew. */
  readonly createdAt: Date;
  /** When it was last used, exact to one touch interval. */
  readonly seenAt: Date;
  /** When it ends unless it is used again. */
  readonly expiresAt: Date;
  /** When its user last signed in or confirmed. */
  readonly authenticatedAt: Date;
  /** The client's address when the session was written last; it heeds Express's `trust proxy`. */
  readonly ip?: string | undefined;
  /** The `User-Agent` header of that request, cut at 512 characters. */
  readonly userAgent?: string | undefined;
  /** True for the session of the request that asks. */
  readonly current: boolean;
}

/** What a record tells its user. */
export function summaryOf(
  record: SessionRecord,
  handle: string,
  current: boolean,
  settings: SessionSettings,
): SessionSummary {
  const { userId = '', createdAt, seenAt, authenticatedAt, ip, userAgent } = record.metadata;
  return {
    handle,
    userId,
    createdAt: new Date(createdAt),
    seenAt: new Date(seenAt),
    expiresAt: new Date(expiryOf(record, settings)),
    authenticatedAt: new Date(authenticatedAt ?? createdAt),
    ip,
    userAgent,
    current,
  };
}
