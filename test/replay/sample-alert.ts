import type { ReplayAlert } from '../../replay/replay-alert';

export const START_MS = Date.parse('2026-03-01T00:00:00Z');
let serial = 0;

/** A medium alert of one event about a role; each has an id and an event of its own. */
export function alert(fields: Partial<ReplayAlert> = {}, atMs = START_MS, sourceIp = '203.0.113.10'): ReplayAlert {
  serial += 1;
  const actor = fields.actor ?? 'arn:aws:iam::111122223333:role/ci';
  const evidence = {
    eventId: `event-${serial}`,
    timeMs: atMs,
    account: '111122223333',
    region: 'us-east-1',
    service: 's3.amazonaws.com',
    call: 'GetBucketPolicy',
    actor,
    outcome: 'denied' as const,
    caller: { sourceIp },
    resources: [],
    headline: 'something',
    level: 0,
    steps: 0,
  };
  return {
    alertId: `alert-${serial}`,
    rule: 'denied-reads',
    severity: 'medium',
    mode: 'live',
    suppressed: null,
    actor,
    account: '111122223333',
    region: 'us-east-1',
    firstEventMs: atMs,
    firstFiringMs: atMs,
    lastFiringMs: atMs,
    count: 10,
    eventIds: [`event-${serial}`],
    continues: null,
    key: `111122223333|${actor}`,
    multiple: 1,
    headline: 'something',
    evidence: [evidence],
    ...fields,
  };
}
