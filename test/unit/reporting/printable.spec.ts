import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { printable } from '../../../lib/reporting/printable.js';

describe('printable', () => {
  it.each([
    ['', ''],
    ['cart.items[0]', 'cart.items[0]'],
    ['Žluťoučký kůň 🐎', 'Žluťoučký kůň 🐎'],
    ['a\r\nb\tc', 'a\\u{d}\\u{a}b\\u{9}c'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['\u0085\u2028\u2029', '\\u{85}\\u{2028}\\u{2029}'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['\ud800', '\\u{d800}'],
    ['x'.repeat(101), `${'x'.repeat(100)}…`],
    [`${'x'.repeat(99)}🐎`, `${'x'.repeat(99)}\\u{d83d}…`],
  ])('makes of %j one line of bounded length: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('contains nothing that breaks, hides or reorders a line, whatever the input', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(200), (text, max) => {
        const shown = printable(text, max);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThanOrEqual(10 * max + 1);
      }),
    );
  });
});
