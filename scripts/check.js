// Runs npm scripts one after another, stops at the first that fails and says which it was.
const { spawnSync } = require('node:child_process');

const steps = process.argv.slice(2);
for (const [index, step] of steps.entries()) {
  console.log(`check ${index + 1}/${steps.length}: ${step}`);
  const { status, signal, error } = spawnSync('npm', ['run', '--silent', step], {
    stdio: 'inherit',
    shell: process.platform === 'win32', // there npm is a batch file
  });
  if (status !== 0) {
    const why = error?.message ?? (status === null ? `killed by ${signal}` : `exit code ${status}`);
    console.error(`check: "${step}" failed (${why}); run it alone with: npm run ${step}`);
    process.exit(1);
  }
}
console.log(`check: ${steps.length} of ${steps.length} passed`);
