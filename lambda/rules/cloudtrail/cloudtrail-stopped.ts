import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';
import { CLOUDTRAIL, trailInWords, trailName, trailResources } from './trails';

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
      service: CLOUDTRAIL,
      calls: ['StopLogging', 'DeleteTrail', 'DeleteEventDataStore', 'StopEventDataStoreIngestion'],
    },
  ],
  per: (event) => `${event.account}|${trailName(event) ?? ''}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => `${event.actor} called ${event.call} on ${trailInWords(event)}`,
  resources: trailResources,
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

export const examples = (): Examples => {
  const stopped = call(CLOUDTRAIL, 'StopLogging', { requestParameters: { name: 'org-trail' } });
  const deleted = call(CLOUDTRAIL, 'DeleteTrail', {
    requestParameters: { name: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail' },
  });
  return {
    fires: [
      { why: 'logging stopped', timeline: [stopped], severity: 'critical' },
      { why: 'the trail was deleted', timeline: [deleted] },
      { why: 'the record does not name the trail', timeline: [but(stopped, { requestParameters: null })] },
      {
        why: 'stopped by name, then by ARN: the same trail, one alert',
        timeline: [stopped, but(later(stopped, 60_000), { requestParameters: deleted['requestParameters'] })],
      },
      { why: 'stopped three times in ten minutes by the same user: one alert', timeline: repeat(stopped, 3, 300_000) },
      {
        why: 'an event data store was deleted',
        timeline: [
          call(CLOUDTRAIL, 'DeleteEventDataStore', {
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
