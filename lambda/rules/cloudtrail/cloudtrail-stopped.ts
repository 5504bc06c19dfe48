import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';

const SERVICE = 'cloudtrail.amazonaws.com';

export default defineRule({
  id: 'cloudtrail-stopped',
  title: 'CloudTrail logging stopped',
  severity: 'critical',
  rows: ['0-1'],
  attack: ['TA0005/T1562.008'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: SERVICE,
      calls: ['StopLogging', 'DeleteTrail', 'DeleteEventDataStore', 'StopEventDataStoreIngestion'],
    },
  ],
  per: (event) => `${event.account}|${trailOf(event)}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => `${event.actor} called ${event.call} on ${trailOf(event)}`,
  resources: (event) => [trailOf(event)],
  why: 'Without a trail nothing that follows is recorded, and detectors that read CloudTrail go blind. Attackers do this first or last.',
  runbook: [
    'Start logging again: aws cloudtrail start-logging --name <trail>; recreate a deleted trail.',
    'List what the actor did in the hour before: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    "If nobody vouches for it, deactivate the actor's keys and revoke its sessions.",
    'Treat the time without logging as unobserved: check IAM, EC2 and S3 for changes by state, not by log.',
  ],
  falsePositives: ['A trail that is moved or replaced by its owners, usually in a planned change.'],
  blindSpots: [
    'When the stopped trail was the only one, the event itself may not reach EventBridge: the heartbeat finds the trail stopped.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

/** Trail or event data store named in the call; the calls spell the parameter differently. */
function trailOf({ record }: TrailEvent): string {
  return (
    text(at(record, 'requestParameters', 'name')) ??
    text(at(record, 'requestParameters', 'eventDataStore')) ??
    'an unnamed trail'
  );
}

export const examples = (): Examples => {
  const stopped = call(SERVICE, 'StopLogging', { requestParameters: { name: 'org-trail' } });
  const deleted = call(SERVICE, 'DeleteTrail', {
    requestParameters: { name: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail' },
  });
  return {
    fires: [
      { why: 'logging stopped', timeline: [stopped], severity: 'critical' },
      { why: 'the trail was deleted', timeline: [deleted] },
      { why: 'stopped three times in ten minutes by the same user: one alert', timeline: repeat(stopped, 3, 300_000) },
      {
        why: 'an event data store was deleted',
        timeline: [
          call(SERVICE, 'DeleteEventDataStore', {
            requestParameters: { eventDataStore: 'arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/example' },
          }),
        ],
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(stopped)] },
      {
        why: 'there was no such trail',
        timeline: [but(stopped, { errorCode: 'TrailNotFoundException', errorMessage: 'Unknown trail' })],
      },
      {
        why: 'logging was started',
        timeline: [
          but(stopped, { eventName: 'StartLogging' }),
          later(
            but(stopped, { eventName: 'GetTrailStatus', readOnly: true, ...byService('config.amazonaws.com') }),
            1_000,
          ),
        ],
      },
    ],
  };
};
