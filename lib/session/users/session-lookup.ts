import type { ReadRecord } from '../../stores/session-store.js';
import type { OpenedRecord, RecordFormat } from '../record/record-format.js';
import type { BoundedStore } from '../storage/bounded-store.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/** What a look-up found, and where. */
export interface FoundSession {
  readonly key: string;
  /** The keys that led there, including this one. */
  readonly path: readonly string[];
  readonly stored: ReadRecord | undefined;
  readonly opened: OpenedRecord;
}

/** Finds sessions under the keys that they had before they got new ids. */
export class SessionLookup {
  constructor(
    private readonly store: BoundedStore,
    private readonly format: RecordFormat,
  ) {}

  /**
   * What is under a key, or under the key that its session has now. A sign-in begins another session,
   * so the key from before it leads nowhere.
   * @param known what is under the key, if it has been read already
   */
  async find(key: string, budget: WaitBudget, known?: ReadRecord): Promise<FoundSession> {
    const path = [key];
    let stored = known ?? (await this.store.read(key, budget));
    for (let at = key; ;) {
      const opened = this.format.open(stored?.payload, at);
      if (opened.is !== 'rotated') return { key: at, path, stored, opened };
      const { successor } = opened;
      if (!successor.isSameSession) return { key: at, path, stored, opened: { is: 'absent' } };
      at = successor.key;
      path.push(at);
      stored = await this.store.read(at, budget);
    }
  }
}
