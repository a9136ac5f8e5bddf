// The application, installed with one set of peers and compiled in both module formats.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../prepare.mjs';
import { capture, npm } from './command.mjs';

const TEMPLATE = fileURLToPath(new URL('app', import.meta.url));
const TYPES_OF_NODE = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).devDependencies[
  '@types/node'
];

/** By the `type` of package.json. */
export const FORMATS = [
  { name: 'ESM', type: 'module' },
  { name: 'CommonJS', type: 'commonjs' },
];

/** One `npm install` for both formats and every Node: no package here is built for one of them. */
export async function installApp(folder, tarball, peers) {
  mkdirSync(folder, { recursive: true });
  const dependencies = {
    ...peers.dependencies,
    'nestjs-sesame': `file:${tarball}`,
    '@types/node': TYPES_OF_NODE,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
  for (const { type } of FORMATS) {
    cpSync(TEMPLATE, join(folder, type), { recursive: true });
    writeFileSync(join(folder, type, 'package.json'), JSON.stringify({ private: true, type }));
  }
}

export function versionOf(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'))
    .version;
}

/** Compiles the application in one format. Returns what the compiler objects to, if anything. */
export async function compileApp(folder, { type }) {
  try {
    await capture(
      process.execPath,
      [`${root}/node_modules/typescript/bin/tsc`, '-p', `${type}/tsconfig.json`],
      { cwd: folder },
    );
    return undefined;
  } catch (error) {
    return error.message.split('\n').slice(1).join('\n').replaceAll(`${folder}/`, '');
  }
}
