import { MemorySessionStore } from 'nestjs-sesame';
import type {
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  RecordCodec,
  SessionLimit,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from 'nestjs-sesame';
import { deferred } from './deferred.js';
import type { PausedCall } from './scripted-store.js';

/** The steps that a store with an index of users takes. */
export type IndexedStep =
  'read' | 'create' | 'replace' | 'remove' | 'bury' | 'enter' | 'refresh' | 'leave' | 'keysOf';

type When = 'before' | 'after';

/** A store with an index of users that a test can pause before or after any of its steps, or fail. */
export class IndexedScriptedStore implements IndexedSessionStore {
  readonly codec: RecordCodec | undefined;
  readonly steps: IndexedStep[] = [];
  readonly users: UserIndex = {
    enter: (userId: string, entry: IndexEntry, limit?: SessionLimit): Promise<EntryOutcome> =>
      this.step('enter', () => this.inner.users.enter(userId, entry, limit)),
    refresh: (userId: string, entry: IndexEntry, formerKey?: string): Promise<boolean> =>
      this.step('refresh', () => this.inner.users.refresh(userId, entry, formerKey)),
    leave: (userId: string, key: string): Promise<boolean> =>
      this.step('leave', () => this.inner.users.leave(userId, key)),
    keysOf: (userId: string): Promise<readonly string[]> =>
      this.step('keysOf', () => this.inner.users.keysOf(userId)),
  };
  private readonly scripts = new Map<string, (() => Promise<void>)[]>();
  private readonly broken = new Set<IndexedStep>();

  constructor(readonly inner: IndexedSessionStore = new MemorySessionStore()) {
    this.codec = inner.codec;
  }

  /**
   * Makes the next call of this step wait, before it is taken or before its answer is given.
   * @param passing how many calls pass before that one
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

  read(key: string): Promise<string | undefined> {
    return this.step('read', () => this.inner.read(key));
  }

  create(key: string, record: StoredRecord): Promise<boolean> {
    return this.step('create', () => this.inner.create(key, record));
  }

  replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    return this.step('replace', () => this.inner.replace(key, expected, record));
  }

  remove(key: string, expected?: string): Promise<StoreOutcome> {
    return this.step('remove', () => this.inner.remove(key, expected));
  }

  bury(key: string, record: StoredRecord): Promise<void> {
    return this.step('bury', () => this.inner.bury(key, record));
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
