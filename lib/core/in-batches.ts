/** How many calls go to the store side by side for one user's sessions. */
const BATCH = 250;

/** Does the same for every item, many side by side, and not all at once. */
export async function inBatches<T, R>(
  items: readonly T[],
  perform: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    results.push(...(await Promise.all(items.slice(start, start + BATCH).map(perform))));
  }
  return results;
}
