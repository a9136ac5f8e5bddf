import { setImmediate } from 'node:timers';

let current: object | undefined;

/**
 * Returns a value that stays the same until the process turns to its next events. What the store has said in
 * this turn is as new as anything can be: nobody has been answered since.
 */
export function thisTurn(): object {
  if (current === undefined) {
    current = {};
    setImmediate(() => {
      current = undefined;
    });
  }
  return current;
}
