// Bundles every handler and the command line as they are shipped, and holds them to their budgets.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { bundleHandler } from '../lib/bundle-handler';
import { build } from './build';

const root = path.join(__dirname, '..');
const KB = 1000;

/** Bytes. A handler's size is time on every cold start; the command line's is time before its first line. */
const budgets: Record<string, number> = {
  'detect.handler': 600 * KB,
  'notify.handler': 500 * KB,
  'heartbeat.handler': 700 * KB,
  'posture.handler': 900 * KB, // clients of a dozen services; it starts once a day
  trailhound: 3000 * KB,
  'replay-worker': 1000 * KB,
  'rule-kit': 50 * KB,
  'posture-cloud': 3500 * KB,
  's3-cloud': 1300 * KB,
};

/** What our own files may import by name. Their dependencies follow; anything else is a decision, not an accident. */
const libraries = /^(@aws-sdk\/client-[a-z0-9-]+|@aws-lambda-powertools\/(logger|metrics)|ipaddr\.js|valibot|yaml)$/;

/** Only examples use it, and examples must not be deployed. */
const exampleHelpers = ['lambda/rules/sample.ts', 'lambda/posture/sample.ts'];

const problems: string[] = [];
for (const helper of exampleHelpers) {
  if (!existsSync(path.join(root, helper))) problems.push(`${helper} is gone: name its successor here`);
}

async function check(): Promise<void> {
  const handlers = readdirSync(path.join(root, 'lambda')).filter((file) => file.endsWith('.handler.ts'));
  if (handlers.length === 0) problems.push('there is no lambda/*.handler.ts');
  for (const handler of handlers.map((file) => path.basename(file, '.ts'))) {
    const { metafile } = await bundleHandler(handler);
    const [output] = Object.values(metafile.outputs);
    for (const helper of exampleHelpers) {
      const examples = output?.inputs[helper]?.bytesInOutput ?? 0;
      if (examples > 0) problems.push(`${handler}: carries ${examples} bytes of ${helper}; make examples a function`);
    }
    inspectSize(handler, output?.bytes ?? 0);
    inspectLibraries(metafile);
  }
  const commandLine = build();
  for (const [file, { bytes }] of Object.entries(commandLine.outputs)) inspectSize(path.basename(file, '.js'), bytes);
  inspectLibraries(commandLine);

  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

void check();

function inspectSize(name: string, bytes: number): void {
  const budget = budgets[name];
  console.log(`${name}: ${Math.ceil(bytes / KB)} KB of ${budget === undefined ? 'no budget' : `${budget / KB} KB`}`);
  if (budget === undefined) problems.push(`${name}: give it a budget in scripts/bundle-check.ts`);
  else if (bytes > budget) problems.push(`${name}: ${bytes} bytes, ${bytes - budget} over its budget`);
}

/** Each of our files imports only libraries that were decided on. */
function inspectLibraries(metafile: Metafile): void {
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    if (file.includes('node_modules/')) continue;
    for (const { original } of imports) {
      const library = /^(?!\.|node:)(?:@[^/]+\/)?[^/]+/.exec(original ?? '')?.[0];
      if (library !== undefined && !libraries.test(library)) problems.push(`${file}: imports ${library}`);
    }
  }
}
