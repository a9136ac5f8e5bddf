import { harmlessValue } from '../../reporting/harmless-value.js';
import { printable } from '../../reporting/printable.js';
import { isOptionsObject } from '../options-object.js';
import { Rule, RuleThatTells } from '../rules/option-rules.js';
import { mistakeInOrigin } from './trusted-origin.js';

export function IsCrossOrigin(): PropertyDecorator {
  return Rule(
    'isCrossOrigin',
    "give { trustedOrigins, exclude }, either of which may be left out, or 'report', or false",
    (value) => value === false || value === 'report' || isOptionsObject(value),
  );
}

export function AreTrustedOrigins(): PropertyDecorator {
  return IsListOrCallback(
    mistakeInOrigin,
    'give an array of origins such as https://shop.example, https://*.shop.example or capacitor://localhost, or a function (origin) => boolean',
  );
}

export function AreExcludedPaths(): PropertyDecorator {
  return IsListOrCallback(
    mistakeInPath,
    "give an array of whole paths such as '/auth/callback', or a function (path) => boolean",
  );
}

/** Characters of a path pattern or a URL that a path to be compared literally does not have. */
const NOT_PLAIN = /[*:?#{}()]/;

function mistakeInPath(entry: unknown): string | undefined {
  if (typeof entry !== 'string' || entry === '') return `is ${harmlessValue(entry)}`;
  if (!entry.startsWith('/')) return 'does not begin with a slash';
  return NOT_PLAIN.test(entry) ? `is a pattern or has a query: ${printable(entry)}` : undefined;
}

function IsListOrCallback(
  mistakeIn: (entry: unknown) => string | undefined,
  remedy: string,
): PropertyDecorator {
  const mistakesIn = (list: readonly unknown[]): string[] =>
    list.map(mistakeIn).filter((mistake) => mistake !== undefined);
  return RuleThatTells(
    'isListOrCallback',
    (value) =>
      typeof value === 'function' || (Array.isArray(value) && mistakesIn(value).length === 0),
    (value) => {
      if (!Array.isArray(value)) return `is ${harmlessValue(value)}; ${remedy}`;
      const mistakes = mistakesIn(value).map((mistake) => `has an entry that ${mistake}`);
      return `${mistakes.join('; ')}; ${remedy}`;
    },
  );
}
