/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/bench/.data/'],
  globalSetup: '<rootDir>/scripts/jest-temporary-folder.js',
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.js' },
};
