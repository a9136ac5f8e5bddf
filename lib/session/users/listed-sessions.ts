import { handleOfKey } from '../ids.js';
import type { Lifecycle } from '../lifecycle.js';
import type { BoundedIndex } from '../storage/bounded-index.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import { lineageIn } from './session-lineages.js';
import type { Finding, FoundSession } from './session-lookup.js';
import type { Tombstones } from './tombstones.js';

/** A session that is over, and whether it was this call that ended it. */
export interface OverSession {
  readonly key: string;
  readonly isOurs: boolean;
}

/** Ends sessions that are in the index of their user, some hundreds at a time. */
export class ListedSessions {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly tombstones: Tombstones,
  ) {}

  /**
   * Ends the records first, then the entries: if it breaks off in between, the next attempt still finds the
   * entries. A session that got a new id meanwhile has another entry, and is not ended by this.
   * @param spared the lineage of the session to spare
   * @throws the first failure, once all that can be ended are
   */
  async end(
    index: BoundedIndex,
    userId: string,
    findings: readonly Finding[],
    spared: string | undefined,
    budget: WaitBudget,
  ): Promise<OverSession[]> {
    const { settings, emit } = this.lifecycle;
    const looks = await Promise.allSettled(
      findings.map(async ({ key, found }) => ({ key, found: await found })),
    );
    const due = fulfilled(looks).filter(({ found }) => !isSpared(found, spared));
    const lineages = new Map(due.map(({ key, found }) => [key, lineageIn(found)]));
    const marks = this.tombstones.replaceEach(due, budget);
    const marked = await Promise.allSettled(
      marks.map(async ({ key, answer }) => {
        await answer;
        return key;
      }),
    );
    const keys = fulfilled(marked);
    const removals = keys.length === 0 ? [] : index.removeEach(userId, keys, budget);
    const removed = await Promise.allSettled(
      removals.map(async ({ key, answer }) => {
        const isOurs = await answer;
        const handle = handleOfKey(lineages.get(key) ?? key, settings);
        if (isOurs) emit({ type: 'revoked', handle, userId });
        return { key, isOurs };
      }),
    );
    for (const done of [looks, marked]) succeeded<unknown>(done);
    return succeeded(removed);
  }
}

function isSpared(found: FoundSession, spared: string | undefined): boolean {
  return spared !== undefined && lineageIn(found) === spared;
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Returns what came of each. Throws the first failure. */
function succeeded<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
