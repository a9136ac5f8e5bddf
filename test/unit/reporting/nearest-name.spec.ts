import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { nearestName } from '../../../lib/reporting/nearest-name.js';

/** The edit distance as in a textbook, with the whole table. */
function distance(one: string, other: string): number {
  const table: number[][] = [];
  const at = (row: number, column: number): number => table[row]?.[column] ?? Infinity;
  for (let row = 0; row <= one.length; row += 1) {
    const line: number[] = [];
    table.push(line);
    for (let column = 0; column <= other.length; column += 1) {
      const change = one[row - 1] === other[column - 1] ? 0 : 1;
      const ways = [at(row - 1, column) + 1, (line[column - 1] ?? Infinity) + 1];
      line.push(row + column === 0 ? 0 : Math.min(...ways, at(row - 1, column - 1) + change));
    }
  }
  return at(one.length, other.length);
}

describe('nearestName', () => {
  it('finds one of the names with the fewest edits, up to three', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(words, fc.uniqueArray(words, { maxLength: 5 }), (misspelt, names) => {
        const distances = names.map((name) => distance(name, misspelt));
        const least = Math.min(...distances);
        const nearest = names[distances.indexOf(least)];
        expect(nearestName(misspelt, names)).toBe(least <= 3 ? nearest : undefined);
      }),
    );
  });
});
