import { asError } from './thrown.js';

/**
 * Wraps a function of the application so that it throws nothing but errors. Other values can mean something
 * else on their way: Express goes on if it is passed `undefined` or 'route' as an error.
 */
export function throwingErrors<A extends readonly unknown[], T>(
  call: (...args: A) => T,
): (...args: A) => T {
  return (...args) => {
    try {
      return call(...args);
    } catch (thrown) {
      throw asError(thrown);
    }
  };
}
