import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeBlocks } from '../docs/markdown.js';

const ROOT = resolve(import.meta.dirname, '../..');

/** Vitest's configuration as in Nest's own documentation. */
const VITEST = `
  import swc from 'unplugin-swc';
  export default {
    test: { include: ['src/*.spec.ts', 'test/*.e2e-spec.*'] },
    plugins: [swc.vite({ module: { type: 'es6' } })],
  };
`;
const FAKE_TIMERS = 'fake-timers.e2e-spec.mjs';

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  },
};

/** The outcome of a test runner. */
export interface TestRun {
  readonly passed: number | undefined;
  readonly failed: number | undefined;
  readonly printed: string;
}

/** Runs the tests of docs/10-testing.md and one of fake timers with Vitest, where the library is installed. */
export function runByVitest(folder: string): TestRun {
  const blocks = codeBlocks('docs/10-testing.md', 'ts');
  const files = blocks.flatMap(({ file, code }) => (file === undefined ? [] : [[file, code]]));
  for (const [file = '', code = ''] of [
    ...files,
    ['vitest.config.mjs', VITEST],
    ['tsconfig.json', JSON.stringify(TSCONFIG)],
    ['package.json', '{ "type": "module" }'],
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  cpSync(join(import.meta.dirname, 'programs', FAKE_TIMERS), join(folder, 'test', FAKE_TIMERS));
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const report = join(folder, 'report.json');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', folder, '--reporter=json', `--outputFile=${report}`],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const { numPassedTests, numFailedTests }: Record<string, number> = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return { passed: numPassedTests, failed: numFailedTests, printed: stdout + stderr };
}

/** Runs a program with Node's own test runner. */
export function runByNode(folder: string, program: string): TestRun {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--test', '--test-reporter=tap', program],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const count = (what: string): number =>
    Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);
  return { passed: count('pass'), failed: count('fail'), printed: stderr };
}
