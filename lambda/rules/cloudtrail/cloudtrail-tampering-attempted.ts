import { agentContains } from '../../intake/caller';
import { text } from '../../intake/fields';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat } from '../sample';
import { shifted } from '../severity';
import { CLOUDTRAIL, trailInWords, trailResources } from './trails';

export default defineRule({
  id: 'cloudtrail-tampering-attempted',
  title: 'Failed attempt to stop or weaken CloudTrail',
  severity: (event, settings) => shifted('medium', agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0),
  rows: ['0-1'],
  attack: ['TA0005/T1562.008'],
  match: [
    {
      feed: 'api-writes',
      outcome: ['denied', 'failed'],
      service: CLOUDTRAIL,
      calls: [
        'StopLogging',
        'DeleteTrail',
        'DeleteEventDataStore',
        'StopEventDataStoreIngestion',
        'UpdateTrail',
        'PutEventSelectors',
        'PutInsightSelectors',
      ],
    },
  ],
  // Not by trail: refused calls do not name one, and somebody who guesses names would be told once for each.
  per: (event) => `${event.account}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  settings: ['infrastructureAsCodeAgents'],
  headline: (event) => {
    const code = text(event.record['errorCode']) ?? 'an error';
    const what = event.outcome === 'denied' ? `and was refused (${code})` : `and failed (${code})`;
    return `${event.actor} tried ${event.call} on ${trailInWords(event)} ${what}`;
  },
  resources: trailResources,
  why: 'Hardly anybody calls these by accident. A failure means that the next attempt, with other rights or another name, may succeed.',
  runbook: [
    'Check that logging is on: aws cloudtrail get-trail-status --name <trail>, for every trail in aws cloudtrail list-trails.',
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions before it tries again.',
    'See what else it did in the hours before: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'Deny these calls to everybody but the owners of the trail, by a service control policy.',
  ],
  falsePositives: [
    'A script or a pipeline that removes a trail which is already gone.',
    'Somebody who changes a trail in the console without the right to.',
  ],
  blindSpots: ['Attempts in accounts whose events do not reach this detector.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

export const examples = (): Examples => {
  const stopped = call(CLOUDTRAIL, 'StopLogging', { requestParameters: { name: 'org-trail' } });
  const missing = { errorCode: 'TrailNotFoundException', errorMessage: 'Unknown trail: org-trail' };
  const notFound = but(stopped, missing);
  return {
    fires: [
      { why: 'refused', timeline: [denied(stopped)], severity: 'medium' },
      { why: 'no such trail', timeline: [notFound], severity: 'medium' },
      { why: 'deleting failed', timeline: [but(notFound, { eventName: 'DeleteTrail' })], severity: 'medium' },
      { why: 'changing was refused', timeline: [denied(but(stopped, { eventName: 'UpdateTrail' }))] },
      { why: 'choosing events was refused', timeline: [denied(but(stopped, { eventName: 'PutEventSelectors' }))] },
      {
        why: 'choosing events failed',
        timeline: [
          but(stopped, {
            eventName: 'PutEventSelectors',
            errorCode: 'InvalidEventSelectorsException',
            errorMessage: 'Invalid',
          }),
        ],
      },
      {
        why: 'a data store of CloudTrail Lake',
        timeline: [denied(but(stopped, { eventName: 'DeleteEventDataStore' }))],
      },
      {
        why: 'the same actor guesses ten names: one alert',
        timeline: repeat(notFound, 10, 20_000, (index) => ({ requestParameters: { name: `trail-${index}` } })),
      },
      {
        why: 'by Terraform: one lower, not silent',
        timeline: [but(notFound, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8' })],
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'it succeeded: another rule', timeline: [stopped] },
      { why: 'starting failed', timeline: [but(notFound, { eventName: 'StartLogging' })] },
      { why: 'looking failed', timeline: [but(notFound, { eventName: 'GetTrailStatus', readOnly: true })] },
    ],
  };
};
