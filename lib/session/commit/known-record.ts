import type { ReadRecord, Version } from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import type { RecordDraft } from '../record-draft.js';
import type { RecordCookie, SessionMetadata, SessionRecord } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';

/**
 * A record that is known to be in the store. A class: see "Literals that outlive their request" in
 * benchmarks/NOTES.md.
 */
export class KnownRecord {
  readonly metadata: SessionMetadata;
  readonly cookie: RecordCookie;

  /** @param attributes gives its attributes, in a copy of the caller's own */
  constructor(
    readonly stored: ReadRecord,
    { metadata, cookie }: Pick<SessionRecord, 'metadata' | 'cookie'>,
    readonly attributes: () => SessionAttributes,
  ) {
    this.metadata = metadata;
    this.cookie = cookie;
  }
}

/** The record that a request has loaded or written; `undefined` where it has none. */
export function ownRecord(session: RequestSession): KnownRecord | undefined {
  const { state } = session;
  if (state.is !== 'stored') return undefined;
  return new KnownRecord(state.stored, session.record(), () => session.storedAttributes());
}

/** A record that was read just now. */
export function readRecord(stored: ReadRecord, record: SessionRecord): KnownRecord {
  return new KnownRecord(stored, record, () => structuredClone(record.attributes));
}

/** A record that was written just now. */
export function writtenRecord(draft: RecordDraft, version: Version): KnownRecord {
  const { record, snapshot } = draft;
  return new KnownRecord(draft.storedAs(version), record, () => snapshot.copy());
}

/** Returns a record whose attributes are made when somebody looks at them. */
export function lazily(known: KnownRecord): SessionRecord {
  const { metadata, cookie } = known;
  let attributes: SessionAttributes | undefined;
  return {
    metadata,
    cookie,
    get attributes() {
      return (attributes ??= known.attributes());
    },
  };
}
