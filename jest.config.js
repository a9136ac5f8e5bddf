/**
 * The scenarios of applications that run on Fastify too: all those whose application comes from
 * `startApp()`, but for what is about Express itself (its middleware, its `res`, its Passport), and about
 * stores and Redis, for which the platform makes no difference. Schedules are shared out between the two.
 */
const ON_FASTIFY = [
  'bad-input/(foreign-records|weird-errors)',
  'busy-session/(ends|nothing-stored|one-write|patience|turns)',
  'crossing/(joining|late-cookies|marks|same-user-edge|sign-in-edge)',
  'crossing-races/',
  'current-user/',
  'decorators/',
  'guard/',
  'nest-module/(idle-connection|lost-context|pipeline|registration|routes|several-modules|stored-first|user-id-of)',
  'other-origins/(arriving|logs|sign-in)',
  'parallel-requests/',
  'races/',
  'redis-outages/(freeze|refusing-redis)',
  'rotation/',
  'sealed-cookie/sealed-cookie-in-nest',
  'shutdown/in-flight',
  'stored-before-answered/(bounded-request|odd-responses)',
  'timeouts/(fake-timers|no-touch)',
  'users-and-devices/(adopt|devices|events|everywhere-else|reasons|step-up|two-cookies)',
  'warnings/(late-changes|too-late)',
];

const EVERYWHERE = {
  testEnvironment: '<rootDir>/test/support/environment.js',
  roots: ['<rootDir>/test', '<rootDir>/sample'],
  setupFilesAfterEnv: ['<rootDir>/test/support/quiet.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^nestjs-sesame$': '<rootDir>/lib/index.ts',
    '^nestjs-sesame/redis$': '<rootDir>/lib/redis.ts',
    '^nestjs-sesame/sql$': '<rootDir>/lib/sql.ts',
    '^nestjs-sesame/testing$': '<rootDir>/lib/testing.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
          },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

/** @type {import('jest').Config} */
export default {
  // The tests mostly wait for other processes, so every core has room for a worker.
  maxWorkers: '100%',
  // Modules of finished test files stay in a worker's memory, until it is replaced.
  workerIdleMemoryLimit: '768MB',
  // No test waits for time; this only ends one that waits in vain, also on a busy machine.
  testTimeout: 60_000,
  projects: [
    { ...EVERYWHERE, displayName: 'express', testRegex: '\\.(spec|e2e)\\.ts$' },
    {
      ...EVERYWHERE,
      displayName: 'fastify',
      setupFiles: ['<rootDir>/test/support/applications/on-fastify.ts'],
      testRegex: ON_FASTIFY.map((path) => `/test/e2e/${path}[^/]*(?<=\\.e2e\\.ts)$`),
    },
  ],
};
