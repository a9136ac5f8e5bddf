import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compile, installLibrary } from './installed-library.js';

const ROOT = resolve(import.meta.dirname, '../..');

export interface BuiltSample {
  /** Where the sample's JavaScript is. */
  readonly dist: string;
  remove(): Promise<void>;
}

/**
 * Builds the library and then a sample on it, as an application that has it installed, in a folder
 * outside the repository.
 */
export async function buildSample(name: string): Promise<BuiltSample> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `sesame-${name}-`)));
  const sample = join(folder, 'sample', name);
  await mkdir(join(folder, 'sample'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await cp(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  await cp(join(ROOT, 'sample', name), sample, { recursive: true });
  await writeFile(join(folder, 'sample/package.json'), '{ "type": "module" }');
  installLibrary(join(folder, 'sample/node_modules/nestjs-sesame'));

  const dist = join(sample, 'dist');
  compile('-p', join(sample, 'tsconfig.json'), '--outDir', dist);
  return { dist, remove: () => rm(folder, { recursive: true, force: true }) };
}
