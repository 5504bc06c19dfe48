// The limit: gunzip and JSON.parse of every file below a folder, on one thread, and nothing else.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { gunzipSync } = require('node:zlib');

let records = 0;
for (const name of readdirSync(/** @type {string} */ (process.argv[2]), { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.json.gz')) continue;
  const text = gunzipSync(readFileSync(join(/** @type {string} */ (process.argv[2]), name))).toString();
  records += JSON.parse(text).Records.length;
}
process.stdout.write(`${records} records\n`);
