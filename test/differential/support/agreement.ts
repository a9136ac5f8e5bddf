import type { Differing } from '../differences/difference.js';

/**
 * What the two observations disagree on, under paths such as `#1.cookies.connect.sid.Path`. What
 * only one of them has is reported as a whole.
 */
export function differencesBetween(plain: unknown, sesame: unknown, path = ''): Differing {
  if (!isObject(plain) || !isObject(sesame)) {
    return isSame(path, plain, sesame) ? {} : { [path]: [plain, sesame] };
  }
  const names = [...new Set([...Object.keys(plain), ...Object.keys(sesame)])];
  const differing = names.map((name) =>
    differencesBetween(plain[name], sesame[name], path === '' ? name : `${path}.${name}`),
  );
  return Object.assign({}, ...differing);
}

/** Lifetimes read a moment apart count as the same. Seconds; `originalMaxAge` is milliseconds. */
const TOLERANCE: readonly [RegExp, number][] = [
  [/\bexpiresIn$/, 2],
  [/\boriginalMaxAge$/, 2_000],
];

export function agree(path: string, one: unknown, other: unknown): boolean {
  return Object.keys(differencesBetween(one, other, path)).length === 0;
}

function isSame(path: string, one: unknown, other: unknown): boolean {
  if (typeof one !== 'number' || typeof other !== 'number') return one === other;
  const tolerance = TOLERANCE.find(([pattern]) => pattern.test(path))?.[1] ?? 0;
  return Math.abs(one - other) <= tolerance;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
