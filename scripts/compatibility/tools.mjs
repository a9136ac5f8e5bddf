// Test runners, builders and bundlers of a Nest project, each with the README's application.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { capture, inTurns } from './command.mjs';
import { checkFiveMinutes } from './flow.mjs';
import { add, generateProject, projectEnvironment } from './project.mjs';
import { freePort } from './redis.mjs';

const PATIENCE = 60_000;

/** What Nest itself loads only if it is installed. */
const OPTIONAL = ['microservices', 'websockets'].map((name) => `--external:@nestjs/${name}`);
const BUNDLE = ['esbuild', 'dist/main.js', '--bundle', '--platform=node', ...OPTIONAL];
const EXTERNAL = ['--external:class-transformer', '--external:class-validator'];

/** As ES modules, Jest needs a configuration of its own. */
const JEST_AS_ESM = {
  testEnvironment: 'node',
  testRegex: '.e2e-spec.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
const REQUIRE =
  "import { createRequire as ofNode } from 'node:module'; const require = ofNode(import.meta.url);";

/** By the CLI that generates the project; the tools run in this order. */
const PROJECTS = [
  {
    line: '11',
    tools: [
      { name: 'its own tests: Jest 30, ts-jest', commands: [['jest'], jestE2e()] },
      { name: 'nest build, by tsc', commands: [['nest', 'build']], starts: 'dist/main.js' },
      {
        name: 'nest build, by webpack',
        commands: [['nest', 'build', '--builder', 'webpack']],
        starts: 'dist/main.js',
      },
      { name: 'nest build, by swc', ...bySwc() },
      {
        name: 'esbuild',
        packages: ['esbuild'],
        commands: [
          ['nest', 'build'],
          [...BUNDLE, ...EXTERNAL, '--outfile=bundle/main.cjs'],
        ],
        starts: 'bundle/main.cjs',
      },
      {
        name: 'Jest 29, ts-jest',
        packages: ['jest@29', 'jest-util@29', '@types/jest@29', 'ts-jest@29'],
        commands: [jestE2e()],
      },
    ],
  },
  {
    line: '12',
    tools: [
      {
        name: 'its own tests: Vitest',
        commands: [
          ['vitest', 'run'],
          ['vitest', 'run', '--config', 'vitest.config.e2e.ts'],
        ],
      },
      { name: 'nest build, by tsc', commands: [['nest', 'build']], starts: 'dist/main.js' },
      { name: 'nest build, by swc', ...bySwc() },
      {
        name: 'esbuild',
        packages: ['esbuild'],
        commands: [
          ['nest', 'build'],
          [
            ...BUNDLE,
            ...EXTERNAL,
            '--format=esm',
            '--outfile=bundle/main.mjs',
            `--banner:js=${REQUIRE}`,
          ],
        ],
        starts: 'bundle/main.mjs',
      },
      {
        name: 'Jest 30, as ES modules',
        packages: ['jest@30', '@swc/jest', '@swc/core'],
        files: { 'jest.e2e.json': JSON.stringify(JEST_AS_ESM) },
        commands: [['jest', '--config', 'jest.e2e.json']],
        options: '--experimental-vm-modules',
      },
    ],
  },
];

/** Runs every tool; returns and reports the outcome of each. */
export async function checkTools(folder, tarball, report) {
  const results = await inTurns(PROJECTS, 2, async ({ line, tools }) => {
    const project = await generateProject(folder, line, tarball);
    return inTurns(tools, 1, async (tool) => {
      const failure = await failureOf(project, tool);
      const result = { line, name: tool.name, failure };
      report(result);
      return result;
    });
  });
  return results.flat();
}

async function failureOf(project, { packages = [], files = {}, commands, options = '', starts }) {
  const env = { ...projectEnvironment, NODE_OPTIONS: options };
  try {
    if (packages.length > 0) await add(project, ['--save-dev', ...packages]);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
    const shell = process.platform === 'win32';
    for (const command of commands) {
      await capture('npx', ['--no-install', ...command], { cwd: project, env, shell });
    }
    if (starts !== undefined) await checkRunning(project, starts);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** Starts what was built, and does what the README does with it. */
async function checkRunning(project, file) {
  const port = await freePort();
  const app = spawn(process.execPath, [file], {
    cwd: project,
    env: { ...projectEnvironment, PORT: String(port) },
  });
  const ended = once(app, 'close');
  let printed = '';
  for (const output of [app.stdout, app.stderr]) output.on('data', (text) => (printed += text));
  const timer = setTimeout(() => app.kill('SIGKILL'), PATIENCE);
  try {
    const url = `http://127.0.0.1:${port}`;
    const isThere = () => fetch(url).then(Boolean, () => pause(50));
    while (!(await isThere())) {
      if (app.exitCode !== null || app.signalCode !== null) throw new Error(`${file} ended.`);
    }
    await checkFiveMinutes(url);
    if (printed.includes('SESAME_SECOND_COPY')) throw new Error('There are two copies of Sesame.');
  } catch (error) {
    throw new Error(`${error.message}\n${printed}`, { cause: error });
  } finally {
    clearTimeout(timer);
    app.kill();
    await ended;
  }
}

function jestE2e() {
  return ['jest', '--config', 'test/jest-e2e.json'];
}

function bySwc() {
  return {
    packages: ['@swc/cli', '@swc/core'],
    commands: [['nest', 'build', '--builder', 'swc']],
    starts: 'dist/main.js',
  };
}
