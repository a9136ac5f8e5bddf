import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './markdown.js';

const page = readFileSync(join(root, 'docs/05-architecture.md'), 'utf8');
const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' });
const named = [...page.matchAll(/[\w.-]+\.ts\b/g)].map(([name]) => name);

describe('docs/05-architecture.md', () => {
  it('has a word on every file of the lifecycle', () => {
    const lifecycle = readdirSync(join(root, 'lib/core'));
    expect(lifecycle.filter((file) => !named.includes(file))).toEqual([]);
  });

  it('says that imports point one way, and they do: none leads round in a circle', () => {
    const imports = new Map(
      files
        .filter((file) => file.endsWith('.ts'))
        .map((file) => {
          const text = readFileSync(join(root, 'lib', file), 'utf8');
          const found = [...text.matchAll(/from '(\.[^']+)\.js'/g)].map(([, path]) => `${path}.ts`);
          return [file, found.map((path) => join(dirname(file), path))];
        }),
    );
    const below = (file: string, above: readonly string[]): string[] => {
      if (above.includes(file)) return [[...above, file].join(' -> ')];
      if (clear.has(file)) return [];
      const circles = (imports.get(file) ?? []).flatMap((next) => below(next, [...above, file]));
      clear.add(file);
      return circles;
    };
    const clear = new Set<string>();
    expect([...imports.keys()].flatMap((file) => below(file, []))).toEqual([]);
  });

  it('names no file that is not there', () => {
    const there = new Set(files.map((file) => basename(file)));
    expect([...new Set(named)].filter((name) => !there.has(name))).toEqual([]);
  });
});
