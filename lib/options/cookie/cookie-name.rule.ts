import { Rule } from '../rules/option-rules.js';
import { COOKIE_PREFIXES, needsInWords, prefixOf, unmetNeed } from './cookie-prefix.js';
import type { CookiePrefix } from './cookie-prefix.js';

/** Requires, for a name with a prefix, the cookie attributes that browsers demand for it. */
export function FitsCookiePrefix(): PropertyDecorator {
  return (target, property) => {
    NeedsCookieObject(target, property);
    for (const prefix of COOKIE_PREFIXES) HasWhatItNeeds(prefix)(target, property);
  };
}

const ALL = COOKIE_PREFIXES.map(({ prefix }) => prefix);

const NeedsCookieObject = Rule(
  'prefixWithoutFunction',
  `a ${ALL.slice(0, -1).join(', ')} or ${ALL.at(-1) ?? ''} name cannot be used with a cookie function, whose result is not known at boot; give cookie as an object`,
  (name, options) => ownPrefix(name) === undefined || typeof cookieOf(options) !== 'function',
);

function HasWhatItNeeds(prefix: CookiePrefix): PropertyDecorator {
  return Rule(`fits${prefix.prefix}`, needsInWords(prefix), (name, options) => {
    if (ownPrefix(name) !== prefix) return true;
    const cookie = cookieOf(options);
    if (typeof cookie === 'function') return true; // another rule refuses it
    return unmetNeed(prefix, Object(cookie)) === undefined;
  });
}

function ownPrefix(name: unknown): CookiePrefix | undefined {
  return typeof name === 'string' ? prefixOf(name) : undefined;
}

function cookieOf(options: object): unknown {
  return Reflect.get(options, 'cookie');
}
