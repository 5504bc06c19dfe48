import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runLane } from './lane';
import { jarsOf, scratch } from './tools';

/**
 * `npm run conformance:dynamodb-local`: the tests that use tables, on AWS's own DynamoDB Local instead of dynalite: the
 * contracts of all stores, and the handlers over them. Needs Java, Maven, and `unshare` and `ip` of Linux: DynamoDB Local
 * listens on every address, so it runs where there is no network but the loopback interface.
 */

/** The contracts. Whole pipelines over tables are with dynalite: here they take minutes. */
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

runLane('dynamodb-local', 6, async (lane) => {
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
      ...suites,
    ],
    { cwd: root, encoding: 'utf8', timeout: 300_000, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (!existsSync(report)) throw new Error(`no report: ${error?.message ?? ''}\n${stderr}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  for (const { name, message, assertionResults } of testResults) {
    if (assertionResults.length === 0) lane.check(name, false, message);
    for (const { fullName, status, failureMessages } of assertionResults) {
      lane.check(fullName, status === 'passed', failureMessages.join('\n'));
    }
  }
});
