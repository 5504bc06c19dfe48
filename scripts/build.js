// Bundles the command line into dist/: trailhound.js, and the worker script that replay starts from the same folder.
// The bundles carry every library they use, so the published package has no dependencies to install.
const { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } =
  require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const dist = path.join(root, 'dist');
const commandLine = path.join(dist, 'trailhound.js');

/** Everything a bundle is made from; a folder stands for all that is in it. */
const sources = ['bin', 'lambda', 'replay', 'package.json', 'package-lock.json', 'scripts/build.js'];

/** Whether a source was added, changed or removed since the bundle was made. */
function isStale() {
  const made = statSync(commandLine, { throwIfNoEntry: false })?.mtimeMs;
  return made === undefined || sources.some((source) => changedSince(path.join(root, source), made));
}

/**
 * @param {string} file
 * @param {number} time in milliseconds since 1970
 * @returns {boolean}
 */
function changedSince(file, time) {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) return false;
  // A folder's own time moves when an entry comes or goes, so a deleted file shows too.
  if (status.mtimeMs > time) return true;
  return status.isDirectory() && readdirSync(file).some((name) => changedSince(path.join(file, name), time));
}

/**
 * Writes the bundles and returns esbuild's account of them. Safe to run several times at once: each file is written
 * aside and then renamed into place.
 * @throws when a source does not compile, or when the CDK got into a bundle; what lay in dist/ before stays.
 */
function build() {
  // Loaded here: the command line asks isStale() on every start and seldom needs the bundler.
  const esbuild = require('esbuild');
  const started = new Date();
  const result = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: {
      trailhound: 'bin/trailhound.ts',
      'replay-worker': 'replay/threads/worker.ts',
      // Clients of a dozen services of AWS, read only when an account is audited.
      'posture-cloud': 'bin/posture-cloud.ts',
      // The client of S3, read only when files are in S3.
      's3-cloud': 'bin/s3-cloud.ts',
      // What rules of the user's own import as `trailhound`.
      'rule-kit': 'lambda/rules/kit.ts',
    },
    outdir: dist,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Libraries that publish both are taken as ES modules, of which unused parts can be left out.
    mainFields: ['module', 'main'],
    // Names stay, so that a stack trace can be read; the AWS libraries are mostly white space.
    minifyWhitespace: true,
    metafile: true,
    logLevel: 'warning',
  });
  const packages = packagesIn(result.metafile);
  const unwanted = packages.filter((folder) => /node_modules\/(aws-cdk|constructs$|cdk-)/.test(folder));
  if (unwanted.length > 0) {
    throw new Error(`the command line must not carry the CDK, but imports ${unwanted.join(', ')}`);
  }

  mkdirSync(dist, { recursive: true });
  const put = (/** @type {string} */ name, /** @type {string} */ text, mode = 0o644) => {
    const aside = path.join(dist, `.${name}.${process.pid}`);
    try {
      writeFileSync(aside, text, { mode });
      // As old as the sources it was read from: what is edited while esbuild runs counts as newer.
      utimesSync(aside, started, started);
      renameSync(aside, path.join(dist, name));
    } finally {
      rmSync(aside, { force: true });
    }
  };
  const text = (/** @type {string} */ name) => {
    const file = result.outputFiles.find((output) => path.basename(output.path) === name);
    if (file === undefined) throw new Error(`esbuild made no ${name}`);
    return file.text;
  };
  put('THIRD-PARTY-NOTICES.txt', notices(packages));
  put('replay-worker.js', text('replay-worker.js'));
  put('posture-cloud.js', text('posture-cloud.js'));
  put('s3-cloud.js', text('s3-cloud.js'));
  put('rule-kit.js', text('rule-kit.js'));
  // Last, because isStale() asks only about this one.
  put('trailhound.js', `#!/usr/bin/env node\n${text('trailhound.js')}`, 0o755);
  return result.metafile;
}

/**
 * Folders of the npm packages whose code is in a bundle, sorted.
 * @param {import('esbuild').Metafile} metafile
 */
function packagesIn(metafile) {
  const folders = new Set();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

/**
 * The licence texts that must travel with the bundled libraries.
 * @param {string[]} packages
 */
function notices(packages) {
  return packages
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      const files = readdirSync(path.join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
      const texts = files.sort().map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim());
      return `${[`${name} ${version} (${license})`, ...texts].join('\n\n')}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

module.exports = { build, commandLine, isStale };

if (require.main === module) build();
