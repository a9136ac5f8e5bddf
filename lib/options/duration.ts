import { printable } from '../reporting/printable.js';

/**
 * A length of time: milliseconds as a number, or a number and a unit, as in '90s', '1.5h' or '7d'. It is
 * above zero and at most 100,000 days. Fractions are rounded up to whole milliseconds.
 */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Longer than any session, and short enough for every date and store. */
const MAX_DURATION = 100_000 * 86_400_000;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Returns the milliseconds; `undefined` if the duration does not parse, is not above zero, or is too long.
 */
export function parseDuration(duration: unknown): number | undefined {
  const milliseconds = amountOf(duration);
  if (typeof milliseconds !== 'number' || !Number.isFinite(milliseconds)) return undefined;
  if (milliseconds <= 0 || milliseconds > MAX_DURATION) return undefined;
  return Math.ceil(milliseconds);
}

/** The longest duration, in words. */
export const LONGEST_DURATION = '100,000 days';

/** True for what would be a duration, were it not longer than the longest. */
export function isTooLong(duration: unknown): boolean {
  const milliseconds = amountOf(duration);
  return typeof milliseconds === 'number' && milliseconds > MAX_DURATION && duration !== Infinity;
}

/**
 * Converts a {@link Duration} to milliseconds, as the options do: for a duration from the environment, or one
 * that another part of the application needs as well.
 * @throws RangeError if it is not a valid one
 */
export function toMilliseconds(duration: number | string): number {
  const milliseconds = parseDuration(duration);
  if (milliseconds !== undefined) return milliseconds;
  if (isTooLong(duration)) {
    throw new RangeError(
      `'${printable(String(duration))}' is too long: the longest duration is ${LONGEST_DURATION}.`,
    );
  }
  throw new RangeError(
    `'${printable(String(duration))}' is not a duration: give milliseconds as a number above zero, or a number and a unit, such as '90s', '30m', '12h' or '7d'.`,
  );
}

/** True if both are durations and the first is longer. */
export function isLonger(one: unknown, other: unknown): boolean {
  return (parseDuration(one) ?? 0) > (parseDuration(other) ?? Infinity);
}

function amountOf(duration: unknown): unknown {
  return typeof duration === 'string' ? parseText(duration) : duration;
}

function parseText(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  return factor === undefined ? undefined : Number(amount) * factor;
}
