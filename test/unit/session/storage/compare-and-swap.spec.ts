import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StoreUnavailableError } from '../../../../lib/session/errors.js';
import { compareAndSwap } from '../../../../lib/session/storage/compare-and-swap.js';

/** Swaps that each meet another writer, as many as there are conflicts; the next one succeeds. */
function busy(conflicts: number) {
  const seen: number[] = [];
  const swap = async (version: number): Promise<'written' | { readonly conflict: number }> => {
    seen.push(version);
    return seen.length > conflicts ? 'written' : { conflict: version + 1 };
  };
  return { seen, swap };
}

describe('compareAndSwap', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['at the first attempt', 0],
    ['at the second', 1],
    ['at the fourth, for which it asks for a turn', 3],
    ['at the two hundredth', 199],
  ])(
    'returns the outcome %s, each made with the version that the one before met',
    async (_when, conflicts) => {
      const { seen, swap } = busy(conflicts);
      const outcome = compareAndSwap(1, swap);
      await jest.advanceTimersByTimeAsync(200 * 20);
      expect(await outcome).toBe('written');
      expect(seen).toEqual(Array.from({ length: conflicts + 1 }, (_, index) => index + 1));
    },
  );

  it('tries again at once, with a turn of its own after the third conflict', async () => {
    const { swap } = busy(199);
    const turns: (string | undefined)[] = [];
    const outcome = await compareAndSwap(1, (seen, turn) => {
      turns.push(turn);
      return swap(seen);
    });
    expect(outcome).toBe('written');
    const turn = turns.at(-1);
    expect(turn).toEqual(expect.any(String));
    expect(turns).toEqual(
      Array.from({ length: 200 }, (_, index) => (index < 3 ? undefined : turn)),
    );
    expect(jest.getTimerCount()).toBe(0);
  });

  it("waits for 1 to 3 ms if it is another's turn, and then tries the same again", async () => {
    const seen: number[] = [];
    const outcome = compareAndSwap(1, async (version) => {
      seen.push(version);
      return seen.length > 1 ? 'written' : 'busy';
    });
    await jest.advanceTimersByTimeAsync(0); // the fake clock knows whole milliseconds only
    expect(jest.getTimerCount()).toBe(1);
    expect(seen).toEqual([1]);
    await jest.advanceTimersByTimeAsync(3);
    expect(await outcome).toBe('written');
    expect(seen).toEqual([1, 1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up after 200 attempts, and says so', async () => {
    const { seen, swap } = busy(200);
    const failure = compareAndSwap(1, swap).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(200 * 20);
    expect(await failure).toBeInstanceOf(StoreUnavailableError);
    expect(await failure).toMatchObject({
      message: expect.stringContaining('could not write the session'),
      cause: { message: '200 attempts each met a newer version of the session' },
    });
    expect(seen).toHaveLength(200);
  });

  it('throws what an attempt throws, and tries no more', async () => {
    const failure = new Error('the store is away');
    let attempts = 0;
    const outcome = compareAndSwap(1, async (seen) => {
      attempts += 1;
      if (attempts === 2) throw failure;
      return { conflict: seen };
    });
    await expect(outcome).rejects.toBe(failure);
    expect(attempts).toBe(2);
  });

  it.each(['gone', undefined, null, false, { version: 2 }])(
    'returns %j as the outcome',
    async (one) => {
      expect(await compareAndSwap(1, async () => one)).toBe(one);
    },
  );
});
