import type {
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  KeyBatch,
  Move,
  MoveOutcome,
  SessionLimit,
  StoredRecord,
} from '../../stores/session-store.js';
import { oneForEach } from './answer-to.js';
import type { AnswerTo } from './answer-to.js';
import type { WaitBudget } from './wait-budget.js';

/** A call with a time limit. */
type Bounded = <T>(
  operation: string,
  key: string | readonly string[],
  call: () => Promise<T>,
  budget: WaitBudget | undefined,
) => Promise<T>;

/** The index of users of a store, bounded in the same way. */
export class BoundedIndex {
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

  /** Removes many entries, in one call if the store can. */
  removeEach(
    userId: string,
    keys: readonly string[],
    budget: WaitBudget,
  ): readonly AnswerTo<boolean>[] {
    const { users } = this.store;
    const { removeMany } = users;
    if (removeMany === undefined) {
      return keys.map((key) => ({ key, answer: this.remove(userId, key, budget) }));
    }
    const call = async (): Promise<readonly boolean[]> =>
      oneForEach(keys, await removeMany.call(users, userId, keys));
    const removed = this.bounded('index', keys, call, budget);
    return keys.map((key, at) => ({ key, answer: removed.then((all) => all[at] === true) }));
  }

  /** @param atMost how many keys are needed; there may be more */
  list(userId: string, budget?: WaitBudget, atMost?: number): Promise<readonly string[]> {
    return this.bounded('list', [], () => this.store.users.list(userId, atMost), budget);
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
    return this.bounded('list', [], async () => this.store.scanBeyondIndex?.(from), undefined);
  }
}

/**
 * Returns the part of a record that the store gets: a draft also has the session in clear, and objects of the
 * application, which a store could write or keep.
 */
export function bare({ payload, expiresAt }: StoredRecord): StoredRecord {
  return { payload, expiresAt };
}
