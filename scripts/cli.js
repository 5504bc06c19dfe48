// The command line from a checkout: bundles it when a source is newer than the bundle, then becomes it.
const { build, commandLine, isStale } = require('./build');

if (isStale()) {
  try {
    build();
  } catch (error) {
    console.error(`trailhound could not be built; is everything installed (npm ci)?\n${error}`);
    // What the command line itself answers when it cannot be run as asked. 1 would mean alerts were found.
    process.exit(2);
  }
}
// From here on everything is as if the bundle had been started itself, require.main included.
process.argv[1] = commandLine;
require('node:module').runMain();
