import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

export interface BuiltSample {
  /** Where the sample's JavaScript is. */
  readonly dist: string;
  remove(): Promise<void>;
}

/**
 * Builds the library and then a sample on it, as an application that has it installed, in a folder
 * outside the repository: what other tests build meanwhile does not matter.
 */
export async function buildSample(name: string): Promise<BuiltSample> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `sesame-${name}-`)));
  const installed = join(folder, 'sample/node_modules/nestjs-sesame');
  const sample = join(folder, 'sample', name);
  await mkdir(installed, { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await cp(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await cp(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  await cp(join(ROOT, 'sample', name), sample, { recursive: true });
  await writeFile(join(folder, 'sample/package.json'), '{ "type": "module" }');

  const library = join(installed, 'dist');
  await compile('-p', join(ROOT, 'tsconfig.build.json'), '--outDir', library);
  await cp(join(ROOT, 'lib'), library, {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'), // the Lua scripts, which the compiler leaves
  });
  const dist = join(sample, 'dist');
  await compile('-p', join(sample, 'tsconfig.json'), '--outDir', dist);
  return { dist, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function compile(...args: string[]): Promise<void> {
  const compiler = spawn(process.execPath, [TSC, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  compiler.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => compiler.once('close', resolve));
  if (code !== 0) throw new Error(`tsc ${args.join(' ')} failed:\n${said}`);
}
