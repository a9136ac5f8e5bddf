import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { capture, npm } from '../compatibility/command.mjs';

const require = createRequire(import.meta.url);
const installed = require('express-session/package.json').version;

const REPOSITORY = 'https://github.com/expressjs/session.git';

/** What the tests themselves are made of. */
const TOOLS = ['after', 'cookie-parser', 'express', 'mocha', 'supertest'];

/** Fetches the suite that belongs to the installed express-session, and its tools. */
export async function fetchSuite(folder) {
  console.log(
    `Fetches the tests of express-session ${installed} from ${REPOSITORY} by git, and ${TOOLS.join(', ')} from the npm registry, into a temporary folder. To fetch nothing, give the path of a checkout: npm run express-session-suite -- <path>`,
  );
  const suite = join(folder, 'fetched');
  const clone = ['clone', '--quiet', '--depth', '1', '--branch', `v${installed}`];
  await capture('git', ['-c', 'advice.detachedHead=false', ...clone, REPOSITORY, suite]);
  const { version, devDependencies } = packageOf(suite);
  const tools = Object.fromEntries(TOOLS.map((tool) => [tool, devDependencies[tool]]));
  writeFileSync(join(suite, 'package.json'), JSON.stringify({ version, dependencies: tools }));
  await npm(['install', '--no-audit', '--no-fund'], { cwd: suite });
  return suite;
}

/** The suite in a checkout of express-session whose dependencies are installed. */
export function givenSuite(path) {
  const suite = resolve(path);
  if (!existsSync(join(suite, 'test/session.js'))) {
    throw new Error(`${suite} has no test/session.js. Give a checkout of ${REPOSITORY}.`);
  }
  const { version } = packageOf(suite);
  if (version !== installed) {
    throw new Error(
      `${suite} is express-session ${version}, and installed is ${installed}. Check out v${installed} there.`,
    );
  }
  const missing = TOOLS.filter((tool) => !existsSync(join(suite, 'node_modules', tool)));
  if (missing.length > 0) {
    throw new Error(`${suite} has no ${missing.join(', ')}. Run npm install there.`);
  }
  return suite;
}

/**
 * Runs the tests where `require('../')` is Sesame.
 * @param folder gets a copy of the tests, so that nothing is written where the suite is
 * @returns each test as [its name, its error or undefined]
 */
export async function runSuite(suite, folder) {
  cpSync(join(suite, 'test'), join(folder, 'test'), { recursive: true });
  symlinkSync(join(suite, 'node_modules'), join(folder, 'node_modules'), 'junction');
  mkdirSync(join(folder, 'session'));
  forward(join(folder, 'index.js'), fileURLToPath(new URL('adapter.cjs', import.meta.url)));
  forward(join(folder, 'session/cookie.js'), require.resolve('express-session/session/cookie'));
  await makeCertificate(join(folder, 'test/fixtures'));
  return namedTests(runMocha(folder));
}

function forward(file, target) {
  writeFileSync(file, `module.exports = require(${JSON.stringify(target)});\n`);
}

/** The certificate that the suite makes with openssl, which may not be installed. */
async function makeCertificate(folder) {
  const pems = await generate([{ name: 'commonName', value: 'express-session.local' }]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'server.key'), pems.private);
  writeFileSync(join(folder, 'server.crt'), pems.cert);
}

/** As the suite's own `npm test` runs it, but with the tests' results in a file. */
function runMocha(folder) {
  const report = join(folder, 'report.json');
  const output = ['--reporter', 'json', '--reporter-option', `output=${report}`];
  const own = ['--require', 'test/support/env', '--check-leaks', '--exit', 'test/'];
  const mocha = join(folder, 'node_modules/mocha/bin/mocha.js');
  const { error } = spawnSync(process.execPath, [mocha, ...output, ...own], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error) throw error;
  return JSON.parse(readFileSync(report, 'utf8'));
}

/** Two tests of the suite share a name: the second is told apart by its number. */
function namedTests({ tests }) {
  const counts = new Map();
  return tests.map(({ fullTitle, err }) => {
    const count = (counts.get(fullTitle) ?? 0) + 1;
    counts.set(fullTitle, count);
    return [count === 1 ? fullTitle : `${fullTitle} (${count})`, err.message];
  });
}

function packageOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
