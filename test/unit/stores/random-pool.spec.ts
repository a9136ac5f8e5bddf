import { describe, expect, it } from '@jest/globals';
import { randomBuffer, randomText } from '../../../lib/stores/random-pool.js';

describe('the random pool', () => {
  it('gives as many bytes as were asked for, in either form', () => {
    expect(Buffer.from(randomText(24), 'base64url')).toHaveLength(24);
    expect(randomBuffer(12)).toHaveLength(12);
  });

  it('never gives the same bytes twice, however often it is refilled', () => {
    const drawn = Array.from({ length: 20_000 }, (_, index) =>
      index % 2 === 0 ? randomText(12) : randomBuffer(12).toString('base64url'),
    );
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('never changes bytes that it gave before', () => {
    const first = randomBuffer(12);
    const copy = Buffer.from(first);
    for (let draw = 0; draw < 2_000; draw += 1) randomBuffer(12);
    expect(first).toEqual(copy);
  });
});
