// Runs express-session's own tests on Sesame, and compares what fails with docs/differences.md.
//   node scripts/express-session-suite.mjs <path>  the tests of a checkout of expressjs/session
//   node scripts/express-session-suite.mjs         fetches them into a temporary folder
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStale, ESM } from './build.mjs';
import { disagreements, knownDifferences } from './express-session-suite/known-differences.mjs';
import { fetchSuite, givenSuite, runSuite } from './express-session-suite/suite.mjs';
import { install, requireNode } from './prepare.mjs';

requireNode();
install();
await buildStale([ESM]);

const [path] = process.argv.slice(2);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sesame-express-session-suite-')));
try {
  const suite = path === undefined ? await fetchSuite(folder) : givenSuite(path);
  const results = await runSuite(suite, folder);
  const known = knownDifferences();
  const found = disagreements(results, known);
  for (const line of found) console.log(line);
  const failed = results.filter(([, error]) => error !== undefined).length;
  console.log(
    `express-session's tests: ${results.length - failed} passed, ${failed} failed; docs/differences.md says ${known.length}. ${found.length === 0 ? 'They agree.' : `${found.length} to look into.`}`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
