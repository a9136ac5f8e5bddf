/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/support/environment.js',
  // The tests mostly wait for other processes, so every core has room for a worker.
  maxWorkers: '100%',
  // Modules of finished test files stay in a worker's memory, until it is replaced.
  workerIdleMemoryLimit: '768MB',
  // No test waits for time; this only ends one that waits in vain, also on a busy machine.
  testTimeout: 60_000,
  roots: ['<rootDir>/test', '<rootDir>/sample'],
  testRegex: '\\.(spec|e2e)\\.ts$',
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
