import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { isIndexedStore } from '../../stores/session-store.js';
import type {
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  KeyBatch,
  Move,
  MoveOutcome,
  SessionLimit,
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  SessionStore,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from '../../stores/session-store.js';
import type { StoreUnavailableError } from '../errors.js';
import { BoundedCall } from './bounded-call.js';
import type { Callee } from './bounded-call.js';
import type { WaitBudget } from './wait-budget.js';

/** For how many milliseconds a write that is not answered holds up the next one, where it has to. */
const PATIENCE = 30_000;

/** A call with a time limit. */
type Bounded = <T>(
  operation: string,
  key: string,
  call: () => Promise<T>,
  budget: WaitBudget | undefined,
) => Promise<T>;

/**
 * A store that answers every call within `storeTimeout`, and within what is left of the request's wait
 * budget if one is passed; else the call rejects with a {@link StoreUnavailableError}.
 */
export class BoundedStore {
  private readonly unanswered = new Map<string, Promise<void>>();
  private readonly callee: Callee;

  /**
   * @param timeout in milliseconds
   * @param failed hears of every call that fails
   */
  constructor(
    private readonly store: SessionStore,
    timeout: number,
    failed: (error: StoreUnavailableError) => void,
  ) {
    const gaveUp: Callee['gaveUp'] = (...call) => this.noteUnanswered(...call);
    this.callee = { timeout, answers: 0, failed, gaveUp };
  }

  read(key: string, budget?: WaitBudget): Promise<ReadRecord | undefined> {
    return this.bounded('read', key, () => this.store.read(key), budget);
  }

  async isKeptBeyond(key: string, time: number, budget: WaitBudget): Promise<boolean> {
    const call = async (): Promise<boolean> =>
      (await this.store.isKeptBeyond?.(key, time)) ?? false;
    return this.bounded('read', key, call, budget);
  }

  create(key: string, record: StoredRecord, budget?: WaitBudget): Promise<Written | 'taken'> {
    return this.bounded('create', key, () => this.store.create(key, bare(record)), budget);
  }

  replace(
    key: string,
    version: Version,
    record: StoredRecord,
    budget?: WaitBudget,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    const call = (): Promise<ReplaceOutcome | 'busy'> =>
      this.store.replace(key, version, bare(record), turn);
    return this.bounded('write', key, call, budget);
  }

  remove(key: string, version?: Version, budget?: WaitBudget): Promise<RemoveOutcome> {
    return this.bounded('remove', key, () => this.store.remove(key, version), budget);
  }

  renew(
    key: string,
    version: Version,
    record: StoredRecord,
    budget?: WaitBudget,
  ): Promise<ReplaceOutcome | 'busy'> {
    const renew = this.store.renew ?? this.store.replace;
    const call = (): Promise<ReplaceOutcome | 'busy'> =>
      renew.call(this.store, key, version, bare(record));
    return this.bounded('write', key, call, budget);
  }

  async close(): Promise<void> {
    await this.store.close?.();
  }

  /** The index of users; `undefined` if the store keeps none. */
  get indexed(): BoundedIndex | undefined {
    if (!isIndexedStore(this.store)) return undefined;
    return new BoundedIndex(this.store, (...call) => this.bounded(...call));
  }

  /**
   * Resolves when a write under this key, which was given up, has been answered after all, or 30 s are
   * over: until then, a store that cannot compare and set must not get another one.
   */
  stillBusy(key: string): Promise<void> | undefined {
    return this.unanswered.get(key);
  }

  private noteUnanswered(operation: string, key: string, answered: Promise<void>): void {
    if (this.store.lacksCompareAndSet !== true || operation === 'read') return;
    const over = Promise.race([answered, setTimeoutPromise(PATIENCE, undefined, { ref: false })]);
    this.unanswered.set(
      key,
      over.then(() => {
        this.unanswered.delete(key);
      }),
    );
  }

  private bounded<T>(
    operation: string,
    key: string,
    call: () => Promise<T>,
    budget: WaitBudget | undefined,
  ): Promise<T> {
    return new BoundedCall(this.callee, operation, key, call, budget).answer;
  }
}

/** The index of users of a store, bounded in the same way. */
export class BoundedIndex implements UserIndex {
  constructor(
    private readonly store: IndexedSessionStore,
    private readonly bounded: Bounded,
  ) {}

  add(
    userId: string,
    entry: IndexEntry,
    limit?: SessionLimit,
    budget?: WaitBudget,
  ): Promise<EntryOutcome> {
    const { users } = this.store;
    return this.bounded('index', entry.key, () => users.add(userId, entry, limit), budget);
  }

  update(
    userId: string,
    entry: IndexEntry,
    formerKey?: string,
    budget?: WaitBudget,
  ): Promise<boolean> {
    const { users } = this.store;
    return this.bounded('index', entry.key, () => users.update(userId, entry, formerKey), budget);
  }

  remove(userId: string, key: string, budget?: WaitBudget): Promise<boolean> {
    return this.bounded('index', key, () => this.store.users.remove(userId, key), budget);
  }

  list(userId: string, budget?: WaitBudget): Promise<readonly string[]> {
    return this.bounded('list', '', () => this.store.users.list(userId), budget);
  }

  put(key: string, record: StoredRecord, budget?: WaitBudget): Promise<void> {
    return this.bounded('end', key, () => this.store.put(key, bare(record)), budget);
  }

  /** True for a store that can move a session to a new key in one step. */
  get canMove(): boolean {
    return this.store.move !== undefined;
  }

  async move(move: Move, budget?: WaitBudget): Promise<MoveOutcome> {
    const { mark, record } = move;
    const bareMove = { ...move, mark: mark && bare(mark), record: bare(record) };
    const call = async (): Promise<MoveOutcome> => (await this.store.move?.(bareMove)) ?? 'gone';
    return this.bounded('write', move.to, call, budget);
  }

  /** True if the store may drop the entry of a session that is still live. */
  get canLoseEntries(): boolean {
    return this.store.scanBeyondIndex !== undefined;
  }

  scanBeyondIndex(from?: string): Promise<KeyBatch | undefined> {
    return this.bounded('list', '', async () => this.store.scanBeyondIndex?.(from), undefined);
  }
}

/**
 * The part of a record that the store gets: a draft also has the session in clear, and objects of the
 * application, which a store could write or keep.
 */
function bare({ payload, expiresAt }: StoredRecord): StoredRecord {
  return { payload, expiresAt };
}
