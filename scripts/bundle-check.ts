// Bundles every handler and the command line as they are shipped, and holds them to their budgets.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { lambdaBundling } from '../lib/bundling';
import { build } from './build';

const root = path.join(__dirname, '..');
const KB = 1000;

/** Bytes. A handler's size is time on every cold start; the command line's is time before its first line. */
const budgets: Record<string, number> = {
  'detect.handler': 600 * KB,
  'notify.handler': 500 * KB,
  'heartbeat.handler': 700 * KB,
  'posture.handler': 1600 * KB,
  trailhound: 3000 * KB,
  'replay-worker': 1000 * KB,
};

/** What our own files may import by name. Their dependencies follow; anything else is a decision, not an accident. */
const libraries =
  /^(@aws-sdk\/client-[a-z0-9-]+|@aws-lambda-powertools\/(batch|logger|metrics)|ipaddr\.js|valibot|yaml)$/;

/** Only examples use it, and examples must not be deployed. */
const exampleHelpers = 'lambda/rules/sample.ts';

const problems: string[] = [];
if (!existsSync(path.join(root, exampleHelpers))) problems.push(`${exampleHelpers} is gone: name its successor here`);

const handlers = readdirSync(path.join(root, 'lambda')).filter((file) => file.endsWith('.handler.ts'));
if (handlers.length === 0) problems.push('there is no lambda/*.handler.ts');
for (const handler of handlers) {
  const { metafile } = buildHandler(path.join('lambda', handler));
  const examples = Object.values(metafile.outputs)[0]?.inputs[exampleHelpers]?.bytesInOutput ?? 0;
  if (examples > 0)
    problems.push(`${handler}: carries ${examples} bytes of ${exampleHelpers}; make examples a function`);
  inspect(metafile);
}
inspect(build());

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function buildHandler(entry: string) {
  const { externalModules: external, banner, ...options } = lambdaBundling;
  return buildSync({
    ...options,
    external,
    banner: { js: banner },
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'dist',
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
  });
}

/** Sizes and libraries of each bundle in one run of esbuild. */
function inspect(metafile: Metafile): void {
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    const name = path.basename(file, '.js');
    const budget = budgets[name];
    console.log(`${name}: ${Math.ceil(bytes / KB)} KB of ${budget === undefined ? 'no budget' : `${budget / KB} KB`}`);
    if (budget === undefined) problems.push(`${name}: give it a budget in scripts/bundle-check.ts`);
    else if (bytes > budget) problems.push(`${name}: ${bytes} bytes, ${bytes - budget} over its budget`);
  }
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    if (file.includes('node_modules/')) continue;
    for (const { original } of imports) {
      const library = /^(?!\.|node:)(?:@[^/]+\/)?[^/]+/.exec(original ?? '')?.[0];
      if (library !== undefined && !libraries.test(library)) problems.push(`${file}: imports ${library}`);
    }
  }
}
