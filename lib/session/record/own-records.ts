import type { ReadRecord, SessionStore } from '../../stores/session-store.js';
import { CorruptRecordError } from '../errors.js';
import type { Emit, SessionObserver } from '../events.js';
import { handleOfKey } from '../ids.js';
import type { Absence } from './absence.js';
import type { RecordFormat } from './record-format.js';
import { lineageOf } from './session-record.js';
import type { SessionRecord } from './session-record.js';

/** How many handles to remember, so that each record is reported once. */
const MAX_REPORTED = 1_000;

/** Reads the records of requests' own sessions, and reports those that are no live session. */
export class OwnRecords {
  private readonly reported = new Set<string>();

  constructor(
    private readonly settings: { readonly hashIds: boolean },
    readonly format: RecordFormat,
    private readonly store: Pick<SessionStore, 'remove'>,
    private readonly observer: SessionObserver,
    private readonly emit: Emit,
  ) {}

  /** Returns the record of a live session, or why it is not one. */
  read(stored: ReadRecord, key: string): SessionRecord | Absence {
    const opened = this.format.open(stored.payload, key);
    switch (opened.is) {
      case 'live':
        return opened.record;
      case 'expired':
        this.emit({
          type: 'expired',
          handle: handleOfKey(lineageOf(opened.record, key), this.settings),
          userId: opened.record.metadata.userId,
          cause: opened.reason,
        });
        return opened.reason;
      case 'ended':
        return opened.reason;
      case 'unreadable':
        this.reject(stored, key, opened.cause);
        return 'unreadable';
      case 'rotated':
        return 'rotated';
      case 'absent':
        return 'expired';
    }
  }

  /**
   * Reports a record, once. If it can never be read, it is removed, unless it was replaced since. If
   * another instance may be able to read it (with a key that this one lacks, say), it is left alone.
   */
  private reject({ version }: ReadRecord, key: string, cause: Error): void {
    const handle = handleOfKey(key, this.settings);
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
