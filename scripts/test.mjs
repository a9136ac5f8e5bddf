// Everything that must hold: format, lint, types, and every test against real servers.
// Prints `N passed, N failed` last.
//   node scripts/test.mjs            the whole
//   node scripts/test.mjs --quick    only what starts no other program, within a minute
//   node scripts/test.mjs <path> ... only these tests
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, requireNode, root } from './prepare.mjs';
import { CHROMIUM, find, REDIS_SERVER } from './programs.mjs';

requireNode();
install();
const only = process.argv.slice(2);
const isQuick = only[0] === '--quick';
const programs = isQuick ? {} : { REDIS_SERVER: find(REDIS_SERVER), CHROMIUM_PATH: find(CHROMIUM) };

const tool = (file) => join(root, 'node_modules', file);
const checks = [
  ['format', tool('prettier/bin/prettier.cjs'), '--check', '.'],
  ['lint', tool('oxlint/bin/oxlint')],
  ['types', tool('typescript/bin/tsc'), '-p', 'tsconfig.json'],
  ['build', 'scripts/build.mjs'],
];

/** Thousands of schedules need a small heap: a process of their own, for which the checks leave room. */
const SCHEDULES = 'test/e2e/races';
// Each in a process of its own, after the rest. How quickly an application answers while Redis is
// down can only be seen on a machine that does nothing else meanwhile.
const ALONE = [
  'test/e2e/redis-outages',
  'test/e2e/without-nest/quick-properties', // how V8 shapes objects depends on all that the process did before
];
/** Unit tests, the contract of stores, and HTTP, all with sessions in memory. */
const QUICK = [
  'test/unit',
  'test/contract/memory-',
  'test/e2e/decorators/http',
  'test/e2e/guard/guard',
  'test/e2e/parallel-requests/parallel',
  'test/e2e/quickstart/quickstart.e2e',
  'test/e2e/rotation',
  'test/e2e/stored-before-answered',
  'test/e2e/users-and-devices/devices',
  'test/e2e/without-nest/middleware',
  '--testNamePattern=^(?!.*on (Redis|Sql)SessionStore)', // some suites run on each kind of store
  '--selectProjects=express',
];
const failedChecks = [];
const runs = [];
if (only.length > 0) runs.push(await runJest(isQuick ? QUICK : only));
else {
  const printed = [];
  const schedules = runJest(['--runInBand', SCHEDULES], (text) => printed.push(text));
  for (const [name, ...args] of checks) {
    console.log(`> ${name}`);
    if ((await node(args)) !== 0) failedChecks.push(name);
  }
  runs.push(await schedules);
  process.stderr.write(Buffer.concat(printed));
  runs.push(await runJest(['--testPathIgnorePatterns', SCHEDULES, ...ALONE]));
  for (const folder of ALONE) runs.push(await runJest(['--runInBand', folder]));
}
const passed = runs.reduce((sum, run) => sum + run.passed, 0);
const failed = runs.reduce((sum, run) => sum + run.failed, 0);

for (const name of failedChecks) console.log(`FAILED: ${name}`);
const failures = failed + failedChecks.length;
console.log(
  `${passed + (only.length > 0 ? 0 : checks.length - failedChecks.length)} passed, ${failures} failed`,
);
process.exit(failures === 0 ? 0 : 1);

/** Runs a script to its end, and resolves with its exit code. What it prints goes where ours does, or to `print`. */
function node(args, env = {}, print) {
  const output = print === undefined ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  child.stdout?.on('data', print);
  child.stderr?.on('data', print);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** Runs tests, and counts by Jest's own report. A test file that could not run is one failure. */
async function runJest(args, print) {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-test-'));
  const report = join(folder, 'report.json');
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const status = await node(
    [...options, tool('jest/bin/jest.js'), '--json', `--outputFile=${report}`, ...args],
    programs,
    print,
  );
  const counts = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  return { ...counts, failed: Math.max(counts.failed, status === 0 ? 0 : 1) };
}

function readReport(report) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
