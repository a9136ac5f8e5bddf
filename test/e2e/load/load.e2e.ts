import { expect, it } from '@jest/globals';
import { runChild } from '../../fuzz/run-child.js';
import type { LoadFigures } from './load-run.js';

/** Bytes of heap that a request may leave behind; one that leaked would leave thousands. */
const MAX_LEFT = 200;

/** `node scripts/soak.mjs` does the same for 100,000 requests, on Redis if asked to. */
it('leaves nothing behind: 10,000 requests of 1,000 sessions, some without their clients', async () => {
  const figures = await runChild(new URL('main.ts', import.meta.url), {
    LOAD_REQUESTS: '10000',
    LOAD_SESSIONS: '1000',
  });
  if (!isFigures(figures)) throw new Error('no figures came');
  const { requests, aborted, heaps, listeners, resources } = figures;
  const [warm = 0, last = Infinity] = [heaps[2], heaps.at(-1)];
  expect((last - warm) / (requests * 0.7)).toBeLessThan(MAX_LEFT);
  expect(aborted).toBe(requests / 20);
  expect(listeners[1]).toBe(listeners[0]);
  expect(resources).toEqual([]);
});

function isFigures(value: unknown): value is LoadFigures {
  return typeof value === 'object' && value !== null && 'heaps' in value;
}
