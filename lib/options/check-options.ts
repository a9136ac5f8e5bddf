import { validateSync } from 'class-validator';
import { typeName } from '../reporting/type-name.js';
import { CompleteSessionCookieOptions } from './cookie/session-cookie.options.js';
import { CompleteCrossOriginOptions } from './cross-origin/cross-origin.options.js';
import { parseDuration } from './duration.js';
import { InvalidSessionOptionsException } from './invalid-session-options.exception.js';
import type { InvalidSessionOption } from './invalid-session-options.exception.js';
import { unreadOptions, wrongNames } from './option-names.js';
import { isSet, withDefaults } from './optional-except.js';
import { isOptionsObject } from './options-object.js';
import { isRefusedPromise, promiseMistake } from './promise-mistake.js';
import type { CompleteSessionOptions } from './session.options.js';
import { followCookie } from './timeouts.js';

/**
 * Returns the options, completed by the defaults.
 * @param chosen the options as the user wrote them
 * @throws InvalidSessionOptionsException listing everything that is wrong with them
 */
export function checkOptions<T extends CompleteSessionOptions>(defaults: T, chosen: unknown): T {
  requireOptionsObject(chosen);
  const problems = wrongNames(defaults, chosen, '');
  const options = withDefaults(defaults, chosen);
  if (isOptionsObject(options.cookie)) {
    const cookie = new CompleteSessionCookieOptions();
    problems.push(...complete(cookie, options.cookie, 'cookie.'));
    options.cookie = cookie;
    applyMaxAge(options, chosen, cookie);
  }
  if (isOptionsObject(options.crossOrigin)) {
    const crossOrigin = new CompleteCrossOriginOptions();
    problems.push(...complete(crossOrigin, options.crossOrigin, 'crossOrigin.'));
    options.crossOrigin = crossOrigin;
  }
  problems.push(...brokenRules(options, ''));
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
  return options;
}

/**
 * Refuses options that cannot be read.
 * @throws InvalidSessionOptionsException saying what they are
 */
export function requireOptionsObject(chosen: unknown): asserts chosen is object {
  if (isOptionsObject(chosen)) return;
  const problem =
    promiseMistake(chosen) ??
    `is ${typeName(chosen)}; give an object with at least a secret, as in SessionModule.forRoot({ secret })`;
  throw new InvalidSessionOptionsException([{ path: 'options', problem }]);
}

/**
 * Refuses options that the object only inherits.
 * @throws InvalidSessionOptionsException listing them
 */
export function refuseUnread(known: object, chosen: object): void {
  const problems = unreadOptions(known, chosen, '');
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
}

/**
 * Returns the cookie attributes that a `cookie` function returned, completed by the defaults.
 * @throws InvalidSessionOptionsException listing everything that is wrong with them
 */
export function checkCookie(returned: unknown): CompleteSessionCookieOptions {
  const cookie = new CompleteSessionCookieOptions();
  if (!isOptionsObject(returned)) {
    const problem = isRefusedPromise(returned)
      ? 'returned a promise; return the attributes themselves, and have ready beforehand what it waits for'
      : `returned ${typeName(returned)}; return an object of cookie attributes`;
    throw new InvalidSessionOptionsException([{ path: 'cookie()', problem }]);
  }
  const problems = complete(cookie, returned, 'cookie().');
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
  return cookie;
}

/** Copies options over their defaults; returns what is wrong with them. */
function complete(defaults: object, chosen: object, prefix: string): InvalidSessionOption[] {
  const wrong = wrongNames(defaults, chosen, prefix);
  return [...wrong, ...brokenRules(withDefaults(defaults, chosen), prefix)];
}

/** Makes the timeouts that were not chosen follow `cookie.maxAge`, if that is a duration. */
function applyMaxAge(
  options: CompleteSessionOptions,
  chosen: object,
  { maxAge }: CompleteSessionCookieOptions,
): void {
  const [idle, absolute] = [options.idleTimeout, options.absoluteTimeout].map(parseDuration);
  if (idle === undefined || (absolute === undefined && options.absoluteTimeout !== null)) return;
  const isChosen = {
    idle: isSet(chosen, 'idleTimeout'),
    absolute: isSet(chosen, 'absoluteTimeout'),
  };
  const timeouts = followCookie(
    parseDuration(maxAge),
    { idle, absolute: absolute ?? null },
    isChosen,
  );
  if (timeouts.idle !== idle) options.idleTimeout = timeouts.idle;
  options.absoluteTimeout = timeouts.absolute === null ? null : options.absoluteTimeout;
}

function brokenRules(options: object, prefix: string): InvalidSessionOption[] {
  return validateSync(options, { forbidUnknownValues: true }).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((problem) => ({ path: prefix + property, problem })),
  );
}
