import { InvalidSessionOptionsException } from '../options/invalid-session-options.exception.js';
import { CompleteSessionModuleOptions } from '../options/session.options.js';

const PROBLEM =
  'has no effect beside useFactory, useClass or useExisting; have the factory return it with the other options';

/**
 * Refuses an option that was given beside the factory. TypeScript finds it only where the object is written
 * in place, and Nest ignores it, so that `encryption`, for example, would silently be off.
 * @throws InvalidSessionOptionsException if there is one
 */
export function refuseMisplacedOptions(given: object): void {
  const names = Object.keys(new CompleteSessionModuleOptions());
  const problems = Object.entries(given)
    .filter(([name, value]) => value !== undefined && names.includes(name))
    .map(([path]) => ({ path, problem: PROBLEM }));
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
}
