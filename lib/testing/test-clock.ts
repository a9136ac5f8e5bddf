import { toMilliseconds } from '../options/duration.js';
import type { Duration } from '../options/duration.js';

/** The clock of the sessions under test, which stands still until a test moves it. */
export class TestClock {
  private readonly base: () => number;
  private moved = 0;

  /** @param base what it counts from, in epoch milliseconds; by default, the time when it was made */
  constructor(base?: () => number) {
    const start = Date.now();
    this.base = base ?? (() => start);
  }

  /** The time, in epoch milliseconds: to be passed on as it is, as the `clock` option of something else. */
  readonly now = (): number => this.base() + this.moved;

  /**
   * Moves the clock on. Timers are not run; those of a test runner are its own affair.
   * @throws RangeError if the duration does not parse
   */
  advance(duration: Duration): void {
    this.moved += toMilliseconds(duration);
  }

  /** Puts the clock back to where it started. */
  reset(): void {
    this.moved = 0;
  }
}
