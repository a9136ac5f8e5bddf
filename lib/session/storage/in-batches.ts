// Not the global one: an application's tests may have replaced it by fake timers.
import { setImmediate } from 'node:timers/promises';

/** How many of a user's sessions the store is asked for at the same time. */
const BATCH = 250;

/** Calls `perform` with batch after batch; in between, other requests get their turn. */
export async function inBatches<T, R>(
  items: readonly T[],
  perform: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    if (start > 0) await setImmediate();
    for (const result of await perform(items.slice(start, start + BATCH))) results.push(result);
  }
  return results;
}
