import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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

  it('names no file that is not there', () => {
    const there = new Set(files.map((file) => basename(file)));
    expect([...new Set(named)].filter((name) => !there.has(name))).toEqual([]);
  });
});
