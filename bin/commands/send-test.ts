import { randomUUID } from 'node:crypto';
import { nearest } from '../../lambda/config/nearest';
import { RULES } from '../../lambda/rules';
import { EXAMPLES } from '../../lambda/rules/examples';
import { isDeployed } from '../../lambda/rules/feeds';
import type { Example, Rule, SampleRecord } from '../../lambda/rules/rule';
import { isoTime } from '../../lambda/rules/sample';
import { parse } from '../args';
import type { Cloud } from '../cloud';
import { EXIT, type Io, UsageError } from '../io';
import { WHERE_HELP, WHERE_OPTIONS, type Where } from '../where';

/** One event is enough for it, it is on wherever nobody switched it off, and its alert is critical. */
const DEFAULT_RULE = 'cloudtrail-stopped';

const HELP = `Usage: trailhound send-test [options]

Sends the records of a rule's own example, made up and moved to now, through the deployed detector: an alert that says
TEST comes by e-mail within a minute. Nothing that is real changes: baselines, last-seen times and live alerts stay.

  --rule <id>        rule to try (default: ${DEFAULT_RULE})
${WHERE_HELP}

Needs the permission to send to the test queue: take the stack's operator role.
`;

/** @returns the exit code. @throws UsageError */
export async function runSendTest(args: readonly string[], io: Io, cloudIn: (where: Where) => Cloud): Promise<number> {
  const { values, positionals } = parse('send-test', args, {
    rule: { type: 'string', default: DEFAULT_RULE },
    ...WHERE_OPTIONS,
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError('send-test takes no arguments; name a rule with --rule');
  const rule = ruleToTry(values.rule);
  const records = movedToNow(exampleOf(rule), io.nowMs());

  const cloud = cloudIn(values);
  const { TestQueueUrl: queueUrl } = await cloud.stackOutputs(values.stack);
  if (queueUrl === undefined) {
    throw new UsageError(`the stack ${values.stack} has no output TestQueueUrl; is it the hub's stack?`);
  }
  await cloud.sendMessages(
    queueUrl,
    records.map((record) => JSON.stringify(envelopeOf(record))),
  );
  io.stdout(
    `${records.length} made-up ${records.length === 1 ? 'record' : 'records'} of ${rule.id} sent. An alert that says TEST should come within a minute.\n` +
      'If none comes: docs/operations.md, "Verify". If you switched the rule off, none will.\n',
  );
  return EXIT.ok;
}

function ruleToTry(id: string): Rule {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const close = nearest(
      id,
      RULES.map((candidate) => candidate.id),
    );
    throw new UsageError(
      `there is no rule ${JSON.stringify(id.slice(0, 60))}${close === undefined ? '' : `; did you mean ${close}?`}`,
    );
  }
  if (!isDeployed(rule)) throw new UsageError(`${id} is for files alone; try it with trailhound replay`);
  if (rule.baseline !== undefined) {
    throw new UsageError(
      `${id} reports what was not seen before, and tests do not touch what was seen; try another rule`,
    );
  }
  return rule;
}

/** The first firing example that needs no settings of its own: the deployed detector has the deployed ones. */
function exampleOf(rule: Rule): Example {
  const { fires } = EXAMPLES[rule.id]?.() ?? { fires: [] };
  const example = fires.find(({ settings }) => settings === undefined);
  if (example === undefined) {
    throw new UsageError(`every example of ${rule.id} needs settings of its own; try another rule`);
  }
  return example;
}

/** The same records with their gaps, the last of them now, with ids of their own so that a second test counts anew. */
export function movedToNow({ timeline }: Example, nowMs: number): readonly SampleRecord[] {
  const times = timeline.map((record) => Date.parse(String(record['eventTime'])));
  const shiftMs = nowMs - Math.max(...times);
  const fresh = new Map<unknown, string>();
  return timeline.map((record, index) => {
    const id = fresh.get(record['eventID']) ?? randomUUID();
    fresh.set(record['eventID'], id);
    return { ...record, eventID: id, eventTime: isoTime(Math.floor(((times[index] ?? 0) + shiftMs) / 1_000) * 1_000) };
  });
}

/** As EventBridge delivers it. */
function envelopeOf(record: SampleRecord): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.trailhound-test',
    account: record['recipientAccountId'],
    time: record['eventTime'],
    region: record['awsRegion'],
    resources: [],
    detail: record,
  };
}
