import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionAttributes } from '../../session/data/attributes.js';
import { handleOf } from '../../session/ids.js';
import { parseRecord, serialiseRecord } from '../../session/record/record-json.js';
import { isIndexedStore } from '../../stores/session-store.js';
import type {
  IndexedSessionStore,
  ReadRecord,
  SessionStore,
  StoredRecord,
  UserIndex,
} from '../../stores/session-store.js';
import { versionOf } from './checks.js';
import type { StoreUnderTest } from './store-under-test.js';

export const HOUR = 3_600_000;

/** How long a record that is about to expire lives, if the clock cannot be set. */
export const SHORT_LIFE = 300;
const DEADLINE = 10_000;

/**
 * A store under test, and what the cases of the contract need again and again. A payload is compared by what
 * it says, not by its text: a store may write a record differently, as long as it then always returns the
 * same text.
 */
export class StoreSubject {
  readonly store: SessionStore;

  constructor(readonly given: StoreUnderTest) {
    this.store = given.store;
  }

  /** The store, which must have an index of users. */
  get indexed(): IndexedSessionStore {
    assert(isIndexedStore(this.store), 'the store has no index of users: no `users` and no `put`');
    return this.store;
  }

  get users(): UserIndex {
    return this.indexed.users;
  }

  now(): number {
    return this.given.clock?.now() ?? Date.now();
  }

  /** How long what is about to expire lives. */
  get shortLife(): number {
    return this.given.clock === undefined ? SHORT_LIFE : HOUR;
  }

  /** Makes a record as the lifecycle writes it. */
  record(attributes: SessionAttributes, lifetime = HOUR): StoredRecord {
    const now = this.now();
    const expiresAt = now + lifetime;
    const payload = serialiseRecord({
      metadata: { seenAt: now, createdAt: now, userId: 'ada', authenticatedAt: now },
      cookie: {
        originalMaxAge: null,
        expires: new Date(expiresAt).toISOString(),
        secure: false,
        httpOnly: true,
        path: '/',
        sameSite: 'lax',
      },
      attributes,
    });
    return { payload, expiresAt };
  }

  /** Returns the attributes in a record that was read, without those that the store adds. */
  said(found: ReadRecord | undefined): SessionAttributes | undefined {
    if (found === undefined) return undefined;
    const { added = [] } = this.given;
    const all = Object.entries(parseRecord(found.payload, 0).attributes);
    return Object.fromEntries(all.filter(([name]) => !added.includes(name)));
  }

  /** Returns the attributes in the record under a key. */
  async saidUnder(key: string): Promise<SessionAttributes | undefined> {
    return this.said(await this.store.read(key));
  }

  async recordUnder(key: string): Promise<ReadRecord> {
    return (await this.store.read(key)) ?? assert.fail(`nothing is stored under ${key}`);
  }

  /** Stores a record and returns what is there now. */
  async stored(key: string, attributes: SessionAttributes): Promise<ReadRecord> {
    versionOf(await this.store.create(key, this.record(attributes)));
    return this.recordUnder(key);
  }

  /** Makes many calls at once, or one after the other for a store that is never called in any other way. */
  async sideBySide<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
    const indexes = Array.from({ length: count }, (_, index) => index);
    if (this.store.lacksCompareAndSet !== true) return Promise.all(indexes.map(call));
    const answers: T[] = [];
    for (const index of indexes) answers.push(await call(index));
    return answers;
  }

  /** Enters keys into the index of a user, the first one the least recently used. */
  async enter(userId: string, ...keys: readonly string[]): Promise<void> {
    for (const [place, key] of keys.entries()) {
      await this.users.add(userId, { key, expiresAt: this.now() + HOUR + place });
    }
  }

  /** Lets a time, in epoch milliseconds, pass by. */
  async passBy(time: number): Promise<void> {
    const { clock } = this.given;
    clock?.advance(time - clock.now());
    while (this.now() < time) await pause(time - this.now());
  }

  /**
   * Lets a record expire. A server counts from when a record arrives, so that real time alone says nothing.
   * @param expiresAt when it expires, in epoch milliseconds
   * @param key of the record that expires last
   */
  async expire(expiresAt: number, key: string): Promise<void> {
    await this.passBy(expiresAt);
    if (this.given.clock !== undefined) return;
    const deadline = Date.now() + DEADLINE;
    while ((await this.store.read(key)) !== undefined) {
      if (Date.now() > deadline) assert.fail(`the record did not expire within ${DEADLINE} ms`);
      await pause(20);
    }
  }
}

/** Makes a key as the lifecycle does. */
export function keyFor(name: string): string {
  return handleOf(name);
}
