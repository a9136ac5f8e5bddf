import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installLibrary } from '../support/installed-library.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAMS = join(import.meta.dirname, 'programs');
const PEERS = 'node_modules';

/** What a program printed as JSON, and what Node printed besides. */
export interface Ran {
  readonly answer: unknown;
  readonly warnings: string;
}

/**
 * The tarball that `npm publish` would upload, unpacked where applications find it.
 *
 * There are two places. In `apps/` it is as it was packed. In `loaders/` its `exports` lack the
 * condition `module-sync`, as loaders see them that do not know it (jest is one): there `import` and
 * `require()` each get a format of their own.
 */
export class PackedLibrary {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'sesame-packed-')));

  constructor() {
    symlinkSync(join(ROOT, PEERS), join(this.folder, PEERS), 'junction');
    const source = join(this.folder, 'source');
    installLibrary(source, ['esm', 'cjs']);
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', this.folder];
    const shell = process.platform === 'win32';
    const tarball = execFileSync('npm', pack, { cwd: source, encoding: 'utf8', shell }).trim();
    for (const place of ['apps', 'loaders']) {
      const installed = join(this.folder, place, PEERS, 'nestjs-sesame');
      mkdirSync(installed, { recursive: true });
      execFileSync('tar', ['-xzf', join(this.folder, tarball), '-C', installed, '--strip=1']);
      cpSync(PROGRAMS, join(this.folder, place), { recursive: true });
    }
    withoutModuleSync(join(this.folder, 'loaders', PEERS, 'nestjs-sesame/package.json'));
  }

  /** Runs one of the programs with Node. */
  run(place: 'apps' | 'loaders', program: string): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
      cwd: join(this.folder, place),
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (status !== 0) throw new Error(`${program} failed:\n${stderr}`);
    return { answer: JSON.parse(stdout), warnings: stderr };
  }

  /** Runs its own command as npx does. Returns its exit code, and what it printed to stdout and stderr. */
  command(...args: readonly string[]): [status: number | null, printed: string, said: string] {
    const folder = join(this.folder, 'apps', PEERS, 'nestjs-sesame');
    const { bin }: { bin: Record<string, string> } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const file = join(folder, bin['nestjs-sesame'] ?? '');
    if (!readFileSync(file, 'utf8').startsWith('#!/usr/bin/env node\n')) throw new Error('no #!');
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      encoding: 'utf8',
      env,
    });
    return [status, stdout, stderr];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function withoutModuleSync(file: string): void {
  const { exports, ...rest }: { exports: object } = JSON.parse(readFileSync(file, 'utf8'));
  const text = JSON.stringify({ ...rest, exports }, (name, value: unknown) =>
    name === 'module-sync' ? undefined : value,
  );
  writeFileSync(file, text);
}
