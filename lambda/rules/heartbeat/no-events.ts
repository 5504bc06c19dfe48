import { defineRule, type Examples, MINUTE } from '../rule';
import { call, later } from '../sample';

export default defineRule({
  id: 'no-events',
  title: 'No CloudTrail events arrived for a while',
  severity: 'high',
  rows: ['0-5'],
  attack: ['TA0005/T1562.008'],
  // Off until the configuration says how long a silence is unusual: a quiet account is silent every night.
  mode: 'off',
  // Only over files. In the account, silence is watched from outside the stream of events, by a schedule.
  replayOnly: true,
  match: [
    { feed: 'api-writes', outcome: 'any' },
    { feed: 'api-reads', outcome: 'any' },
  ],
  window: { kind: 'silence', per: (event) => `${event.account}|${event.region}`, withinMs: 30 * MINUTE },
  headline: (event) =>
    `nothing was recorded in account ${event.account}, region ${event.region}, until ${event.actor} called ${event.call}`,
  why: 'An account that had events and then has none is either quiet, cut off from its trail, or no longer recorded.',
  runbook: [
    'See whether the trail was logging in that time: aws cloudtrail get-trail-status --name <trail> (StopLoggingTime, StartLoggingTime).',
    'Ask CloudTrail itself, which keeps 90 days without any trail: aws cloudtrail lookup-events --start-time <begin> --end-time <end>.',
    'If it has events that the files lack, the delivery broke: check the bucket policy, the key policy and the files around the gap.',
    'Look at what happened right before the gap: StopLogging, DeleteTrail, PutEventSelectors, changes to the bucket.',
  ],
  falsePositives: [
    'Accounts or regions that are used in office hours only: set `rules.no-events.within` to more than a night.',
  ],
  blindSpots: [
    'A silence that has not ended in the files, or that began before them.',
    'A trail that records only a part.',
  ],
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html'],
});

export const examples = (): Examples => {
  const first = call('ec2.amazonaws.com', 'DescribeInstances');
  return {
    fires: [
      { why: 'nothing for 31 minutes', timeline: [first, later(first, 31 * MINUTE)], severity: 'high' },
      {
        why: 'one region falls silent while another goes on',
        timeline: [
          first,
          { ...later(first, 20 * MINUTE), awsRegion: 'eu-west-1' },
          { ...later(first, 40 * MINUTE), awsRegion: 'eu-west-1' },
          later(first, 45 * MINUTE),
        ],
      },
    ],
    quiet: [
      { why: 'an event every 30 minutes', timeline: [first, later(first, 30 * MINUTE), later(first, 60 * MINUTE)] },
      { why: 'the files end', timeline: [first, later(first, 10 * MINUTE)] },
    ],
  };
};
