import { isIndexedStore } from '../stores/session-store.js';
import type {
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  KeyBatch,
  SessionLimit,
  SessionStore,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from '../stores/session-store.js';
import { StoreUnavailableError } from './session-errors.js';
import { tellable } from './store-failure.js';

/** A store whose every answer comes within a bounded time, or is a {@link StoreUnavailableError}. */
export class BoundedStore implements SessionStore {
  constructor(
    private readonly store: SessionStore,
    private readonly timeout: number,
    private readonly onFailure: (error: StoreUnavailableError) => void,
  ) {}

  read(key: string): Promise<string | undefined> {
    return this.bounded('read', key, () => this.store.read(key));
  }

  create(key: string, record: StoredRecord): Promise<boolean> {
    return this.bounded('create', key, () => this.store.create(key, record));
  }

  replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    return this.bounded('write', key, () => this.store.replace(key, expected, record));
  }

  renew(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    const renew = this.store.renew ?? this.store.replace;
    return this.bounded('write', key, () => renew.call(this.store, key, expected, record));
  }

  remove(key: string, expected?: string): Promise<StoreOutcome> {
    return this.bounded('remove', key, () => this.store.remove(key, expected));
  }

  async close(): Promise<void> {
    await this.store.close?.();
  }

  /** The second, optional interface; `undefined` where the store has none. */
  get indexed(): BoundedIndex | undefined {
    if (!isIndexedStore(this.store)) return undefined;
    return new BoundedIndex(this.store, (...asked) => this.bounded(...asked));
  }

  private bounded<T>(operation: string, key: string, call: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let isOver = false; // a store may still answer or fail after its time was up
      const end = (): boolean => {
        if (isOver) return false;
        isOver = true;
        clearTimeout(timer);
        return true;
      };
      const fail = (cause: unknown): void => {
        if (!end()) return;
        const error = new StoreUnavailableError(operation, tellable(cause, key));
        this.onFailure(error);
        reject(error);
      };
      const timer = setTimeout(() => {
        // Node looks at timers first: in a process that was busy for so long, the answer may be there.
        setImmediate(() => fail(new Error(`no answer within storeTimeout (${this.timeout} ms)`)));
      }, this.timeout);
      try {
        call().then((answer) => {
          if (end()) resolve(answer);
        }, fail);
      } catch (error) {
        fail(error);
      }
    });
  }
}

/** The index of a store, bounded in the same way. */
export class BoundedIndex implements UserIndex {
  constructor(
    private readonly store: IndexedSessionStore,
    private readonly bounded: <T>(
      operation: string,
      key: string,
      call: () => Promise<T>,
    ) => Promise<T>,
  ) {}

  enter(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> {
    return this.bounded('index', entry.key, () => this.store.users.enter(userId, entry, limit));
  }

  refresh(userId: string, entry: IndexEntry, formerKey?: string): Promise<boolean> {
    return this.bounded('index', entry.key, () =>
      this.store.users.refresh(userId, entry, formerKey),
    );
  }

  leave(userId: string, key: string): Promise<boolean> {
    return this.bounded('index', key, () => this.store.users.leave(userId, key));
  }

  keysOf(userId: string): Promise<readonly string[]> {
    return this.bounded('list', '', () => this.store.users.keysOf(userId));
  }

  bury(key: string, record: StoredRecord): Promise<void> {
    return this.bounded('end', key, () => this.store.bury(key, record));
  }

  /** True for an index that may lose the entry of a session that goes on. */
  get canLoseEntries(): boolean {
    return this.store.scanBeyondIndex !== undefined;
  }

  scanBeyondIndex(from?: string): Promise<KeyBatch | undefined> {
    return this.bounded('list', '', async () => this.store.scanBeyondIndex?.(from));
  }
}
