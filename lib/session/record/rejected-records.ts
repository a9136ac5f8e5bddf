import type { SessionStore } from '../../stores/session-store.js';
import { CorruptRecordError } from '../errors.js';
import type { SessionObserver } from '../events.js';

/** How many handles to remember, so that one record is reported once. */
const MEMORY = 1_000;

/** What becomes of stored records that are no sessions. */
export class RejectedRecords {
  private readonly reported = new Set<string>();

  constructor(
    private readonly store: SessionStore,
    private readonly observer: SessionObserver,
  ) {}

  /**
   * Reports a record, once. One that can never be read is removed, unless it was replaced since;
   * one that another instance may still read (by a key that this one lacks, say) is left alone.
   */
  dispose({ handle, key }: { handle: string; key: string }, payload: string, cause: unknown): void {
    const isFinal = cause instanceof CorruptRecordError && cause.isFinal;
    if (!this.reported.has(handle)) {
      if (this.reported.size === MEMORY) this.reported.clear();
      this.reported.add(handle);
      const fate = isFinal ? 'rejected and its record removed' : 'rejected';
      this.observer.error(`The session ${handle} was ${fate}.`, cause);
    }
    // A failure is reported by the store itself, and the record is met again.
    if (isFinal) this.store.remove(key, payload).catch(() => undefined);
  }
}
