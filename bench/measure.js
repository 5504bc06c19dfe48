// Loaded with --require: at exit, writes what the process used to the file that MEASURE names.
const { writeFileSync } = require('node:fs');

const started = process.hrtime.bigint();
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const used = {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: Number(process.hrtime.bigint() - started) / 1e9,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  writeFileSync(/** @type {string} */ (process.env['MEASURE']), JSON.stringify(used));
});
