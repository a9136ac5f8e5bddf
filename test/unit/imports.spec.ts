import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const lib = fileURLToPath(new URL('../../lib', import.meta.url));

/** The folders of lib/, in layers. A folder may import from later layers, but not from others in its own. */
const LAYERS = [
  ['testing'],
  ['nest'],
  ['edges'],
  ['session'],
  ['options'],
  ['stores'],
  ['reporting', 'copies'],
];

/** The public names, and the command, which come from everywhere. */
const ENTRANCES = new Set(['cli.ts', 'index.ts', 'redis.ts', 'sql.ts', 'testing.ts']);

const MOST_FILES = 14;

/** What each file imports, its types included: paths within lib/. */
const imports = new Map(
  readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((file) => [file, importsOf(file)]),
);

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(lib, file), 'utf8'));
  const paths = importedFiles.map(({ fileName }) => fileName).filter((path) => path[0] === '.');
  return paths.map((path) => join(dirname(file), path.replace(/\.js$/, '.ts')));
}

describe('the imports in lib/', () => {
  it('lead to files that exist', () => {
    const missing = [...imports.values()].flat().filter((file) => !imports.has(file));
    expect(missing).toEqual([]);
  });

  it('point one way: they contain no cycle', () => {
    const clear = new Set<string>();
    const circlesFrom = (file: string, above: readonly string[]): string[] => {
      if (above.includes(file)) return [[...above, file].join(' -> ')];
      if (clear.has(file)) return [];
      const next = imports.get(file) ?? [];
      const circles = next.flatMap((one) => circlesFrom(one, [...above, file]));
      clear.add(file);
      return circles;
    };
    expect([...imports.keys()].flatMap((file) => circlesFrom(file, []))).toEqual([]);
  });

  it(`point one way between its folders: ${LAYERS.map((one) => one.join(', ')).join(' -> ')}`, () => {
    const layerOf = (file: string): number =>
      LAYERS.findIndex((folders) => folders.includes(topOf(file)));
    const isAllowed = (from: string, to: string): boolean =>
      ENTRANCES.has(from) || topOf(from) === topOf(to) || layerOf(from) < layerOf(to);
    const wrong = [...imports].flatMap(([from, all]) =>
      all.filter((to) => !isAllowed(from, to)).map((to) => `${from} -> ${to}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the testing kit', () => {
  it('is loaded only by its own entry', () => {
    const others = [...imports].filter(([from]) => topOf(from).replace('.ts', '') !== 'testing');
    expect(others.filter(([, all]) => all.some((to) => topOf(to) === 'testing'))).toEqual([]);
  });
});

describe('the folders of lib/', () => {
  it('are exactly those listed in the layers', () => {
    const entries = readdirSync(lib).filter((entry) => !ENTRANCES.has(entry));
    expect(entries.toSorted()).toEqual(LAYERS.flat().toSorted());
  });

  it(`have no more than ${MOST_FILES} files each, so that each can be taken in at a glance`, () => {
    const folders = readdirSync(lib, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name));
    const counts = [lib, ...folders].map((folder) => {
      const files = readdirSync(folder).filter((entry) => entry.endsWith('.ts'));
      return [relative(lib, folder), files.length] as const;
    });
    expect(counts.filter(([, count]) => count > MOST_FILES)).toEqual([]);
  });
});

function topOf(file: string): string {
  const [top = ''] = file.split('/');
  return top;
}
