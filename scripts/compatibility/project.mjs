// A project as one of Nest's command lines generates it, with the README's five minutes pasted.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { environment, npm, npx } from './command.mjs';

const PASTED = /^```ts\n\/\/ (src\/\S+)\n([\s\S]*?)^```/gm;

/** What every program of the project runs with. */
export const projectEnvironment = {
  ...environment,
  SESSION_SECRET: 'for this check only, but of good length',
};

/** Generates a project below the folder, and answers where it is. */
export async function generateProject(folder, line, tarball) {
  const name = `shop-${line}`;
  const generate = ['-p', `@nestjs/cli@${line}`, 'nest', 'new', name];
  await npx([...generate, '--package-manager', 'npm', '--skip-git'], { cwd: folder });
  const project = join(folder, name);
  await add(project, [`file:${tarball}`, 'express-session']);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [, file, code] of readme.matchAll(PASTED)) writeFileSync(join(project, file), code);
  expectCart(join(project, 'test/app.e2e-spec.ts'));
  return project;
}

export async function add(project, packages) {
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], {
    cwd: project,
  });
}

/** The generated test as it is, but for what it asserts: there is no greeting any more. */
function expectCart(file) {
  const generated = readFileSync(file, 'utf8');
  const changed = generated
    .replace(".get('/')", ".get('/cart')")
    .replace(".expect('Hello World!')", '.expect([])');
  if (!changed.includes('.expect([])')) throw new Error(`${file} is not the test it was.`);
  writeFileSync(file, changed);
}
