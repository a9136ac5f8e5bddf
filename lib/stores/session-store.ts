/** A record as a store sees it: an opaque text, and when it may be forgotten. */
export interface StoredRecord {
  /** The serialised record. A store never looks inside it. */
  readonly payload: string;
  /** When the record expires, in epoch milliseconds. A store may forget it then, and not before. */
  readonly expiresAt: number;
}

/** Another request wrote since the payload was read; this is what stands there now. */
export interface StoreConflict {
  readonly conflict: string;
}

/**
 * What a conditional write came to: `done`, `gone` (there is no record under this key any more; a
 * record that is gone is never brought back), or a conflict with the payload that is there instead.
 */
export type StoreOutcome = 'done' | 'gone' | StoreConflict;

/**
 * How the text of a record is written as a payload. The key is bound in where the format can, so
 * that a record copied to another key is no record there.
 */
export interface RecordCodec {
  seal(text: string, key: string): string;
  /** Throws when the payload is none of its own. */
  open(payload: string, key: string): string;
}

/**
 * The port between the session lifecycle and a place where sessions are kept.
 *
 * Keys are opaque, at most 64 characters by default, and safe in URLs. An expired record counts as
 * absent. Every method rejects when the store cannot answer; it never answers "absent" for that.
 */
export interface SessionStore {
  /** The format of the store's payloads, where it is not the record's own JSON. */
  readonly codec?: RecordCodec | undefined;

  /** The payload under `key`, or `undefined` when there is none. */
  read(key: string): Promise<string | undefined>;

  /** Stores a record under a key that is free; `false`, and nothing written, when it is taken. */
  create(key: string, record: StoredRecord): Promise<boolean>;

  /** Replaces the record if its payload still is `expected`: one atomic compare-and-set. */
  replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome>;

  /** Removes the record; with `expected`, only if its payload still is that. */
  remove(key: string, expected?: string): Promise<StoreOutcome>;

  /** Lets go of what the store itself opened, when the application shuts down. */
  close?(): Promise<void>;
}

/** True for an object that implements the port, as opposed to express-session's `Store`. */
export function isSessionStore(store: object): store is SessionStore {
  return ['read', 'create', 'replace', 'remove'].every(
    (method) => typeof Reflect.get(store, method) === 'function',
  );
}
