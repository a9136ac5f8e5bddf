import type { ReadRecord } from '../../stores/session-store.js';
import type { Successor } from '../record/marks.js';
import type { OpenedRecord, RecordFormat } from '../record/record-format.js';
import type { BoundedStore } from '../storage/bounded-store.js';
import { inBatches } from '../storage/in-batches.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/** A mark that was passed, and where it stands. */
export interface PassedMark {
  readonly key: string;
  readonly stored: ReadRecord;
  readonly successor: Successor;
}

/** What a look-up found, and where. */
export interface FoundSession {
  readonly key: string;
  /** What is under the first of the keys: the session, or the first of the marks. */
  readonly first: ReadRecord | undefined;
  /** The keys that led there, including this one. */
  readonly path: readonly string[];
  /** The marks that led there, the first one first. */
  readonly marks: readonly PassedMark[];
  readonly stored: ReadRecord | undefined;
  /** A mark if more of them follow, or if one leads further than the look-up was to go. */
  readonly opened: OpenedRecord;
}

/** A key of many, and what is found under it. */
export interface Finding {
  readonly key: string;
  readonly found: Promise<FoundSession>;
}

/** Which marks to follow: those of the same session with the same user, or also those of sign-ins. */
export type Reach = 'same-user' | 'any';

/** How many marks are followed. Nobody gets so many new ids before the first of the marks has ended. */
export const MAX_HOPS = 4;

/** Finds sessions under the keys that they had before they got new ids. */
export class SessionLookup {
  constructor(
    private readonly store: BoundedStore,
    private readonly format: RecordFormat,
  ) {}

  /**
   * Returns what is under a key, or under the key that its session has now.
   * @param known what is under the key, if it has been read already
   */
  async find(
    key: string,
    budget: WaitBudget,
    known?: ReadRecord,
    reach: Reach = 'same-user',
  ): Promise<FoundSession> {
    return this.from(key, known ?? (await this.store.read(key, budget)), budget, reach);
  }

  /** Calls `perform` with what is found under each key, many at a time. */
  each<R>(
    keys: readonly string[],
    budget: WaitBudget,
    perform: (finding: Finding) => Promise<R>,
  ): Promise<R[]> {
    return inBatches(keys, (batch) => Promise.all(this.findEach(batch, budget).map(perform)));
  }

  /** Finds what is under each of some hundreds of keys, which are read together if the store can. */
  findEach(keys: readonly string[], budget: WaitBudget): readonly Finding[] {
    return this.store.readEach(keys, budget).map(({ key, answer }) => ({
      key,
      found: answer.then((first) => this.from(key, first, budget, 'same-user')),
    }));
  }

  private async from(
    key: string,
    first: ReadRecord | undefined,
    budget: WaitBudget,
    reach: Reach,
  ): Promise<FoundSession> {
    const path = [key];
    const marks: PassedMark[] = [];
    let stored = first;
    for (let at = key; ;) {
      const opened = this.format.open(stored?.payload, at);
      const found = { key: at, first, path, marks, stored, opened };
      if (opened.is !== 'rotated' || stored === undefined) return found;
      const { successor } = opened;
      const isTooFar = reach === 'same-user' && successor.edge === 'sign-in';
      if (isTooFar || marks.length === MAX_HOPS) return found;
      marks.push({ key: at, stored, successor });
      at = successor.key;
      path.push(at);
      stored = await this.store.read(at, budget);
    }
  }
}
