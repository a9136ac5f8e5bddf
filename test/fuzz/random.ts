/** Random choices that a seed decides (mulberry32). */
export class Random {
  private state: number;

  /** @param turn which of the many sequences that belong to the seed */
  constructor(seed: number, turn = 0) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(turn + 1, 0x85ebca6b)) >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    for (const [index, one] of from.entries()) {
      if (this.below(from.length - index) === 0) return one;
    }
    throw new RangeError('there is nothing to pick from');
  }

  /** Characters of these code points, both ends included. */
  text(length: number, first: number, last: number): string {
    const one = (): string => String.fromCharCode(first + this.below(last - first + 1));
    return Array.from({ length }, one).join('');
  }
}
