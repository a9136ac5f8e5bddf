// Not the global one, which an application's tests may have replaced by one that stands still.
import { setImmediate } from 'node:timers/promises';

/** How many calls go to the store side by side for one user's sessions. */
const BATCH = 250;

/** Does the same for every item, many side by side; between batches it is everyone else's turn. */
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
