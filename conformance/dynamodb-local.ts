import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimulationResult } from './dynamodb-local/simulation';
import { type Lane, runLane } from './lane';
import { jarsOf, scratch } from './tools';

/**
 * `npm run conformance:dynamodb-local`: AWS's own DynamoDB Local under the contracts of all stores, and under the whole
 * pipeline in some hundred simulated worlds with their crashes and lost answers; there every answer is compared with
 * the one of the simulated tables. TRAILHOUND_SEED and SCHEDULES choose the worlds. Needs Java, Maven, and `unshare` and
 * `ip` of Linux: DynamoDB Local listens on every address, so it runs where there is no network but the loopback interface.
 */

const SEED = Number(process.env['TRAILHOUND_SEED'] ?? 1);
const SCHEDULES = Number(process.env['SCHEDULES'] ?? 300);
const SECONDS = Math.max(150, SCHEDULES / 2);
/** What any machine manages in that time. */
const LEAST = Math.min(SCHEDULES, 50);

const SUITES = [
  'test/windows/dynamo-window-store.test.ts',
  'test/baselines/dynamo-baseline-store.test.ts',
  'test/alerts/dynamo-alert-store.test.ts',
  'test/lineage/dynamo-lineage-store.test.ts',
  'test/heartbeat/heartbeat-store.test.ts',
  'test/posture/posture-store.test.ts',
];

/** Linux's way to a network, and processes, of one's own. */
const PRIVATE_NETWORK = 'unshare';

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

runLane('dynamodb-local', SECONDS / 60 + 7, async (lane) => {
  const root = join(__dirname, '..');
  const jars = jarsOf(join(__dirname, 'dynamodb-local/pom.xml'));
  const report = join(scratch(), 'report.json');
  const suites = SUITES.filter((suite) => existsSync(join(root, suite)));
  lane.check(`${suites.length} suites`, suites.length === SUITES.length, SUITES);
  const { stderr, error } = spawnSync(
    PRIVATE_NETWORK,
    // As its own process group's first, so that nothing outlives it.
    [
      '-rn',
      '--pid',
      '--fork',
      '--kill-child',
      'bash',
      join(__dirname, 'dynamodb-local/run.sh'),
      dirname(jars),
      report,
      String(SEED),
      String(SCHEDULES),
      String(SECONDS),
      ...suites,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: (SECONDS + 360) * 1_000,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  if (!existsSync(report)) throw new Error(`no report: ${error?.message ?? ''}\n${stderr}`);
  judge(lane, JSON.parse(readFileSync(`${report}.simulation`, 'utf8')) as SimulationResult);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  for (const { name, message, assertionResults } of testResults) {
    if (assertionResults.length === 0) lane.check(name, false, message);
    for (const { fullName, status, failureMessages } of assertionResults) {
      lane.check(fullName, status === 'passed', failureMessages.join('\n'));
    }
  }
});

function judge(lane: Lane, result: SimulationResult): void {
  const { schedules, alerts, crashes, requests, seconds, failures, control } = result;
  lane.note(`seeds ${SEED} to ${SEED + schedules - 1}, ${requests} requests with ${crashes} crashes in ${seconds} s`);
  lane.check(
    `${schedules} simulated worlds keep every promise, and real tables answer as the simulated ones`,
    failures.length === 0 && schedules >= LEAST,
    failures.slice(0, 5),
  );
  lane.check(`they have ${alerts} alerts, and something dies in them`, alerts > schedules / 2 && crashes > 0);
  lane.check('a write that never reached the tables would be noticed', control);
}
