import { brand } from '../../copies/brand.js';
import type {
  IndexedSessionStore,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from '../session-store.js';
import { MemoryRecords } from './memory-records.js';
import { MemoryUserIndex } from './memory-user-index.js';
import { Sweeper } from './sweeper.js';
import type { Remainder } from './sweeper.js';

/** Options of {@link MemorySessionStore}. */
export interface MemorySessionStoreOptions {
  /**
   * How many sessions to keep. When one more arrives, one has to go: one that has expired, or else the
   * least recently used one that no user is signed in to, or else the least recently used one.
   * @default 100_000
   */
  max?: number | undefined;

  /**
   * The clock that decides what has expired, in epoch milliseconds. For tests.
   * @default Date.now
   */
  clock?: (() => number) | undefined;
}

/** How many expired sessions the timer gives back at a time: about a millisecond's work. */
const SWEPT_BY_TIMER = 1_000;

/**
 * Keeps sessions in this process's memory: the embedded default.
 *
 * Bounded, exact under parallel requests, and it gives back the memory of sessions that have expired.
 * Sessions end with the process and are not shared with other processes, so it is meant for
 * development, tests, and single-process services whose users may be signed out by a deployment.
 */
export class MemorySessionStore implements IndexedSessionStore {
  static {
    brand(this, 'MemorySessionStore');
  }

  private readonly index: MemoryUserIndex;
  private readonly records: MemoryRecords;
  private readonly listeners: (() => void)[] = [];
  private readonly sweeper = new Sweeper(() => this.sweep());

  /** @throws RangeError when `max` is not a whole number above zero. */
  constructor({ max = 100_000, clock = Date.now }: MemorySessionStoreOptions = {}) {
    if (!Number.isSafeInteger(max) || max < 1) {
      throw new RangeError(
        `MemorySessionStore: max is ${String(max)}. It counts sessions: give a whole number above zero.`,
      );
    }
    this.index = new MemoryUserIndex(clock, (key) => {
      this.records.reclassify(key);
      this.sweeper.wake();
    });
    this.records = new MemoryRecords(max, clock, this.index, () => {
      for (const listener of this.listeners) listener();
    });
  }

  /** Which sessions a user has. */
  get users(): UserIndex {
    return this.index;
  }

  async read(key: string): Promise<string | undefined> {
    return this.records.use(key);
  }

  async create(key: string, record: StoredRecord): Promise<boolean> {
    if (this.records.use(key) !== undefined) return false;
    this.set(key, record);
    return true;
  }

  async replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    const outcome = this.compare(key, expected);
    if (outcome === 'done') this.set(key, record);
    return outcome;
  }

  async remove(key: string, expected?: string): Promise<StoreOutcome> {
    const outcome = this.compare(key, expected);
    if (outcome === 'done') this.records.delete(key);
    return outcome;
  }

  async bury(key: string, record: StoredRecord): Promise<void> {
    this.set(key, record);
  }

  /** Calls back whenever a user's session is dropped before its time, since there was no room. */
  onDrop(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Stops the timer that gives back what has expired; the next write starts it again. */
  async close(): Promise<void> {
    this.sweeper.stop();
  }

  private compare(key: string, expected: string | undefined): StoreOutcome {
    const payload = this.records.use(key);
    if (payload === undefined) return 'gone';
    return expected === undefined || payload === expected ? 'done' : { conflict: payload };
  }

  private set(key: string, record: StoredRecord): void {
    this.records.set(key, record);
    this.sweeper.wake();
  }

  private sweep(): Remainder {
    const isMoreDue = [this.records, this.index].map((part) => part.expireSome(SWEPT_BY_TIMER));
    if (isMoreDue.includes(true)) return 'due';
    return this.records.isEmpty && this.index.isEmpty ? 'nothing' : 'later';
  }
}
