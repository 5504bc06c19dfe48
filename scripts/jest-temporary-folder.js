// Jest's global setup: whatever tests put into the folder for temporary files is gone when they end, however they end.
const { chmodSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailhound-tests-'));
  chmodSync(folder, 0o711); // a test that runs as root becomes somebody else for a while
  // Workers, and the programs that tests start, inherit it.
  process.env['TMPDIR'] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
};
