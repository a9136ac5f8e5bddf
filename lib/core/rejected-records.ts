import type { SessionStore } from '../stores/session-store.js';
import type { RequestSession } from './request-session.js';
import type { SessionObserver } from './session-events.js';

/** How many handles to remember, so that one record is reported once. */
const MEMORY = 1_000;

/** What becomes of stored records that are no sessions. */
export class RejectedRecords {
  private readonly reported = new Set<string>();

  constructor(
    private readonly store: SessionStore,
    private readonly observer: SessionObserver,
  ) {}

  /** Reports a record that can never be read, once, and removes it unless it was replaced since. */
  dispose({ handle, key }: RequestSession, payload: string, cause: unknown): void {
    if (this.reported.has(handle)) return;
    if (this.reported.size === MEMORY) this.reported.clear();
    this.reported.add(handle);
    this.observer.error(`The session ${handle} was rejected and its record removed.`, cause);
    // A failure is reported by the store itself, and the record is met again.
    this.store.remove(key, payload).catch(() => undefined);
  }
}
