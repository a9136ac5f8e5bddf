import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** The module formats that are published, and the settings that make each. */
export const FORMATS = {
  esm: { settings: 'tsconfig.build.json', type: 'module' },
  cjs: { settings: 'tsconfig.cjs.json', type: 'commonjs' },
} as const;
export type Format = keyof typeof FORMATS;

/**
 * Builds the library from what is in `lib/` now, as a package that applications find where this
 * folder is `node_modules/nestjs-sesame` to them. What other tests build meanwhile does not matter.
 */
export function installLibrary(folder: string, formats: readonly Format[] = ['esm']): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const format of formats) {
    const { settings, type } = FORMATS[format];
    const outDir = join(folder, 'dist', format);
    compile('-p', join(ROOT, settings), '--outDir', outDir, '--noCheck');
    writeFileSync(join(outDir, 'package.json'), JSON.stringify({ type }));
  }
}

/** Runs the compiler; throws its output if it finds something wrong. */
export function compile(...args: string[]): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, ...args]);
  if (status !== 0)
    throw new Error(`tsc ${args.join(' ')} failed:\n${String(stdout)}${String(stderr)}`);
}
