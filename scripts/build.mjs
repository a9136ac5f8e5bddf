// Builds the library with the Nest CLI, as ES modules and as CommonJS: node scripts/build.mjs
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export const ESM = { folder: 'dist/esm', settings: 'tsconfig.build.json', type: 'module' };
const CJS = { folder: 'dist/cjs', settings: 'tsconfig.cjs.json', type: 'commonjs' };

/** Builds these formats; rejects if one of them fails. */
export async function build(formats = [ESM, CJS]) {
  await Promise.all(formats.map(buildOne));
}

/** The same, only for formats that are older than their source. */
export async function buildStale(formats = [ESM, CJS]) {
  const stale = formats.filter(({ folder, settings }) =>
    isStale(`${folder}/package.json`, ['lib', 'package-lock.json', 'tsconfig.json', settings]),
  );
  if (stale.length > 0) console.log('Building ...');
  await build(stale);
}

/** Whether a file is missing, or older than one of its sources. Paths are relative to the project. */
export function isStale(made, sources) {
  const file = join(root, made);
  if (!existsSync(file)) return true;
  const { mtimeMs } = statSync(file);
  return sources.flatMap(filesOf).some((source) => statSync(source).mtimeMs > mtimeMs);
}

function filesOf(source) {
  const path = join(root, source);
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true });
  // A folder's own time shows that a file was removed.
  return [path, ...found.map((name) => join(path, name))];
}

async function buildOne({ folder, settings, type }) {
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const child = spawn(process.execPath, [nest, 'build', '-p', settings], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`nest build -p ${settings} failed`);
  // Written last, so that an interrupted build does not count.
  writeFileSync(join(root, folder, 'package.json'), `{ "type": "${type}" }\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
