import { asError } from './thrown.js';

/**
 * The application's own function, throwing nothing but errors. Anything else could be taken for
 * something else on its way: Express goes on when it is handed `undefined` for an error, or 'route'.
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
