const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/bench/.data/'],
  globalSetup: '<rootDir>/scripts/jest-temporary-folder.js',
  // With two processors jest would take one.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.js' },
};
