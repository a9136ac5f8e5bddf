import { markAt } from '../crossing/mark-at.js';
import { handleOfKey } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import { lineageOf } from '../record/session-record.js';
import type { BoundedIndex } from '../storage/bounded-index.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { FoundSession, SessionLookup } from './session-lookup.js';

/** Identifies the sessions of a user by what stays the same, whatever ids they get. */
export class SessionLineages {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly lookup: SessionLookup,
  ) {}

  /** Returns the lineage of the session under a key, even while it is being moved to another one. */
  private async at(key: string, budget: WaitBudget): Promise<string | undefined> {
    return lineageIn(await this.lookup.find(key, budget));
  }

  /** Returns the key in the index of the session that has this handle, or had a key with it. */
  async keyOfHandle(
    index: BoundedIndex,
    userId: string,
    handle: string,
    budget: WaitBudget,
  ): Promise<string | undefined> {
    const { settings } = this.lifecycle;
    const keys = await index.list(userId, budget);
    budget.extendFor(settings, keys.length);
    const isMeant = (key: string | undefined): boolean =>
      key !== undefined && handleOfKey(key, settings) === handle;
    // Nearly always: a session that has got no new id since its user signed in.
    const own = keys.find(isMeant);
    if (own !== undefined) return own;
    const former = settings.hashIds ? await this.at(handle, budget) : undefined;
    const meant = await this.lookup.each(keys, budget, async ({ key, found }) => {
      const lineage = lineageIn(await found);
      return isMeant(lineage) || (lineage !== undefined && lineage === former) ? key : undefined;
    });
    return meant.find((key) => key !== undefined);
  }

  /** Removes the marks that lead to a session, so that nobody finds it by an id that it had. */
  async removeMarks(
    index: BoundedIndex,
    userId: string,
    lineage: string,
    budget: WaitBudget,
  ): Promise<void> {
    const { store } = this.lifecycle;
    const keys = await index.list(userId, budget);
    await this.lookup.each(keys, budget, async ({ found }) => {
      const { key: at, path, opened } = await found;
      if (opened.is !== 'live' || lineageOf(opened.record, at) !== lineage) return;
      const marks = Object.keys(opened.record.metadata.marks ?? {});
      for (const mark of new Set([...marks, ...path.slice(0, -1)])) {
        const stored = await markAt(this.lifecycle, mark, budget);
        if (stored !== undefined) await store.remove(mark, stored.version, budget);
      }
    });
  }
}

/** Returns the lineage of a session that was found; `undefined` if neither a record nor a mark says it. */
export function lineageIn({ key, marks, opened }: FoundSession): string | undefined {
  return 'record' in opened ? lineageOf(opened.record, key) : marks[0]?.successor.lineage;
}
