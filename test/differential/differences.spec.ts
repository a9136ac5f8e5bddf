import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { tableRows } from '../docs/markdown.js';
import { differences } from './differences.js';
import { topics } from './topics.js';

const PAGE = 'docs/differences.md';

const scenarios = Object.values(topics).flatMap(([table]) => table);
const expectations = Object.values(topics).flatMap(([, expected]) => Object.entries(expected));

describe('The page of differences', () => {
  it('has the rows of the list, in its order and words', () => {
    expect(tableRows(PAGE, 'Difference')).toEqual(
      differences.map(({ key, plain, sesame, why }) => [key, plain, sesame, why]),
    );
  });

  it('has only rows that a scenario shows', () => {
    const shown = new Set<string>(expectations.flatMap(([, { because }]) => because));
    expect(differences.map(({ key }) => key).filter((key) => !shown.has(key))).toEqual([]);
  });

  it('has no row twice', () => {
    const keys = differences.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
  });
});

describe('The scenarios', () => {
  it('are at least 150, each of another name', () => {
    const names = scenarios.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(150);
  });

  it.each(Object.entries(topics))('of %s are run by a file of that name', (topic, [table]) => {
    expect(table.length).toBeGreaterThan(0);
    expect(existsSync(new URL(`./${topic}.e2e.ts`, import.meta.url))).toBe(true);
  });

  it('are there for each expectation, and differ in something', () => {
    const names = new Set(scenarios.map(({ name }) => name));
    const idle = expectations.filter(([name, { differs = {}, differsOn = {} }]) => {
      const places = [differs, ...Object.values(differsOn)].flatMap((found) => Object.keys(found));
      return places.length === 0 || !names.has(name);
    });
    expect(idle.map(([name]) => name)).toEqual([]);
  });
});
