// Cold starts: of each handler as deployed, the size of its bundle and the time of its import, beside an empty module.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { detectionData } from '../lambda/config/detection-data';
import {
  DETECTION_FILE,
  type DeployedFile,
  ENVIRONMENT,
  FRAME_FILE,
  HEARTBEAT_FILE,
  POSTURE_FILE,
} from '../lambda/config/environment';
import { frameData } from '../lambda/config/frame-data';
import { heartbeatData } from '../lambda/config/heartbeat-data';
import { postureData } from '../lambda/config/posture-data';
import { resolveConfig } from '../lambda/config/resolve';
import { RULES } from '../lambda/rules';
import { bundleHandler } from '../lib/bundle-handler';

const RUNS = 15;
/** Goal P8. */
const IMPORT_MS: Readonly<Record<string, number>> = { 'posture.handler': 150 };
const OTHERS_IMPORT_MS = 80;

const lambda = path.join(__dirname, '../lambda');
const places = Object.fromEntries(Object.values(ENVIRONMENT).map((name) => [name, 'arn:aws:sns:eu-west-1:1:bench']));
const env = { ...process.env, ...places, AWS_REGION: 'eu-west-1', NODE_EXTRA_CA_CERTS: undefined };

/** Milliseconds of one import in a process of its own. */
function importMs(file: string, folder: string): number {
  const script = `const from = performance.now(); await import(${JSON.stringify(file)}); console.log('import', performance.now() - from);`;
  const options = { cwd: folder, env: { ...env, LAMBDA_TASK_ROOT: folder }, encoding: 'utf8' } as const;
  const out = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], options);
  return Number(/^import ([\d.]+)$/m.exec(out)?.[1]);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  const config = resolveConfig({}, RULES, Date.now());
  const handlers = readdirSync(lambda).flatMap((file) => /^(.*\.handler)\.ts$/.exec(file)?.[1] ?? []);
  console.log('handler                 KB   import ms (median of 15)   goal ms');
  for (const handler of ['nothing', ...handlers]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'trailhound-bench-'));
    try {
      const file = path.join(folder, 'index.mjs');
      if (handler === 'nothing') writeFileSync(file, 'export {};\n');
      else await bundleHandler(handler, folder);
      const beside: Record<DeployedFile, unknown> = {
        [DETECTION_FILE]: detectionData(config),
        [FRAME_FILE]: frameData(config, RULES),
        [HEARTBEAT_FILE]: heartbeatData(config, RULES),
        [POSTURE_FILE]: postureData(config),
      };
      for (const [name, content] of Object.entries(beside)) {
        writeFileSync(path.join(folder, name), JSON.stringify(content));
      }
      const ms = median(Array.from({ length: RUNS }, () => importMs(file, folder)));
      const goal = handler === 'nothing' ? '' : (IMPORT_MS[handler] ?? OTHERS_IMPORT_MS);
      const kb = (statSync(file).size / 1000).toFixed(0);
      console.log(`${handler.padEnd(20)} ${kb.padStart(5)} ${ms.toFixed(1).padStart(10)} ${String(goal).padStart(25)}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

void main();
