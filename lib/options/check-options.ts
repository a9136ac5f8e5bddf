import { validateSync } from 'class-validator';
import { typeName } from '../reporting/type-name.js';
import { CompleteSessionCookieOptions } from './cookie/session-cookie.options.js';
import { CompleteCrossOriginOptions } from './cross-origin/cross-origin.options.js';
import { parseDuration } from './duration.js';
import { InvalidSessionOptionsException } from './invalid-session-options.exception.js';
import type { InvalidSessionOption } from './invalid-session-options.exception.js';
import { nearestName } from './nearest-name.js';
import { isOptionsObject, unreadNames } from './options-object.js';
import { isSet, withDefaults } from './optional-except.js';
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

/** Other names for the same option: in earlier releases of express-session, in its stores, and in Nest. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['key', 'name'],
  ['ttl', 'idleTimeout'],
  ['csrf', 'crossOrigin'],
  ['csrfProtection', 'crossOrigin'],
  ['trustedOrigins', 'crossOrigin.trustedOrigins'],
  ['cookie.expires', 'cookie.maxAge'],
]);

/** Where to give the options that only `SessionModule` takes, or only Nest. */
const OTHER_PLACES: ReadonlyMap<string, string> = new Map([
  [
    'loadUser',
    'it belongs to SessionModule, whose SessionService and @CurrentUser() ask for users; beside a plain middleware, call your own function with userIdOf(request)',
  ],
  ['forRoutes', 'it belongs to SessionModule; give a plain middleware its routes by app.use()'],
  ['exclude', 'it belongs to SessionModule, or to the crossOrigin option: crossOrigin.exclude'],
  [
    'isGlobal',
    'it belongs to SessionModule: to what forRoot() takes, or beside useFactory, useClass or useExisting in forRootAsync()',
  ],
]);

/** Refuses what would be ignored: names of no option, and options that the object only inherits. */
function wrongNames(known: object, chosen: object, prefix: string): InvalidSessionOption[] {
  const names = Object.keys(known);
  const unknown = Object.keys(chosen)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: prefix + name,
      problem: `is not an option; ${hint(name, names, prefix)}`,
    }));
  const unread = unreadNames(names, chosen).map((name) => ({
    path: prefix + name,
    problem:
      'is no property of the object itself, but a getter of its class, say; give a plain object',
  }));
  return [...unknown, ...unread];
}

function hint(name: string, names: readonly string[], prefix: string): string {
  const isOfCookie = Object.hasOwn(new CompleteSessionCookieOptions(), name);
  if (isOfCookie && prefix === '') return `it belongs in the cookie option: cookie.${name}`;
  const place = OTHER_PLACES.get(prefix + name);
  if (place !== undefined) return place;
  const nearest = nearestName(name, names);
  const meant = nearest === undefined ? OTHER_NAMES.get(prefix + name) : prefix + nearest;
  return meant !== undefined ? `did you mean ${meant}?` : `the options are ${names.join(', ')}`;
}
