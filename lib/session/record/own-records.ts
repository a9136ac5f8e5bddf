import type { ReadRecord, SessionStore } from '../../stores/session-store.js';
import { CorruptRecordError } from '../errors.js';
import type { Emit, SessionObserver } from '../events.js';
import type { Absence } from './absence.js';
import type { RecordFormat } from './record-format.js';
import type { SessionRecord } from './session-record.js';

/** How a session is known: by its key in the store, and by its public name. */
export interface KnownSession {
  readonly key: string;
  readonly handle: string;
}

/** How many handles to remember, so that each record is reported once. */
const MAX_REPORTED = 1_000;

/** Reads the records of requests' own sessions, and reports those that are no live session. */
export class OwnRecords {
  private readonly reported = new Set<string>();

  constructor(
    readonly format: RecordFormat,
    private readonly store: Pick<SessionStore, 'remove'>,
    private readonly observer: SessionObserver,
    private readonly emit: Emit,
  ) {}

  /** The record of a live session, or why it is not one. */
  read(stored: ReadRecord, session: KnownSession): SessionRecord | Absence {
    const opened = this.format.open(stored.payload, session.key);
    switch (opened.is) {
      case 'live':
        return opened.record;
      case 'expired':
        this.emit({
          type: 'expired',
          handle: session.handle,
          userId: opened.record.metadata.userId,
          cause: opened.reason,
        });
        return opened.reason;
      case 'ended':
        return opened.reason;
      case 'unreadable':
        this.reject(stored, session, opened.cause);
        return 'unreadable';
      default:
        return 'expired';
    }
  }

  /**
   * Reports a record, once. If it can never be read, it is removed, unless it was replaced since. If
   * another instance may be able to read it (with a key that this one lacks, say), it is left alone.
   */
  private reject({ version }: ReadRecord, { handle, key }: KnownSession, cause: Error): void {
    this.emit({ type: 'rejected', handle, cause });
    const isFinal = cause instanceof CorruptRecordError && cause.isFinal;
    if (!this.reported.has(handle)) {
      if (this.reported.size === MAX_REPORTED) this.reported.clear();
      this.reported.add(handle);
      const fate = isFinal ? 'rejected and its record removed' : 'rejected';
      this.observer.error(`The session ${handle} was ${fate}.`, cause);
    }
    // The bounded store reports a failure, and the next request tries again.
    if (isFinal) this.store.remove(key, version).catch(() => undefined);
  }
}
