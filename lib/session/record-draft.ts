import type { SessionSettings } from '../options/session-settings.js';
import type { ReadRecord, StoredRecord, Version } from '../stores/session-store.js';
import type { SessionSnapshot } from './data/snapshot.js';
import { generateRevision } from './ids.js';
import { marksInForce } from './record/marks.js';
import { recordCookie } from './record/record-cookie.js';
import type { RecordFormat } from './record/record-format.js';
import { serialiseRecord } from './record/record-json.js';
import { RecordParts } from './record/session-record.js';
import type { SessionMetadata, SessionRecord } from './record/session-record.js';
import { expiryOf, seenNow } from './record/timeouts.js';
import type { RequestSession } from './state/request-session.js';

// Classes: see "Literals that outlive their request" in benchmarks/NOTES.md.

/** A record about to be written: as the store gets it, and what it was made from. */
export class RecordDraft implements StoredRecord {
  constructor(
    readonly record: SessionRecord,
    readonly snapshot: SessionSnapshot,
    readonly payload: string,
    readonly expiresAt: number,
  ) {}

  /** The record in the store, once it is there. */
  storedAs(version: Version): ReadRecord {
    return new WrittenRecord(this.payload, version);
  }
}

class WrittenRecord implements ReadRecord {
  constructor(
    readonly payload: string,
    readonly version: Version,
  ) {}
}

/**
 * The length at which user agents are cut, in characters: the client chooses them, and a record should stay
 * small.
 */
const MAX_USER_AGENT = 512;

/** Makes the records of sessions. */
export class RecordDrafts {
  constructor(
    private readonly settings: SessionSettings,
    private readonly format: RecordFormat,
    /** Whether a record describes its user's device: only in a store that can list it. */
    private readonly describesDevice: boolean,
    /** Whether its text begins with a revision. */
    private readonly hasRevision: boolean,
  ) {}

  /**
   * Returns a complete record of the session, seen now unless its request leaves the idle timeout as it is.
   */
  of(
    session: RequestSession,
    metadata: SessionMetadata,
    snapshot: SessionSnapshot,
    key: string = session.key,
  ): RecordDraft {
    // Nobody needs to know the device of an anonymous visitor.
    if (!this.describesDevice || metadata.userId === undefined) {
      return this.seenNow(session, metadata, snapshot, key);
    }
    const { ip, userAgent } = session.edge;
    const device = { ip, userAgent: userAgent?.slice(0, MAX_USER_AGENT) };
    return this.seenNow(session, { ...metadata, ...device }, snapshot, key);
  }

  /** Returns the record with exactly these metadata, seen now in the same cases. */
  seenNow(
    session: RequestSession,
    metadata: SessionMetadata,
    snapshot: SessionSnapshot,
    key: string = session.key,
  ): RecordDraft {
    const isUse = session.idleExtension !== 'never';
    const seen = seenNow(metadata, this.settings, isUse);
    const attributes = session.view.configuredCookie(seen.cookie);
    const expiresAt = expiryOf({ metadata: seen, cookie: attributes }, this.settings);
    const cookie = recordCookie(attributes, new Date(expiresAt).toISOString());
    const record = new RecordParts(this.withMarksInForce(seen), cookie, snapshot.attributes);
    const revision = this.hasRevision ? generateRevision() : undefined;
    const text = serialiseRecord(record, snapshot.text, revision);
    const { state } = session;
    const former = 'stored' in state ? state.stored?.payload : undefined;
    const payload = this.format.payloadOf(text, key, former);
    return new RecordDraft(record, snapshot, payload, expiresAt);
  }

  private withMarksInForce(metadata: SessionMetadata): SessionMetadata {
    if (metadata.marks === undefined) return metadata;
    return { ...metadata, marks: marksInForce(metadata.marks, this.settings.clock()) };
  }
}
