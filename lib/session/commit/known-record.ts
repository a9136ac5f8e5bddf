import type { ReadRecord, Version } from '../../stores/session-store.js';
import type { SessionAttributes } from '../data/attributes.js';
import type { SessionRecord } from '../record/session-record.js';
import type { RecordDraft } from '../record-draft.js';
import type { RequestSession } from '../state/request-session.js';

/** A record that is known to be in the store. */
export interface KnownRecord extends Pick<SessionRecord, 'metadata' | 'cookie'> {
  readonly stored: ReadRecord;
  /** Its attributes, in a copy of the caller's own. */
  attributes(): SessionAttributes;
}

/** The record that a request has loaded or written; `undefined` where it has none. */
export function ownRecord(session: RequestSession): KnownRecord | undefined {
  const { state } = session;
  if (state.is !== 'stored') return undefined;
  const { metadata, cookie } = session.record();
  return { stored: state.stored, metadata, cookie, attributes: () => session.storedAttributes() };
}

/** A record that was read just now. */
export function readRecord(
  stored: ReadRecord,
  { metadata, cookie, attributes }: SessionRecord,
): KnownRecord {
  return { stored, metadata, cookie, attributes: () => structuredClone(attributes) };
}

/** A record that was written just now. */
export function writtenRecord(draft: RecordDraft, version: Version): KnownRecord {
  const { payload, record, snapshot } = draft;
  const { metadata, cookie } = record;
  return { stored: { payload, version }, metadata, cookie, attributes: () => snapshot.copy() };
}

/** The same as a record, whose attributes are made when somebody looks at them. */
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
