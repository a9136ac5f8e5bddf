import type { StoredRecord } from '../stores/session-store.js';
import type { BoundedStore } from './storage/bounded-store.js';
import { stepAside } from './storage/contention.js';
import type { PayloadReader } from './record/payload-reader.js';
import type { RequestSession } from './request-session.js';
import { recordCookie, serialiseRecord } from './record/record-json.js';
import type { SessionMetadata, SessionRecord } from './record/session-record.js';
import type { SessionSettings } from '../options/session-settings.js';
import type { SessionSnapshot } from './snapshot.js';
import { expiryOf, seenNow } from './record/timeouts.js';

/** A record about to be written, as the lifecycle and as the store see it. */
export interface Draft extends StoredRecord {
  readonly record: SessionRecord;
  readonly snapshot: SessionSnapshot;
}

/** The draft that should replace the current record; `refused` is the one that came too late. */
export type NextDraft = (current: SessionRecord, refused: Draft | undefined) => Draft;

/** A user agent comes from outside, and a record should stay small. */
const MAX_USER_AGENT = 512;

/** Makes records of sessions, and puts them in place of the ones that were loaded. */
export class SessionWriter {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
    private readonly readPayload: PayloadReader,
    /** Whether a record says where its user signed in: only for a store that can list it. */
    private readonly describesDevice: boolean,
  ) {}

  /** A complete record of the session, seen now. */
  draft(
    session: RequestSession,
    metadata: SessionMetadata,
    snapshot: SessionSnapshot,
    key: string = session.key,
  ): Draft {
    const { ip, userAgent } = session.request;
    // Who an anonymous visitor is, is nobody's business.
    const isDescribed = this.describesDevice && metadata.userId !== undefined;
    const device = isDescribed ? { ip, userAgent: shortened(userAgent) } : {};
    return this.made(session, { ...metadata, ...device }, snapshot, key);
  }

  /** The record as it is stored, but seen now: as long as it was, for a store that has no room. */
  extension(session: RequestSession, snapshot: SessionSnapshot): Draft {
    return this.made(session, session.metadata, snapshot, session.key);
  }

  private made(
    session: RequestSession,
    metadata: SessionMetadata,
    snapshot: SessionSnapshot,
    key: string,
  ): Draft {
    const seen = seenNow(metadata, this.settings);
    const attributes = session.configuredCookie(seen.cookie);
    const expiresAt = expiryOf({ metadata: seen, cookie: attributes }, this.settings);
    const cookie = recordCookie(attributes, new Date(expiresAt).toISOString());
    const record = { metadata: seen, cookie, attributes: snapshot.attributes };
    const text = serialiseRecord(record, snapshot.text);
    const payload = this.settings.codec?.seal(text, key, session.stored) ?? text;
    return { record, snapshot, payload, expiresAt };
  }

  /**
   * Replaces the session's record, or one that another request put there meanwhile, for which the
   * draft is made anew. A record that is gone stays gone, and the session's state says so.
   * @param follows true when making the draft anew makes the session object follow the newer record
   */
  async replace(
    session: RequestSession,
    next: NextDraft,
    follows = false,
  ): Promise<Draft | undefined> {
    let expected = session.stored ?? '';
    let current = session.loaded();
    let refused: Draft | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const draft = next(current, refused);
      const outcome = await this.store.replace(session.key, expected, draft, session.budget);
      if (outcome === 'done') {
        session.adopt(draft.payload, draft.record, draft.snapshot.cookie);
        return draft;
      }
      const newer = outcome === 'gone' ? outcome : this.readPayload(outcome.conflict, session);
      if (outcome === 'gone' || typeof newer === 'string') {
        session.lose();
        return undefined;
      }
      if (follows) session.rebase(outcome.conflict, newer);
      [expected, current, refused] = [outcome.conflict, newer, draft];
      await stepAside(attempt);
    }
  }
}

function shortened(userAgent: string | undefined): string | undefined {
  return userAgent?.slice(0, MAX_USER_AGENT);
}
