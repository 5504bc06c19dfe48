import type { AlertArchive } from '../../bin/alert-archive';
import type { Cloud } from '../../bin/cloud';
import type { Io } from '../../bin/io';
import { MemoryBaselineStore } from '../../lambda/baselines/memory-baseline-store';
import type { LineageStore } from '../../lambda/lineage/lineage-store';
import { MemoryLineageStore } from '../../lambda/lineage/memory-lineage-store';

export const NOW = Date.parse('2026-11-20T08:15:30.400Z');

export const OUTPUTS = {
  TestQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/test',
  PriorityQueueArn: 'arn:aws:sqs:eu-west-1:111122223333:priority',
  PriorityFailedQueueArn: 'arn:aws:sqs:eu-west-1:111122223333:priority-failed',
  BulkQueueArn: 'arn:aws:sqs:eu-west-1:111122223333:bulk',
  BulkFailedQueueArn: 'arn:aws:sqs:eu-west-1:111122223333:bulk-failed',
  AlertsTableName: 'alerts',
  BaselinesTableName: 'baselines',
};

/** A deployment on paper. */
export class PaperCloud implements Cloud {
  readonly sent: { queueUrl: string; bodies: readonly string[] }[] = [];
  readonly moved: (readonly [from: string, to: string, perSecond: number])[] = [];
  constructor(
    private readonly outputs: Record<string, string> = OUTPUTS,
    private readonly counts: Record<string, number> = {},
    private readonly archive?: AlertArchive,
  ) {}
  stackOutputs = async () => this.outputs;
  sendMessages = async (queueUrl: string, bodies: readonly string[]) => {
    this.sent.push({ queueUrl, bodies });
  };
  readonly learned = new MemoryBaselineStore();
  baselines = () => this.learned;
  readonly sessions = new MemoryLineageStore();
  lineage = (_table: string): Pick<LineageStore, 'find'> => this.sessions;
  caller = async () => 'arn:aws:sts::111122223333:assumed-role/Operator/alice';
  alerts = () => {
    if (this.archive === undefined) throw new Error('no alerts in this deployment');
    return this.archive;
  };
  waiting = async (arn: string) => this.counts[arn] ?? 0;
  move = async (from: string, to: string, perSecond: number) => {
    this.moved.push([from, to, perSecond]);
  };
}

/** A terminal on paper: `out` is what was written. */
export function screen(env: Io['env'] = {}): Io & { readonly out: () => string; readonly errors: () => string } {
  let out = '';
  let errors = '';
  return {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      errors += text;
    },
    stderrIsTerminal: false,
    stdoutIsTerminal: false,
    cwd: '/',
    nowMs: () => NOW,
    env,
    onInterrupt: () => undefined,
    out: () => out,
    errors: () => errors,
  };
}
