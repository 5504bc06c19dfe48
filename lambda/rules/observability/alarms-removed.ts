import { invokedBy } from '../../intake/caller';
import { pick, text } from '../../intake/fields';
import { type Act, type Acts, act, actRule, type Judge, where } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later } from '../sample';

const CLOUDWATCH = 'monitoring.amazonaws.com';
const EVENTS = 'events.amazonaws.com';
const SNS = 'sns.amazonaws.com';

/** Services keep alarms and rules of their own, and clear them away: told low. */
const ofAccount =
  (found: Act): Judge =>
  (event) =>
    invokedBy(event) === undefined ? found : { ...found, severity: 'low' };

const ACTS: Acts = {
  [EVENTS]: {
    DisableRule: ofAccount(act('medium', 'switched off event rule')),
    DeleteRule: ofAccount(act('medium', 'deleted event rule')),
    RemoveTargets: ofAccount(act('medium', 'took the targets from event rule')),
    DeleteEventBus: act('medium', 'deleted event bus'),
    DeleteArchive: act('low', 'deleted the archive of events'),
  },
  [CLOUDWATCH]: {
    DeleteAlarms: ofAccount(act('medium', 'deleted alarm')),
    DisableAlarmActions: act('medium', 'silenced alarm'),
    SetAlarmState: where(
      (request) => text(pick(request, 'stateValue')) === 'OK',
      act('medium', 'set to OK by hand alarm'),
    ),
  },
  [SNS]: {
    DeleteTopic: act('medium', 'deleted topic'),
    Unsubscribe: act('low', 'ended subscription'),
  },
};

export default defineRule({
  id: 'alarms-removed',
  title: 'Alarm, event rule or topic removed or silenced',
  ...actRule(ACTS, {
    names: ['alarmName', 'alarmNames', 'rule', 'name', 'topicArn', 'subscriptionArn', 'archiveName'],
  }),
  rows: ['2-35'],
  attack: ['TA0005/T1562.001', 'TA0005/T1562.006'],
  why: 'What would have called you, or started an automatic answer, no longer does. It is done before what you should not hear of.',
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'Put it back from your templates; switch on what is only off: aws events enable-rule --name <rule>, aws cloudwatch enable-alarm-actions --alarm-names <alarm>.',
    'See what happened since that it would have told.',
  ],
  falsePositives: ['Taking a program down by hand. Infrastructure as code is told one lower.'],
  blindSpots: [
    'Alarms whose threshold or metric was changed. Functions that no longer do what they should.',
    "Trailhound's own rules, functions, queues and topics are watched by rules of their own, and by the heartbeat.",
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html',
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

export const examples = (): Examples => {
  const disabled = call(EVENTS, 'DisableRule', { requestParameters: { name: 'security-alerts' } });
  const state = (stateValue: string) =>
    call(CLOUDWATCH, 'SetAlarmState', { requestParameters: { alarmName: 'root-used', stateValue, stateReason: 'x' } });
  const alarms = but(disabled, {
    eventSource: CLOUDWATCH,
    eventName: 'DeleteAlarms',
    requestParameters: { alarmNames: ['root-used'] },
  });
  return {
    fires: [
      { why: 'a rule switched off', timeline: [disabled], severity: 'medium' },
      { why: 'an alarm deleted', timeline: [alarms], severity: 'medium' },
      { why: 'an alarm set to OK', timeline: [state('OK')], severity: 'medium' },
      {
        why: 'a topic deleted',
        timeline: [
          but(disabled, {
            eventSource: SNS,
            eventName: 'DeleteTopic',
            requestParameters: { topicArn: 'arn:aws:sns:us-east-1:111122223333:alerts' },
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'by CloudFormation',
        timeline: [but(alarms, { userAgent: 'cloudformation.amazonaws.com' })],
        severity: 'low',
      },
      { why: 'by Auto Scaling', timeline: [but(alarms, byService('autoscaling.amazonaws.com'))], severity: 'low' },
      { why: 'two rules: one alert', timeline: [disabled, later(disabled, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(disabled)] },
      { why: 'an alarm set off, to try it', timeline: [state('ALARM')] },
      { why: 'a rule switched on', timeline: [but(disabled, { eventName: 'EnableRule' })] },
    ],
  };
};
