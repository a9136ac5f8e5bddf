// Node's module hooks: TypeScript as jest compiles it, and the library's names as jest maps them.
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';
import jest from '../../../jest.config.js';

const LIBRARY = new Map([
  ['nestjs-sesame', new URL('../../../lib/index.ts', import.meta.url).href],
  ['nestjs-sesame/redis', new URL('../../../lib/redis.ts', import.meta.url).href],
]);
const [[, compiler]] = Object.values(jest.projects[0].transform);

export async function resolve(specifier, context, next) {
  const library = LIBRARY.get(specifier);
  if (library !== undefined) return { url: library, shortCircuit: true };
  const isOurs = context.parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier);
  if (!isOurs) return next(specifier, context);
  return {
    url: new URL(specifier.replace(/js$/, 'ts'), context.parentURL).href,
    shortCircuit: true,
  };
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), { ...compiler, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
