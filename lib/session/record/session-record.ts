import type { CookieAttributes, CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import type { SessionAttributes } from '../data/attributes.js';

/** What Sesame itself keeps about a session. Times are in epoch milliseconds, durations in milliseconds. */
export interface SessionMetadata {
  /** When a request last used the session, exact to one touch interval. */
  readonly seenAt: number;
  /** When the session began; the absolute timeout counts from then. */
  readonly createdAt: number;
  /** True if express-session began it: then `createdAt` is when Sesame first read it. */
  readonly takenOver?: true | undefined;
  readonly userId?: string | undefined;
  readonly authenticatedAt?: number | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** When the index of users was last told the session's expiry. */
  readonly indexedAt?: number | undefined;
  /** The key that the session had when its user signed in, or when it began, if it has another one now. */
  readonly lineage?: string | undefined;
  /** The keys of the marks that lead to it, each with its end: how it is found by the ids that it had. */
  readonly marks?: Readonly<Record<string, number>> | undefined;
  /** Timeouts of this one session, if they differ from the configured ones. */
  readonly idleTimeout?: number | undefined;
  readonly absoluteTimeout?: number | undefined;
  /** Cookie attributes that the application set on this one session. */
  readonly cookie?: CookieOverrides;
}

/** The cookie inside a record; `expires` tells plain express-session when the record ends. */
export interface RecordCookie extends CookieAttributes {
  readonly expires?: string | undefined;
}

export interface SessionRecord {
  readonly metadata: SessionMetadata;
  readonly cookie: RecordCookie;
  readonly attributes: SessionAttributes;
}

/** A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
export class RecordParts implements SessionRecord {
  constructor(
    readonly metadata: SessionMetadata,
    readonly cookie: RecordCookie,
    readonly attributes: SessionAttributes,
  ) {}
}

/** Creates the record of a session of which nothing has been stored. */
export function emptyRecord(now: number): SessionRecord {
  const metadata = { seenAt: now, createdAt: now, cookie: undefined };
  return new RecordParts(metadata, { originalMaxAge: null }, {});
}

/**
 * Returns what identifies a session whatever ids it gets: the key that it had when its user signed in, or
 * when it began.
 */
export function lineageOf({ metadata }: Pick<SessionRecord, 'metadata'>, key: string): string {
  return metadata.lineage ?? key;
}
