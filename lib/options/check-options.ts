import { validateSync } from 'class-validator';
import { isLonger, parseDuration } from './duration.js';
import { InvalidSessionOptionsException } from './invalid-session-options.exception.js';
import type { InvalidSessionOption } from './invalid-session-options.exception.js';
import type { CompleteSessionOptions } from './session.options.js';
import { isGiven } from './optional-except.js';
import { nearestName } from './nearest-name.js';
import { CompleteSessionCookieOptions } from './cookie/session-cookie.options.js';
import { typeName } from '../reporting/type-name.js';

/**
 * The options with every default in place.
 * @throws InvalidSessionOptionsException naming everything that is wrong with them
 */
export function checkOptions<T extends CompleteSessionOptions>(defaults: T, given: unknown): T {
  if (!isObject(given)) {
    throw new InvalidSessionOptionsException([
      {
        path: 'options',
        problem: `is ${typeName(given)}; give an object with at least a secret, as in SessionModule.forRoot({ secret })`,
      },
    ]);
  }
  const problems = unknownNames(defaults, given, '');
  const options = withDefaults(defaults, given);
  if (isObject(options.cookie) && !Array.isArray(options.cookie)) {
    const defaultCookie = new CompleteSessionCookieOptions();
    problems.push(...unknownNames(defaultCookie, options.cookie, 'cookie.'));
    const cookie = withDefaults(defaultCookie, options.cookie);
    options.cookie = cookie;
    problems.push(...brokenRules(cookie, 'cookie.'));
    if (!isGiven(given, 'idleTimeout')) followCookie(options, given, cookie);
  }
  problems.push(...brokenRules(options, ''));
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
  return options;
}

/**
 * The cookie attributes that a `cookie` function returned, with every default in place.
 * @throws InvalidSessionOptionsException naming everything that is wrong with them
 */
export function checkCookie(given: unknown): CompleteSessionCookieOptions {
  const complete = new CompleteSessionCookieOptions();
  if (!isObject(given)) {
    const problem = `returned ${typeName(given)}; return an object of cookie attributes`;
    throw new InvalidSessionOptionsException([{ path: 'cookie()', problem }]);
  }
  const problems = unknownNames(complete, given, 'cookie().');
  problems.push(...brokenRules(withDefaults(complete, given), 'cookie().'));
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
  return complete;
}

/** Copies what is given over the defaults; `undefined` means "the default". */
export function withDefaults<T extends object>(defaults: T, given: object): T {
  const chosen = Object.entries(given).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(defaults, name),
  );
  return Object.assign(defaults, Object.fromEntries(chosen));
}

/** `cookie.maxAge` gives `idleTimeout` its default, and `absoluteTimeout` makes room for it. */
function followCookie(
  options: CompleteSessionOptions,
  given: object,
  { maxAge }: CompleteSessionCookieOptions,
): void {
  if (maxAge === undefined || maxAge === null || parseDuration(maxAge) === undefined) return;
  options.idleTimeout = maxAge;
  if (isGiven(given, 'absoluteTimeout')) return;
  if (isLonger(maxAge, options.absoluteTimeout)) options.absoluteTimeout = null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function brokenRules(options: object, prefix: string): InvalidSessionOption[] {
  return validateSync(options, { forbidUnknownValues: true }).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((problem) => ({ path: prefix + property, problem })),
  );
}

/** What the same thing is called elsewhere: in earlier releases of express-session, in its stores. */
const OTHER_NAMES: Readonly<Record<string, string>> = { key: 'name', ttl: 'idleTimeout' };

function unknownNames(known: object, given: object, prefix: string): InvalidSessionOption[] {
  const names = Object.keys(known);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: prefix + name,
      problem: `is no option; ${hint(name, names, prefix)}`,
    }));
}

function hint(name: string, names: readonly string[], prefix: string): string {
  const isOfCookie = Object.hasOwn(new CompleteSessionCookieOptions(), name);
  if (isOfCookie && prefix === '') return `it belongs into the cookie option: cookie.${name}`;
  const meant = nearestName(name, names) ?? (prefix === '' && OTHER_NAMES[name]);
  return meant ? `did you mean ${prefix}${meant}?` : `the options are ${names.join(', ')}`;
}
