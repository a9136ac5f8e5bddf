import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { isIndexedStore } from '../../stores/session-store.js';
import type {
  ReadRecord,
  Renewal,
  RemoveOutcome,
  ReplaceOutcome,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from '../../stores/session-store.js';
import { isRejection } from '../errors.js';
import type { StoreUnavailableError } from '../errors.js';
import { oneForEach } from './answer-to.js';
import type { AnswerTo } from './answer-to.js';
import { BoundedCall, MOST_TIMEOUTS } from './bounded-call.js';
import type { Callee } from './bounded-call.js';
import { bare, BoundedIndex } from './bounded-index.js';
import type { WaitBudget } from './wait-budget.js';

/** For how many milliseconds a write that is not answered holds up the next one, if it has to. */
const PATIENCE = 30_000;

/**
 * A store that answers every call within `storeTimeout`, and within what is left of the request's wait
 * budget if one is passed; else the call rejects with a {@link StoreUnavailableError}.
 */
export class BoundedStore {
  private readonly unanswered = new Map<string, Promise<void>>();
  private readonly callee: Callee;

  /**
   * @param timeout in milliseconds
   * @param failed is told of every call that fails
   */
  constructor(
    private readonly store: SessionStore,
    timeout: number,
    failed: (error: StoreUnavailableError) => void,
  ) {
    const gaveUp: Callee['gaveUp'] = (...call) => this.noteUnanswered(...call);
    const isAnswerLost: Callee['isAnswerLost'] = (error) => store.isAnswerLost?.(error) === true;
    this.callee = { timeout, answers: 0, isAnswerLost, failed, gaveUp };
  }

  read(key: string, budget?: WaitBudget): Promise<ReadRecord | undefined> {
    return this.bounded('read', key, () => this.store.read(key), budget);
  }

  /** Reads the records under many keys, in one call if the store can. */
  readEach(
    keys: readonly string[],
    budget: WaitBudget,
  ): readonly AnswerTo<ReadRecord | undefined>[] {
    const { store } = this;
    const { readMany } = store;
    if (readMany === undefined) return keys.map((key) => ({ key, answer: this.read(key, budget) }));
    const call = async (): Promise<readonly (ReadRecord | undefined)[]> =>
      oneForEach(keys, await readMany.call(store, keys));
    const records = this.bounded('read', keys, call, budget);
    return keys.map((key, at) => ({ key, answer: records.then((all) => all[at]) }));
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

  /** Renews many records, in one call if the store can; one by one, if it refuses that call. */
  renewEach(
    renewals: readonly Renewal[],
    budget: WaitBudget,
  ): readonly AnswerTo<ReplaceOutcome | 'busy'>[] {
    const { store } = this;
    const { renewMany } = store;
    const renew = ({ key, version, record }: Renewal): Promise<ReplaceOutcome | 'busy'> =>
      this.renew(key, version, record, budget);
    if (renewMany === undefined || renewals.length === 0) {
      return renewals.map((one) => ({ key: one.key, answer: renew(one) }));
    }
    const keys = renewals.map(({ key }) => key);
    const bareOnes = renewals.map((one) => ({ ...one, record: bare(one.record) }));
    const call = async (): Promise<readonly (ReplaceOutcome | 'busy')[]> =>
      oneForEach(keys, await renewMany.call(store, bareOnes));
    const outcomes = this.bounded('write', keys, call, budget);
    return renewals.map((one, at) => {
      const outcome = outcomes.then((all) => all[at] ?? 'gone');
      // One record that the store refuses must not be in the way of the others.
      const answer = outcome.catch((error: unknown) => {
        if (isRejection(error)) return renew(one);
        throw error;
      });
      return { key: one.key, answer };
    });
  }

  /**
   * Waits until the store has looked whether it can work as it is set up, but no longer than for any other
   * answer. Rejects with what the store says, if it cannot.
   */
  async prepare(): Promise<void> {
    const { store, callee } = this;
    if (store.prepare === undefined) return;
    const late = setTimeoutPromise(callee.timeout, undefined, { ref: false });
    await Promise.race([store.prepare(MOST_TIMEOUTS * callee.timeout), late]);
  }

  async close(): Promise<void> {
    await this.store.close?.();
  }

  /** True if two writes of one key must not be under way at a time. */
  get lacksCompareAndSet(): boolean {
    return this.store.lacksCompareAndSet === true;
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

  private noteUnanswered(
    operation: string,
    keys: string | readonly string[],
    answered: Promise<void>,
  ): void {
    if (!this.lacksCompareAndSet || operation === 'read') return;
    const over = Promise.race([answered, setTimeoutPromise(PATIENCE, undefined, { ref: false })]);
    for (const key of [keys].flat()) {
      this.unanswered.set(
        key,
        over.then(() => {
          this.unanswered.delete(key);
        }),
      );
    }
  }

  private bounded<T>(
    operation: string,
    key: string | readonly string[],
    call: () => Promise<T>,
    budget: WaitBudget | undefined,
  ): Promise<T> {
    return new BoundedCall(this.callee, operation, key, call, budget).answer;
  }
}
