// A project as one of Nest's CLIs generates it, with the README's five-minute example pasted in.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { environment, npm, npx } from './command.mjs';

const PASTED = /^```ts\n\/\/ ((?:src|test)\/\S+)\n([\s\S]*?)^```/gm;

/** What every program of the project runs with. */
export const projectEnvironment = {
  ...environment,
  SESSION_SECRET: 'for this check only, but of good length',
};

/** Generates a project below the folder, and returns where it is. */
export async function generateProject(folder, line, tarball) {
  const name = `shop-${line}`;
  const generate = ['-p', `@nestjs/cli@${line}`, 'nest', 'new', name];
  await npx([...generate, '--package-manager', 'npm', '--skip-git'], { cwd: folder });
  const project = join(folder, name);
  await add(project, [`file:${tarball}`, 'express-session']);
  paste('README.md', project);
  paste('docs/10-testing.md', project, line === '11' ? inCommonJs : usingGlobals);
  expectCart(join(project, 'test/app.e2e-spec.ts'));
  return project;
}

export async function add(project, packages) {
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], {
    cwd: project,
  });
}

/** Writes the files of a page into a project. */
function paste(page, project, adapt = (code) => code) {
  const text = readFileSync(join(root, page), 'utf8');
  for (const [, file, code] of text.matchAll(PASTED))
    writeFileSync(join(project, file), adapt(code));
}

/** Both runners of generated projects have their functions as globals. */
function usingGlobals(code) {
  return code.replace(/^import .* from 'vitest';\n/m, '');
}

/** Jest does not find files by the names that they have after compilation. */
function inCommonJs(code) {
  return usingGlobals(code).replaceAll(/( from '\.{1,2}\/.*)\.js'/g, "$1'");
}

/** The generated test as it is, except for what it asserts: there is no greeting any more. */
function expectCart(file) {
  const generated = readFileSync(file, 'utf8');
  const changed = generated
    .replace(".get('/')", ".get('/cart')")
    .replace(".expect('Hello World!')", '.expect([])');
  if (!changed.includes('.expect([])')) throw new Error(`${file} is not the test it was.`);
  writeFileSync(file, changed);
}
