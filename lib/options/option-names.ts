import { nearestName } from '../reporting/nearest-name.js';
import { CompleteSessionCookieOptions } from './cookie/session-cookie.options.js';
import type { InvalidSessionOption } from './invalid-session-options.exception.js';

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

/** Finds what would be ignored: names of no option, and options that the object only inherits. */
export function wrongNames(known: object, chosen: object, prefix: string): InvalidSessionOption[] {
  const names = Object.keys(known);
  const unknown = Object.keys(chosen)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: prefix + name,
      problem: `is not an option; ${hint(name, names, prefix)}`,
    }));
  return [...unknown, ...unreadOptions(known, chosen, prefix)];
}

/** Finds the options that an object has, but not as properties of its own: nothing reads those. */
export function unreadOptions(
  known: object,
  chosen: object,
  prefix: string,
): InvalidSessionOption[] {
  const own = new Set(Object.keys(chosen));
  const unread = Object.keys(known).filter((name) => name in chosen && !own.has(name));
  return unread.map((name) => ({
    path: prefix + name,
    problem:
      'is no property of the object itself, but a getter of its class, say; give a plain object',
  }));
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
