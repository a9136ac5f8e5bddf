/**
 * The time of the system, in epoch milliseconds. `Date.now` is looked up at each call, because the fake
 * timers of test runners replace it.
 */
export const systemClock = (): number => Date.now();
