import type { ReadRecord } from '../../stores/session-store.js';
import type { Lifecycle } from '../lifecycle.js';
import type { WaitBudget } from '../storage/wait-budget.js';

/** Returns the mark of a session that got a new id, if one is under this key by now. */
export async function markAt(
  { store, format }: Pick<Lifecycle, 'store' | 'format'>,
  key: string,
  budget: WaitBudget,
): Promise<ReadRecord | undefined> {
  const there = await store.read(key, budget);
  return format.open(there?.payload, key).is === 'rotated' ? there : undefined;
}
