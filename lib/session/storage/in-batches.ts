// Not the global one: an application's tests may have replaced it by fake timers.
import { setImmediate } from 'node:timers/promises';

/** How many of a user's sessions the store is asked for at a time. */
const BATCH = 250;

/** How many batches are under way: the process works on one while the store answers about another. */
const LANES = 2;

/**
 * Calls `perform` with batch after batch; in between, other requests get their turn. When one fails, no
 * other is begun, and those under way are waited for.
 */
export async function inBatches<T, R>(
  items: readonly T[],
  perform: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: (readonly R[])[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const start = next;
      next += BATCH;
      try {
        results[start / BATCH] = await perform(items.slice(start, start + BATCH));
      } catch (error) {
        next = Infinity;
        throw error;
      }
      await setImmediate();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, work));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  return results.flat();
}
