import { MemorySessionStore } from 'nestjs-sesame';
import type {
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from 'nestjs-sesame';
import { deferred } from '../deferred.js';
import type { Deferred } from '../deferred.js';

type Operation = keyof SessionStore;

/** A call that waits until the test lets it go on or makes it fail. */
export interface PausedCall extends Deferred {
  /** Resolves when the call has arrived at the store. */
  readonly arrived: Promise<void>;
}

/** A memory store that a test can pause, make fail, and ask what was called. */
export class ScriptedStore implements SessionStore {
  readonly calls: Operation[] = [];
  private readonly scripts = new Map<Operation, (() => Promise<void>)[]>();
  private readonly broken = new Set<Operation>();

  constructor(readonly inner: SessionStore = new MemorySessionStore()) {}

  /** Makes the next call of this operation wait. */
  pause(operation: Operation): PausedCall {
    const gate = deferred();
    const arrival = deferred();
    this.next(operation, () => {
      arrival.resolve();
      return gate.promise;
    });
    return { ...gate, arrived: arrival.promise };
  }

  /** Makes every call of these operations fail, until `mend()`. */
  break(...operations: Operation[]): void {
    for (const operation of operations) this.broken.add(operation);
  }

  mend(): void {
    this.broken.clear();
  }

  countOf(operation: Operation): number {
    return this.calls.filter((call) => call === operation).length;
  }

  async read(key: string): Promise<ReadRecord | undefined> {
    await this.script('read');
    return this.inner.read(key);
  }

  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    await this.script('create');
    return this.inner.create(key, record);
  }

  async replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    await this.script('replace');
    return this.inner.replace(key, version, record, turn);
  }

  async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    await this.script('remove');
    return this.inner.remove(key, version);
  }

  private next(operation: Operation, script: () => Promise<void>): void {
    const scripts = this.scripts.get(operation) ?? [];
    this.scripts.set(operation, [...scripts, script]);
  }

  private async script(operation: Operation): Promise<void> {
    this.calls.push(operation);
    if (this.broken.has(operation)) throw new Error(`the store's ${operation} is broken`);
    await this.scripts.get(operation)?.shift()?.();
  }
}
