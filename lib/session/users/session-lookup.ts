import type { BoundedStore } from '../storage/bounded-store.js';
import { found } from '../record/record-reader.js';
import type { Found } from '../record/record-reader.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/** Where a session is, and what stands there. */
export interface Whereabouts {
  readonly key: string;
  /** The keys that led there, this one included. */
  readonly path: readonly string[];
  readonly payload: string | undefined;
  readonly found: Found;
}

/** Finds sessions under the keys that they had before they got new ids. */
export class SessionLookup {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: BoundedStore,
  ) {}

  /**
   * What stands under a key, or under the key that its session has now. A session that a sign-in began
   * is another one: its former key leads nowhere.
   * @param payload what is known to stand there, where that was read already
   */
  async find(key: string, budget: WaitBudget, payload?: string): Promise<Whereabouts> {
    const path = [key];
    let text = payload ?? (await this.store.read(key, budget));
    for (let at = key; ;) {
      const what = found(text, at, this.settings);
      if (what.is !== 'rotated') return { key: at, path, payload: text, found: what };
      if (!what.mark.isSameSession) return { key: at, path, payload: text, found: { is: 'gone' } };
      at = what.mark.successor;
      path.push(at);
      text = await this.store.read(at, budget);
    }
  }
}
