import { MemorySessionStore } from 'nestjs-sesame';
import type {
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  Move,
  MoveOutcome,
  ReadRecord,
  RecordCodec,
  RemoveOutcome,
  ReplaceOutcome,
  SessionLimit,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from 'nestjs-sesame';
import { deferred } from '../deferred.js';
import type { PausedCall } from './scripted-store.js';

/** The steps that a store with an index of users takes. */
export type IndexedStep = RecordStep | `users.${keyof UserIndex}`;
type RecordStep = 'read' | 'create' | 'replace' | 'remove' | 'put' | 'move';

type When = 'before' | 'after';

/** A store with an index of users that a test can pause before or after any of its steps, or fail. */
export class IndexedScriptedStore implements IndexedSessionStore {
  readonly codec: RecordCodec | undefined;
  readonly steps: IndexedStep[] = [];
  readonly users: UserIndex = {
    add: (userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> =>
      this.step('users.add', () => this.inner.users.add(userId, entry, limit)),
    update: (userId: string, entry: IndexEntry, formerKey?: string): Promise<boolean> =>
      this.step('users.update', () => this.inner.users.update(userId, entry, formerKey)),
    remove: (userId: string, key: string): Promise<boolean> =>
      this.step('users.remove', () => this.inner.users.remove(userId, key)),
    list: (userId: string, atMost?: number): Promise<readonly string[]> =>
      this.step('users.list', () => this.inner.users.list(userId, atMost)),
  };
  readonly move?: (move: Move) => Promise<MoveOutcome>;
  private readonly scripts = new Map<string, (() => Promise<void>)[]>();
  private readonly broken = new Set<IndexedStep>();

  /** @param moves true to use the inner store's `move`; otherwise its steps are taken one by one */
  constructor(
    readonly inner: IndexedSessionStore = new MemorySessionStore(),
    { moves = false } = {},
  ) {
    this.codec = inner.codec;
    if (!moves) return;
    const { move } = inner;
    if (move === undefined) throw new TypeError('the inner store has no move');
    this.move = (asked) => this.step('move', () => move.call(inner, asked));
  }

  /**
   * Makes the next call of this step wait, before it is carried out or before its answer is returned.
   * @param passing how many calls to let through first
   */
  pause(step: IndexedStep, when: When = 'before', passing = 0): PausedCall {
    const gate = deferred();
    const arrival = deferred();
    const scripts = this.scripts.get(`${when} ${step}`) ?? [];
    this.scripts.set(`${when} ${step}`, [
      ...scripts,
      ...Array.from({ length: passing }, () => async () => undefined),
      () => {
        arrival.resolve();
        return gate.promise;
      },
    ]);
    return { ...gate, arrived: arrival.promise };
  }

  /** Makes every call of these steps fail, until `mend()`. */
  break(...steps: IndexedStep[]): void {
    for (const step of steps) this.broken.add(step);
  }

  mend(): void {
    this.broken.clear();
  }

  countOf(step: IndexedStep): number {
    return this.steps.filter((one) => one === step).length;
  }

  read(key: string): Promise<ReadRecord | undefined> {
    return this.step('read', () => this.inner.read(key));
  }

  create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    return this.step('create', () => this.inner.create(key, record));
  }

  replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    return this.step('replace', () => this.inner.replace(key, version, record, turn));
  }

  remove(key: string, version?: Version): Promise<RemoveOutcome> {
    return this.step('remove', () => this.inner.remove(key, version));
  }

  put(key: string, record: StoredRecord): Promise<void> {
    return this.step('put', () => this.inner.put(key, record));
  }

  private async step<T>(step: IndexedStep, take: () => Promise<T>): Promise<T> {
    this.steps.push(step);
    if (this.broken.has(step)) throw new Error(`the store's ${step} is broken`);
    await this.scripts.get(`before ${step}`)?.shift()?.();
    const answer = await take();
    await this.scripts.get(`after ${step}`)?.shift()?.();
    return answer;
  }
}
