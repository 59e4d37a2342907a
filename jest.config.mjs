// Native ES modules in Jest need NODE_OPTIONS=--experimental-vm-modules, which `npm test` sets.
/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  // They take long and disturb others: `npm run test:faults` runs them.
  testPathIgnorePatterns: ['/node_modules/', '/test/faults/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  maxWorkers: 2,
  // A worker keeps the modules of every suite that it has run: beyond this its collections of garbage cost more than a new one.
  workerIdleMemoryLimit: '500MB',
  // Not a target: a busy machine with two suites at once needs long to start a server.
  testTimeout: 90_000,
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
