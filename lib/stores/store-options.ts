import { harmlessValue } from '../reporting/harmless-value.js';
import { nearestName } from '../reporting/nearest-name.js';
import { printable } from '../reporting/printable.js';
import { typeName } from '../reporting/type-name.js';

/** What one option of a store must be. It may always be left out, or `undefined`. */
export interface StoreOptionRule {
  holds(value: unknown): boolean;
  /** What to give instead, without a full stop. */
  readonly remedy: string;
  /** @default TypeError */
  readonly error?: typeof RangeError;
}

/** The options that a store takes. */
export interface StoreOptionRules {
  /** What takes them. */
  readonly store: string;
  /** What they look like. */
  readonly example: string;
  readonly rules: Readonly<Record<string, StoreOptionRule>>;
  /** Options of others that it does not support: why, and what to use instead. */
  readonly unsupported?: Readonly<Record<string, string>>;
  /** Recognises what is often given in place of the options. */
  inPlaceOfOptions?(given: unknown): string | undefined;
}

/** For an option that the store itself looks into. */
export const ANYTHING: StoreOptionRule = { holds: () => true, remedy: 'leave it out' };

export const CLOCK: StoreOptionRule = {
  holds: (value) => typeof value === 'function',
  remedy: 'Give a function that answers epoch milliseconds',
};

/**
 * Returns the options that were given, without those that are `undefined`. Every store's are checked here.
 * @throws TypeError when they are no options, or one of them is unknown, not supported or wrong
 * @throws RangeError when the rule of one of them says so
 */
export function checkStoreOptions<T extends object>(known: StoreOptionRules, options: T): T {
  const { store, example, rules } = known;
  const found = known.inPlaceOfOptions?.(options) ?? otherThanObject(options);
  if (found !== undefined) {
    throw new TypeError(`${store}: it takes an object such as ${example}, but got ${found}.`);
  }
  const complete = { ...options };
  for (const [name, value] of Object.entries(complete)) {
    if (value === undefined) Reflect.deleteProperty(complete, name);
  }
  const given = Object.entries(complete);
  for (const [name] of given) requireKnown(name, known);
  for (const [name, value] of given) requireValue(store, name, rules[name] ?? ANYTHING, value);
  return complete;
}

/** @throws TypeError or RangeError, as the rule says, when the value is not what it must be */
export function requireValue(
  store: string,
  name: string,
  { holds, remedy, error: Problem = TypeError }: StoreOptionRule,
  value: unknown,
): void {
  if (holds(value)) return;
  throw new Problem(`${store}: ${name} is ${shown(value)}. ${remedy}.`);
}

/** Of a text that may be a secret, only the length. */
function shown(value: unknown): string {
  const words = harmlessValue(value);
  return words === 'a string' ? `a string of ${String(value).length} characters` : words;
}

function otherThanObject(options: unknown): string | undefined {
  if (options === undefined) return 'nothing';
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
  return isObject ? undefined : typeName(options);
}

function requireKnown(name: string, { store, rules, unsupported = {} }: StoreOptionRules): void {
  if (Object.hasOwn(rules, name)) return;
  if (Object.hasOwn(unsupported, name)) {
    throw new TypeError(`${store}: ${name} is not supported: ${unsupported[name]}`);
  }
  const names = Object.keys(rules);
  const nearest = nearestName(name, names);
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new TypeError(
    `${store}: ${printable(name)} is not an option.${meant} The options are ${names.join(', ')}.`,
  );
}
