import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { toMilliseconds } from 'nestjs-sesame';
import { isLonger, parseDuration } from '../../../lib/options/duration.js';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['1.5s', 1_500],
    [1, 1],
    [1_800_000, 1_800_000],
    ['0.5ms', 1],
    [0.2, 1],
  ])('takes %p as %p ms', (duration, milliseconds) => {
    expect(parseDuration(duration)).toBe(milliseconds);
  });

  it.each([
    0,
    -1,
    '0s',
    '-5m',
    '5 parsecs',
    '5',
    '',
    'm',
    ' 5m',
    '5m ',
    '5 m',
    '5M',
    '1e3s',
    '.5s',
    '5.s',
    '0x10s',
    '5m\n',
    NaN,
    Infinity,
    `${'9'.repeat(400)}d`,
    null,
    undefined,
    true,
    {},
    ['5m'],
    5n,
  ])('takes %p for no duration', (duration) => {
    expect(parseDuration(duration)).toBeUndefined();
  });

  it('counts every whole amount of a unit exactly', () => {
    const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.constantFrom(...Object.entries(units)),
        (amount, [unit, factor]) => parseDuration(`${amount}${unit}`) === amount * factor,
      ),
    );
  });

  it('never returns anything but a whole number above zero', () => {
    fc.assert(
      fc.property(fc.anything(), (duration) => {
        const milliseconds = parseDuration(duration);
        return milliseconds === undefined || (Number.isInteger(milliseconds) && milliseconds > 0);
      }),
    );
  });
});

describe('toMilliseconds', () => {
  it('converts a duration to milliseconds', () => {
    expect(toMilliseconds('2m')).toBe(120_000);
  });

  it('throws an error that says what a duration should look like', () => {
    expect(() => toMilliseconds('-5m')).toThrow(RangeError);
    expect(() => toMilliseconds('-5m')).toThrow(
      "'-5m' is not a duration: give milliseconds as a number above zero, or a number and a unit",
    );
  });

  it.each([
    ['200000d', "'200000d'"],
    [8_640_000_000_001, "'8640000000001'"],
  ])('says of one that is only too long, such as %p, what the longest is', (duration, shown) => {
    expect(() => toMilliseconds(duration)).toThrow(RangeError);
    expect(() => toMilliseconds(duration)).toThrow(
      `${shown} is too long: the longest duration is 100,000 days.`,
    );
    expect(toMilliseconds('100000d')).toBe(8_640_000_000_000);
  });

  it('takes infinity for no duration rather than a long one', () => {
    expect(() => toMilliseconds(Infinity)).toThrow("'Infinity' is not a duration");
  });

  it('quotes an invalid duration in no more than a short line', () => {
    const given = { remember: '5m' as const };
    Reflect.set(given, 'remember', `30d\nforged${'x'.repeat(10_000)}`); // as from a request's body
    expect(() => toMilliseconds(given.remember)).toThrow(
      /^'30d\\u\{a\}forgedx{90}…' is not a duration/,
    );
  });
});

describe('isLonger', () => {
  it.each([
    ['61s', '1m', true],
    ['1m', '60s', false],
    ['59s', '1m', false],
    ['1m', null, false],
    ['1m', 'nonsense', false],
    ['nonsense', '1m', false],
    [null, undefined, false],
  ])('of %p and %p is %p', (one, other, answer) => {
    expect(isLonger(one, other)).toBe(answer);
  });
});
