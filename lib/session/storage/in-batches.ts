// Not the global one: an application's tests may have replaced it by fake timers.
import { setImmediate } from 'node:timers/promises';

/** How many calls go to the store at the same time for one user's sessions. */
const BATCH = 250;

/** Calls `perform` for every item, many at a time; between batches, other requests get their turn. */
export async function inBatches<T, R>(
  items: readonly T[],
  perform: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    if (start > 0) await setImmediate();
    for (const result of await Promise.all(items.slice(start, start + BATCH).map(perform))) {
      results.push(result);
    }
  }
  return results;
}
