import { expect, it } from '@jest/globals';
import { inBatches } from '../../../../lib/session/storage/in-batches.js';
import { deferred } from '../../../support/deferred.js';

const items = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

it('returns the results in the order of the items, whichever batch is done first', async () => {
  const gate = deferred();
  const doubled = inBatches(items(1_001), async (batch) => {
    if (batch[0] === 0) await gate.promise;
    if (batch.at(-1) === 1_000) gate.resolve();
    return batch.map((item) => 2 * item);
  });
  expect(await doubled).toEqual(items(1_001).map((item) => 2 * item));
});

it('has no more than a few hundred items under way, however many there are', async () => {
  let [underWay, most] = [0, 0];
  await inBatches(items(5_000), async (batch) => {
    underWay += batch.length;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= batch.length;
    return batch;
  });
  expect(most).toBeLessThanOrEqual(500);
});

it('begins no batch after one has failed, and fails once those under way are done', async () => {
  const gate = deferred();
  const begun: (number | undefined)[] = [];
  let isDone = false;
  const failing = inBatches(items(5_000), async (batch) => {
    begun.push(batch[0]);
    if (batch[0] === 0) throw new Error('it failed');
    await gate.promise;
    isDone = true;
    return batch;
  });
  setImmediate(gate.resolve);
  await expect(failing).rejects.toThrow('it failed');
  expect(isDone).toBe(true);
  expect(begun).toHaveLength(2);
});
