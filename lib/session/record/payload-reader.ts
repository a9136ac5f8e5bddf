import type { AbsenceReason } from './absence.js';
import type { RejectedRecords } from './rejected-records.js';
import type { Emit } from '../events.js';
import { parseRecord } from './record-json.js';
import { rotationMarkIn } from './rotation-mark.js';
import type { SessionRecord } from './session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { timeoutReason } from './timeouts.js';
import { asError } from '../../reporting/thrown.js';
import { reasonOnTombstone } from './tombstone.js';

/** By what a session is known: its store's key, and its public name. */
export interface KnownSession {
  readonly key: string;
  readonly handle: string;
}

/** Reads the payload of a request's own session, or says why it is no session (any more). */
export type PayloadReader = (
  payload: string,
  session: KnownSession,
) => SessionRecord | AbsenceReason;

/** A reader that reports what it had to reject or found expired. */
export function payloadReader(
  settings: SessionSettings,
  rejectedRecords: RejectedRecords,
  emit: Emit,
): PayloadReader {
  return (payload, session) => {
    const now = settings.clock();
    try {
      const text = settings.codec?.open(payload, session.key) ?? payload;
      const endedBy = reasonOnTombstone(text);
      if (endedBy !== undefined) return endedBy;
      if (rotationMarkIn(text) !== undefined) return 'expired';
      const record = parseRecord(text, now);
      const reason = timeoutReason(record, settings, now);
      if (reason === undefined) return record;
      const { handle } = session;
      emit({ type: 'expired', handle, userId: record.metadata.userId, cause: reason });
      return reason;
    } catch (thrown) {
      const cause = asError(thrown);
      emit({ type: 'rejected', handle: session.handle, cause });
      rejectedRecords.dispose(session, payload, cause);
      return 'anonymous';
    }
  };
}
