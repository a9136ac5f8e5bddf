import { brand } from '../../copies/brand.js';
import type {
  Conflict,
  EntryOutcome,
  IndexedSessionStore,
  Move,
  MoveOutcome,
  ReadRecord,
  RemoveOutcome,
  Renewal,
  ReplaceOutcome,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from '../session-store.js';
import { checkStoreOptions } from '../store-options.js';
import type { StoreOptionRules } from '../store-options.js';
import { systemClock } from '../system-clock.js';
import { MEMORY_OPTION_RULES } from './memory-options.rule.js';
import { MemoryRecords } from './memory-records.js';
import type { KeptRecord } from './memory-records.js';
import { MemoryUserIndex } from './memory-user-index.js';
import type { KeptEntry } from './memory-user-index.js';
import { Sweeper } from './sweeper.js';
import type { Remainder } from './sweeper.js';

/** Options of {@link MemorySessionStore}. */
export interface MemorySessionStoreOptions {
  /**
   * How many sessions to keep. One more replaces a session that has expired, or else the least recently
   * used one that no user is signed in to, or else the least recently used one.
   * @default 100_000
   */
  max?: number | undefined;

  /**
   * The clock that decides what has expired, in epoch milliseconds. For tests.
   * @default Date.now
   */
  clock?: (() => number) | undefined;
}

const MEMORY_OPTIONS: StoreOptionRules = {
  store: 'MemorySessionStore',
  example: '{ max }',
  rules: MEMORY_OPTION_RULES,
};

/** All that a {@link MemorySessionStore} keeps, as plain data. */
export interface MemorySnapshot {
  /** The records: the key, the payload and the expiry of each. */
  readonly records: readonly KeptRecord[];
  /** The index of users: the user, the key and the expiry of each entry. */
  readonly entries: readonly KeptEntry[];
}

/** How many expired sessions the timer frees at a time, which takes about a millisecond. */
const SWEPT_BY_TIMER = 1_000;

/**
 * Keeps sessions in the memory of this process: the default.
 *
 * It is bounded, exact under parallel requests, and frees the memory of sessions that have expired.
 * Sessions end with the process and are not shared with other processes. So it is meant for development,
 * tests, and services of a single process whose users may be signed out by a deployment.
 */
export class MemorySessionStore implements IndexedSessionStore {
  static {
    brand(this, 'MemorySessionStore');
  }

  /** Which sessions a user has. */
  readonly users: UserIndex = {
    add: async (userId, entry, limit) => this.index.add(userId, entry, limit),
    update: async (userId, entry, formerKey) => this.index.update(userId, entry, formerKey),
    remove: async (userId, key) => this.index.remove(userId, key),
    removeMany: async (userId, keys) => keys.map((key) => this.index.remove(userId, key)),
    list: async (userId, atMost) => this.index.list(userId, atMost),
  };
  private readonly clock: () => number;
  private readonly index: MemoryUserIndex;
  private readonly records: MemoryRecords;
  private readonly listeners: (() => void)[] = [];
  private readonly sweeper = new Sweeper(() => this.sweep());

  /**
   * @throws RangeError when `max` is not a whole number above zero
   * @throws TypeError when another option is unknown or wrong
   */
  constructor(options: MemorySessionStoreOptions = {}) {
    const { max = 100_000, clock = systemClock } = checkStoreOptions(MEMORY_OPTIONS, options);
    this.clock = clock;
    this.index = new MemoryUserIndex(clock, (key) => {
      this.records.reclassify(key);
      this.sweeper.wake();
    });
    this.records = new MemoryRecords(max, clock, this.index, () => {
      for (const listener of this.listeners) listener();
    });
  }

  async read(key: string): Promise<ReadRecord | undefined> {
    return this.records.use(key);
  }

  async readMany(keys: readonly string[]): Promise<readonly (ReadRecord | undefined)[]> {
    return keys.map((key) => this.records.use(key));
  }

  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    return this.records.use(key) === undefined ? { version: this.set(key, record) } : 'taken';
  }

  async replace(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    return this.refusalFor(key, version) ?? { version: this.set(key, record) };
  }

  async renewMany(renewals: readonly Renewal[]): Promise<readonly ReplaceOutcome[]> {
    return renewals.map(
      ({ key, version, record }) =>
        this.refusalFor(key, version) ?? { version: this.set(key, record) },
    );
  }

  async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    const refusal = this.refusalFor(key, version);
    if (refusal !== undefined) return refusal;
    this.records.delete(key);
    return 'removed';
  }

  async put(key: string, record: StoredRecord): Promise<void> {
    this.set(key, record);
  }

  async move(move: Move): Promise<MoveOutcome> {
    const { from, mark, to, record } = move;
    if (this.records.use(to) !== undefined) return 'taken';
    const refusal = from && this.refusalFor(from.key, from.version);
    if (refusal !== undefined) return refusal;
    const evicted = this.moveEntry(move);
    if (typeof evicted === 'string') return evicted;
    if (from !== undefined && mark !== undefined) this.set(from.key, mark);
    else if (from !== undefined) this.records.delete(from.key);
    return { moved: this.set(to, record), evicted };
  }

  /** Returns everything that is kept and has not expired. */
  snapshot(): MemorySnapshot {
    return { records: this.records.live(), entries: this.index.live() };
  }

  /** Restores whatever in a snapshot has not expired. */
  restore({ records, entries }: MemorySnapshot): void {
    const now = this.clock();
    const isLive = ([, , expiresAt]: KeptRecord | KeptEntry): boolean => expiresAt > now;
    // The entries first, since they tell the records of users from others.
    for (const [userId, key, expiresAt] of entries.filter(isLive)) {
      this.index.add(userId, { key, expiresAt });
    }
    for (const [key, payload, expiresAt] of records.filter(isLive)) {
      this.set(key, { payload, expiresAt });
    }
  }

  /** Calls back whenever the store is full and drops the session of a user before it expires. */
  onDrop(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Stops the timer that frees what has expired; the next write starts it again. */
  async close(): Promise<void> {
    this.sweeper.stop();
  }

  /** Why a write is refused; `undefined` when the record has the version, or any version will do. */
  private refusalFor(key: string, version: Version | undefined): 'gone' | Conflict | undefined {
    const found = this.records.use(key);
    if (found === undefined) return 'gone';
    return version === undefined || version === found.version ? undefined : { conflict: found };
  }

  private set(key: string, record: StoredRecord): Version {
    this.sweeper.wake();
    return this.records.set(key, record);
  }

  /**
   * Does the part of a move that concerns the index; returns the evicted keys, or why nothing has changed.
   */
  private moveEntry(move: Move): readonly string[] | 'gone' | 'full' {
    const { from, to, entry, limit, needsFormerEntry } = move;
    let outcome: EntryOutcome = { evicted: [] };
    if (entry !== undefined) {
      const { userId, expiresAt } = entry;
      const staysWithUser = from?.userId === userId;
      if (staysWithUser && this.index.update(userId, { key: to, expiresAt }, from.key)) return [];
      if (staysWithUser && needsFormerEntry) return 'gone';
      outcome = this.index.add(userId, { key: to, expiresAt }, limit);
    }
    if (outcome === 'full') return outcome;
    if (from?.userId !== undefined) this.index.remove(from.userId, from.key);
    return outcome.evicted;
  }

  private sweep(): Remainder {
    const isMoreDue = [this.records, this.index].map((part) => part.expireSome(SWEPT_BY_TIMER));
    if (isMoreDue.includes(true)) return 'due';
    return this.records.isEmpty && this.index.isEmpty ? 'nothing' : 'later';
  }
}
