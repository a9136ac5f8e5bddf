import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { tableRows } from '../docs/markdown.js';
import { differences } from './differences/table.js';
import { alternativesOf, isNamed } from './forecast/names.js';
import { topics } from './topics.js';

const PAGE = 'docs/differences.md';

const scenarios = Object.values(topics).flat();
const names = scenarios.map(({ name }) => name);

describe('The page of differences', () => {
  it('has the rows of the table, in the same order and words', () => {
    expect(tableRows(PAGE, 'Difference')).toEqual(
      differences.map(({ key, plain, sesame, why }) => [key, plain, sesame, why]),
    );
  });

  it('has no row twice', () => {
    const keys = differences.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
  });

  it("names a row as the reason for each of express-session's own tests that fails", () => {
    const keys = differences.map(({ key }) => key);
    const reasons = tableRows(PAGE, 'Test of express-session').map(([, reason]) => reason);
    expect(reasons.length).toBeGreaterThan(0);
    expect(keys).toEqual(expect.arrayContaining(reasons));
  });
});

// Whether a rule applies in each scenario that it names, the scenarios themselves check.
describe.each(differences)('The rules of $key', ({ rules }) => {
  it('exist, and each names a scenario', () => {
    const patterns = Object.keys(rules).flatMap(alternativesOf);
    expect(patterns.length).toBeGreaterThan(0);
    const isIdle = (pattern: string) => !names.some((name) => isNamed(pattern, name));
    expect(patterns.filter(isIdle)).toEqual([]);
  });
});

describe('The scenarios', () => {
  it('are at least 150, each with a name of its own', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(150);
  });

  it.each(Object.entries(topics))('of %s are run by a file of that name', (topic, table) => {
    expect(table.length).toBeGreaterThan(0);
    expect(existsSync(new URL(`./${topic}.e2e.ts`, import.meta.url))).toBe(true);
  });
});
