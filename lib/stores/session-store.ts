/** All that a store is given of a record: an opaque text, and when it may be forgotten. */
export interface StoredRecord {
  /** The serialised record. A store never looks inside it. */
  readonly payload: string;
  /** When the record expires, in epoch milliseconds. A store may forget it then, and not before. */
  readonly expiresAt: number;
}

/**
 * Tells a store whether a record is still the one that was read. Its value is the store's choice, and
 * opaque to everyone else. Two records under one key have the same version only if they have the same
 * payload: a store without anything better can use the payload itself.
 */
export type Version = string | number;

/** A record that was read, and the version by which it can be replaced. */
export interface ReadRecord {
  /** The payload that was given to the store. */
  readonly payload: string;
  /** The version by which it can be replaced. */
  readonly version: Version;
}

/** The record was written, under this version. */
export interface Written {
  /** The version by which it can be replaced in its turn. */
  readonly version: Version;
}

/** Another request has written since the record was read; this is what is there now. */
export interface Conflict {
  /** The record that is there now. */
  readonly conflict: ReadRecord;
}

/**
 * The outcome of replacing a record: written; `gone` (there is no longer a record under this key; one that is
 * gone is never brought back); or a conflict.
 */
export type ReplaceOutcome = Written | 'gone' | Conflict;

/** A record that replaces the one under a key, if that still has the version. */
export interface Renewal {
  /** The key of both. */
  readonly key: string;
  /** What was read under it. */
  readonly version: Version;
  /** The record to put in its place. */
  readonly record: StoredRecord;
}

/** The outcome of removing a record. */
export type RemoveOutcome = 'removed' | 'gone' | Conflict;

/**
 * How the text of a record is written as a payload. Where the format can, it binds in the key, so that a
 * record copied to another key is not a record there.
 */
export interface RecordCodec {
  /**
   * Writes the text of a record as the payload that the store will keep under the key.
   * @param former the payload that it replaces, if any
   */
  seal(text: string, key: string, former?: string): string;
  /**
   * Reads what `seal` wrote. Throws for any other payload; the error is logged, so it must not quote
   * the payload.
   */
  open(payload: string, key: string): string;
}

/**
 * The port between the session lifecycle and a place where sessions are kept.
 *
 * Keys are opaque, at most 64 characters by default, and safe in URLs. An expired record counts as absent.
 * Every method rejects when the store cannot answer; it never says "absent" instead.
 */
export interface SessionStore {
  /**
   * True for a store that cannot compare and set in one step. A process gives it one write at a time for each
   * key, and the next one only when the last has answered, or 30 seconds have passed.
   */
  readonly lacksCompareAndSet?: boolean;

  /**
   * True for a store that tells records apart by their first characters. Records of sessions then begin with
   * a revision, `{"_sesame":{"rev":"<12 random characters>"`, new with each write, unless another program may
   * write them, too, as with `hashIds: false`.
   */
  readonly wantsRevision?: boolean;

  /** The format of the store's payloads, where it is not the record's own JSON. */
  readonly codec?: RecordCodec | undefined;

  /** Returns the record under `key`; `undefined` when there is none. */
  read(key: string): Promise<ReadRecord | undefined>;

  /**
   * Returns the records under some hundreds of keys, each in the place of its key: those that `read` would
   * find, in fewer steps. Without this method, `read` is called for each.
   */
  readMany?(keys: readonly string[]): Promise<readonly (ReadRecord | undefined)[]>;

  /**
   * Stores a record under a key that is free; if it is not, returns `taken` and writes nothing. Unless the
   * `genid` option makes the ids, it is always free, so a store that cannot tell need not look.
   */
  create(key: string, record: StoredRecord): Promise<Written | 'taken'>;

  /**
   * Replaces the record if it still has this version: one atomic compare-and-set. A writer that has met
   * several conflicts passes a turn, with which a store may keep others off for a moment: they get `busy`,
   * and nothing is written. A store that is used by one process needs no turns.
   */
  replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'>;

  /**
   * Replaces the record as `replace` does, by one that says no more than the one there: it extends a session,
   * or marks it as ended. Even a full store should accept it, if it is no longer than what it replaces.
   * Without this method, `replace` is called.
   */
  renew?(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome | 'busy'>;

  /**
   * Renews some hundreds of records in fewer steps; returns each outcome in the place of its renewal. Without
   * this method, they are renewed one by one.
   */
  renewMany?(renewals: readonly Renewal[]): Promise<readonly (ReplaceOutcome | 'busy')[]>;

  /**
   * True if the store keeps the record beyond this time, in epoch milliseconds. It is for a store that plain
   * express-session may use as well, whose `touch` can have the store keep a record for longer without
   * changing it. Called for a record that was just read, and only with `hashIds: false`.
   */
  isKeptBeyond?(key: string, time: number): Promise<boolean>;

  /** Removes the record; with a version, only if it still has that one. */
  remove(key: string, version?: Version): Promise<RemoveOutcome>;

  /**
   * Registers a function to call whenever the store is full and drops the session of a user before it
   * expires. Sesame warns of it once. A store that never does so leaves this out.
   */
  onDrop?(listener: () => void): void;

  /**
   * Called once, as the application boots. If the settings of the server behind the store are unwise,
   * the store says so in a sentence for the log. Nobody waits for it, and it must not throw.
   */
  advise?(tell: (advice: string) => void): void;

  /**
   * Called once, as the application boots. Rejects if the store can never work as it is set up, such as
   * without its tables: the application then does not start. Resolves if only the server behind the store
   * cannot be reached, which the requests report.
   * @param patience for how many milliseconds, at most, the answer of any method is waited for: what has not
   * begun by then need not begin
   */
  prepare?(patience: number): Promise<void>;

  /**
   * True if the store may have done what it was asked by a call that failed with this error, such as when its
   * connection broke before the answer. Such a call is not tried again in another way. Without this method,
   * every error is a refusal.
   */
  isAnswerLost?(error: unknown): boolean;

  /** Closes what the store itself opened, when the application shuts down. */
  close?(): Promise<void>;
}

/** How many sessions a user may have, and what happens to one more. */
export interface SessionLimit {
  /** How many, a whole number above zero. */
  readonly max: number;
  /** Whether one more evicts the entry that expires first, or is refused. */
  readonly onExceed: 'evict-oldest' | 'reject';
}

/** An entry in the index of a user. */
export interface IndexEntry {
  /** The key of the session's record. */
  readonly key: string;
  /** Until when it counts, in epoch milliseconds. The entry that expires first is evicted first. */
  readonly expiresAt: number;
}

/** The outcome of adding an entry: the keys that were evicted for it, or `full` when it was refused. */
export type EntryOutcome = { readonly evicted: readonly string[] } | 'full';

/**
 * Which sessions a user has. The index is what counts: a session whose entry is gone has been ended,
 * though its record may still be there for a moment. An entry that has expired is as good as gone:
 * no method counts, lists, updates or removes one.
 */
export interface UserIndex {
  /**
   * Adds an entry: counts, evicts or refuses, and adds, in one atomic step. Doing it twice changes nothing.
   */
  add(userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome>;

  /**
   * Changes the expiry of an entry. If the session got a new key, the entry takes the place of that of
   * `formerKey`. Returns `false` when neither is there: an entry that is gone stays gone.
   */
  update(userId: string, entry: IndexEntry, formerKey?: string): Promise<boolean>;

  /** Removes an entry; returns `true` to the one caller who removed it. */
  remove(userId: string, key: string): Promise<boolean>;

  /**
   * Removes some hundreds of entries; returns what `remove` would for each, in the place of its key. Without
   * this method, `remove` is called for each.
   */
  removeMany?(userId: string, keys: readonly string[]): Promise<readonly boolean[]>;

  /**
   * Returns the keys of the user's sessions, ordered by expiry, the earliest first.
   * @param atMost how many of them are needed; a store may return more
   */
  list(userId: string, atMost?: number): Promise<readonly string[]>;
}

/** All that has to happen when a session gets a new key. */
export interface Move {
  /** Where its record is, and whose entry that key has; `undefined` when nothing is stored yet. */
  readonly from:
    | { readonly key: string; readonly version: Version; readonly userId: string | undefined }
    | undefined;
  /** What takes the place of the former record; `undefined` to remove it. */
  readonly mark: StoredRecord | undefined;
  /** The new key, which must be free. */
  readonly to: string;
  /** The record to put there. */
  readonly record: StoredRecord;
  /** The entry of the new key. No limit applies when it takes the place of the same user's entry. */
  readonly entry: { readonly userId: string; readonly expiresAt: number } | undefined;
  /** How many sessions the user may have; `undefined` for no limit. */
  readonly limit: SessionLimit | undefined;
  /** True to refuse the move, as `gone`, when the user stays the same and their former entry is gone. */
  readonly needsFormerEntry: boolean;
}

/**
 * The outcome of a move: all of it happened, with the version of the new record and the keys that were
 * evicted for its entry; or nothing has changed. `taken`: the new key is not free. `full`: the limit refuses
 * the entry. `gone` and a conflict are about what was under the former key.
 */
export type MoveOutcome =
  | { readonly moved: Version; readonly evicted: readonly string[] }
  | 'taken'
  | 'gone'
  | 'full'
  | Conflict;

/** A batch of many keys. A key that exists from the first batch to the last is in at least one. */
export interface KeyBatch {
  /** The keys, in no order. */
  readonly keys: readonly string[];
  /** Where the next batch begins; `undefined` when this was the last. */
  readonly next?: string | undefined;
}

/** A store that also knows which sessions a user has: what devices, caps and sign-outs need. */
export interface IndexedSessionStore extends SessionStore {
  /** Which sessions a user has. */
  readonly users: UserIndex;

  /**
   * Stores a mark that something was ended, whether or not there is a record under the key. Ending a
   * session must not need room: a store that has none for the mark removes the record instead.
   */
  put(key: string, record: StoredRecord): Promise<void>;

  /**
   * Gives a session a new key, in one atomic step: the new record, the mark at the former key, and the entry
   * with its limit. A store that cannot do that, such as one on Redis Cluster, whose keys are on different
   * nodes, leaves this out: the steps are then taken one by one.
   */
  move?(move: Move): Promise<MoveOutcome>;

  /**
   * Returns the keys of all records, listed or not, in batches, for a store that may lose an entry of the
   * index while its session goes on, such as a Redis that evicts keys. Ending all sessions of a user looks
   * through them. Returns `undefined` while no entry can have been lost; a store that never loses one leaves
   * this out.
   * @param from the `next` of the previous batch; omitted for the first
   */
  scanBeyondIndex?(from?: string): Promise<KeyBatch | undefined>;
}

/** True for a store that implements the second, optional interface. */
export function isIndexedStore(store: SessionStore): store is IndexedSessionStore {
  return 'users' in store && 'put' in store;
}

/** True for an object that implements the port, as opposed to express-session's `Store`. */
export function isSessionStore(store: object): store is SessionStore {
  return ['read', 'create', 'replace', 'remove'].every(
    (method) => typeof Reflect.get(store, method) === 'function',
  );
}
