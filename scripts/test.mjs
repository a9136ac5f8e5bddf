// Everything that must hold: format, lint, types, and every test against real servers.
// Prints `N passed, N failed` last.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, requireNode, root } from './prepare.mjs';
import { findRedisServer } from './redis-server.mjs';

requireNode();
install();
const redisServer = findRedisServer();

const tool = (file) => join(root, 'node_modules', file);
const checks = [
  ['format', tool('prettier/bin/prettier.cjs'), '--check', '.'],
  ['lint', tool('oxlint/bin/oxlint')],
  ['types', tool('typescript/bin/tsc'), '-p', 'tsconfig.json'],
  ['build', tool('@nestjs/cli/bin/nest.js'), 'build', '-p', 'tsconfig.build.json'],
];
const only = process.argv.slice(2);
const failedChecks = (only.length > 0 ? [] : checks).filter(([name, ...args]) => {
  console.log(`> ${name}`);
  return node(args).status !== 0;
});

const folder = mkdtempSync(join(tmpdir(), 'sesame-test-'));
const report = join(folder, 'report.json');
const jest = node(
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    tool('jest/bin/jest.js'),
    '--json',
    `--outputFile=${report}`,
    ...only,
  ],
  { REDIS_SERVER: redisServer },
);
const { passed, failed } = readReport();
rmSync(folder, { recursive: true, force: true });

for (const [name] of failedChecks) console.log(`FAILED: ${name}`);
const isGood = jest.status === 0 && failed === 0 && failedChecks.length === 0;
const failures = Math.max(failed + failedChecks.length, isGood ? 0 : 1);
console.log(
  `${passed + (only.length > 0 ? 0 : checks.length - failedChecks.length)} passed, ${failures} failed`,
);
process.exit(isGood ? 0 : 1);

function node(args, env = {}) {
  return spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
}

/** Tests by jest's own count; a test file that could not run counts as one failure. */
function readReport() {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
