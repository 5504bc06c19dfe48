// Prints "passed failed skipped" from the report that jest writes with --json --outputFile=<file>.
const { existsSync, readFileSync } = require('node:fs');

const file = process.argv[2] ?? '';
if (!existsSync(file)) {
  console.error(`no test report at ${file}`);
  process.exit(1);
}
const report = JSON.parse(readFileSync(file, 'utf8'));
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = report;
// A suite that could not even be loaded has no failed tests: the suite itself is the failure.
console.log(numPassedTests, numFailedTests + numRuntimeErrorTestSuites, numPendingTests + numTodoTests);
