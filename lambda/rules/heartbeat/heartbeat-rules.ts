import type { Rule } from '../rule';

/**
 * How the heartbeat's own alerts are worded. They are raised on a schedule and by no event, so they are no detections:
 * not in the index of rules, and without a name that a configuration could switch off or suppress.
 */
const common = {
  rows: ['0-5'],
  attack: ['TA0005/T1562.008'],
  match: [{ feed: 'api-writes', outcome: 'any', service: 'none.amazonaws.com' }],
  neverSuppressed: true,
  headline: () => 'found by the heartbeat',
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html'],
} as const satisfies Partial<Rule>;

export const HEARTBEAT_RULES: readonly [Rule, Rule] = [
  {
    ...common,
    id: 'heartbeat-trouble',
    title: 'Trailhound itself needs attention',
    severity: 'critical',
    why: 'While this lasts, attacks may go unseen or untold. Attackers bring it about first; so do mistakes.',
    runbook: [
      'Read the same message on the operations topic: it lists everything that is wrong, and what to do about each.',
      'Is somebody deploying Trailhound or changing trails right now? Then wait for the message that it is right again.',
      'Otherwise find out who did it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopLogging (or DisableRule, Unsubscribe, …).',
      'Put it back, by deploying or by hand; then look at what happened meanwhile, with trailhound replay over the trail’s files.',
    ],
    falsePositives: ['A planned change of trails or of Trailhound itself.'],
    blindSpots: ['What the heartbeat cannot ask AWS about, it calls unknown, and tells after 15 minutes.'],
  },
  {
    ...common,
    id: 'heartbeat-recovered',
    title: 'Trailhound itself is right again',
    severity: 'low',
    why: 'What the heartbeat found wrong is right again. The time between is worth a look.',
    runbook: ['Look at what happened meanwhile: trailhound replay over the trail’s files of that time.'],
    falsePositives: ['None: it is good news.'],
    blindSpots: ['It says nothing about what happened while nobody looked.'],
  },
];
