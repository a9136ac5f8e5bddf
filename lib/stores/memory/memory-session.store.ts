import { LRUCache } from 'lru-cache';
import { brand } from '../../copies/brand.js';
import type {
  IndexedSessionStore,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from '../session-store.js';
import { MemoryUserIndex } from './memory-user-index.js';

/** Options of {@link MemorySessionStore}. */
export interface MemorySessionStoreOptions {
  /**
   * How many sessions to keep. When one more arrives, the least recently used session is dropped.
   * @default 100_000
   */
  max?: number | undefined;

  /**
   * The clock that decides what has expired, in epoch milliseconds. For tests.
   * @default Date.now
   */
  clock?: (() => number) | undefined;
}

/**
 * Keeps sessions in this process's memory: the embedded default.
 *
 * Bounded, expiring, and exact under parallel requests. Sessions end with the process and are not
 * shared with other processes, so it is meant for development, tests, and single-process services
 * whose users may be signed out by a deployment.
 */
export class MemorySessionStore implements IndexedSessionStore {
  static {
    brand(this, 'MemorySessionStore');
  }

  private readonly index: MemoryUserIndex;
  private readonly records: LRUCache<string, StoredRecord>;
  private readonly clock: () => number;

  /** @throws RangeError when `max` is not a whole number above zero. */
  constructor({ max = 100_000, clock = Date.now }: MemorySessionStoreOptions = {}) {
    if (!Number.isSafeInteger(max) || max < 1) {
      throw new RangeError(
        `MemorySessionStore: max is ${String(max)}. It counts sessions: give a whole number above zero.`,
      );
    }
    this.records = new LRUCache({
      max,
      // Whoever removes a record sees to its entry; one that is dropped for want of room has nobody.
      dispose: (_record, key, reason) => {
        if (reason === 'evict') this.index.forget(key);
      },
    });
    this.clock = clock;
    this.index = new MemoryUserIndex(clock);
  }

  /** Which sessions a user has. */
  get users(): UserIndex {
    return this.index;
  }

  async read(key: string): Promise<string | undefined> {
    return this.live(key)?.payload;
  }

  async create(key: string, record: StoredRecord): Promise<boolean> {
    if (this.live(key) !== undefined) return false;
    this.records.set(key, record);
    return true;
  }

  async replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    const outcome = this.compare(key, expected);
    if (outcome === 'done') this.records.set(key, record);
    return outcome;
  }

  async remove(key: string, expected?: string): Promise<StoreOutcome> {
    const outcome = this.compare(key, expected);
    if (outcome === 'done') this.records.delete(key);
    return outcome;
  }

  async bury(key: string, record: StoredRecord): Promise<void> {
    this.records.set(key, record);
  }

  private compare(key: string, expected: string | undefined): StoreOutcome {
    const record = this.live(key);
    if (record === undefined) return 'gone';
    if (expected !== undefined && record.payload !== expected) return { conflict: record.payload };
    return 'done';
  }

  private live(key: string): StoredRecord | undefined {
    const record = this.records.get(key);
    if (record === undefined || record.expiresAt > this.clock()) return record;
    this.records.delete(key);
    this.index.forget(key);
    return undefined;
  }
}
