import { harmlessValue } from '../../reporting/harmless-value.js';
import { printable } from '../../reporting/printable.js';
import { typeName } from '../../reporting/type-name.js';

const KNOWN = ['client', 'dialect', 'prefix', 'schema', 'cleanUp', 'clock'];
const DIALECTS: ReadonlySet<unknown> = new Set(['postgres', 'mysql', 'sqlite', undefined]);

/**
 * Returns the options that were given.
 * @throws TypeError when they are no options, or one of them is unknown or has another type
 */
export function checkSqlOptions<T extends object>(options: T): T {
  const problem = problemOf(options);
  if (problem !== undefined) throw new TypeError(`SqlSessionStore: ${problem}`);
  return options;
}

function problemOf(options: object): string | undefined {
  if (!isPlain(options)) {
    const found = typeof options === 'object' ? 'a client' : typeName(options);
    return `it takes an object such as { client }, but got ${found}.`;
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    return `${printable(unknown)} is not an option. The options are ${KNOWN.join(', ')}.`;
  }
  const { dialect, cleanUp, clock }: Readonly<Record<string, unknown>> = { ...options };
  if (!DIALECTS.has(dialect)) {
    return `dialect is ${harmlessValue(dialect)}. Use 'postgres', 'mysql' or 'sqlite'.`;
  }
  if (cleanUp !== undefined && typeof cleanUp !== 'boolean') {
    return `cleanUp is ${harmlessValue(cleanUp)}. Use true or false.`;
  }
  if (clock !== undefined && typeof clock !== 'function') {
    return `clock is ${harmlessValue(clock)}. Give a function that answers epoch milliseconds.`;
  }
  return undefined;
}

/** True for an object literal, which no client is. */
function isPlain(options: unknown): options is object {
  if (typeof options !== 'object' || options === null) return false;
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
