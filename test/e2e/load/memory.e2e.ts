import { expect, it } from '@jest/globals';
import { runChild } from '../../fuzz/run-child.js';

const MAIN = new URL('memory-main.ts', import.meta.url);

/** A payload of 2,000 characters, and what the store needs to find it, order it and list it. */
const MOST_HELD = 2_700;

/** Arrays keep their length. */
const MOST_LEFT = 200;

it.each(['writes', 'timer'])(
  'the memory store gives back what has expired, through %s',
  async (by) => {
    const figures = await runChild(MAIN, { GIVEN_BACK_BY: by });
    const [held, left] = ['held', 'left'].map((name) => Number(Reflect.get(Object(figures), name)));
    expect(held).toBeGreaterThan(2_000);
    expect(held).toBeLessThan(MOST_HELD);
    expect(left).toBeLessThan(MOST_LEFT);
  },
);
