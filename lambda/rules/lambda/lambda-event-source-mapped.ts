import { invokedBy } from '../../intake/caller';
import { requested } from '../acts';
import { isAutomated } from '../callers';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role } from '../sample';
import { functionInWords, functionOf, functionResources, LAMBDA } from './functions';

export default defineRule({
  id: 'lambda-event-source-mapped',
  title: 'Stream or queue tapped by a function, not by deployment',
  // What deploys programs does it all day: stored, not told.
  severity: (event, settings) =>
    isAutomated(event, settings) ||
    invokedBy(event) !== undefined ||
    anyGlobMatches(settings.deployers, event.actor, true)
      ? 'info'
      : 'low',
  rows: ['2-30'],
  attack: ['TA0003/T1546', 'TA0009/T1119'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: LAMBDA,
      calls: ['CreateEventSourceMapping', 'UpdateEventSourceMapping'],
    },
  ],
  settings: ['deployers', 'infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.region}|${functionOf(event) ?? ''}|${event.actor}`,
  quietMs: 12 * HOUR,
  headline: (event) =>
    `${event.actor} had ${functionInWords(event)} read all that passes through ${requested(event, 'eventSourceArn', 'uUID') ?? 'a source (not named)'}`,
  resources: functionResources,
  why: 'From now on the function gets every record of a table, queue or stream. It is a quiet way to copy data, or to be run again whenever something happens.',
  runbook: [
    'Ask the actor. Deployments go by a pipeline: name it in deployers.',
    'Look at code and role of the function: aws lambda get-function --function-name <function>.',
    'If nobody vouches for it: aws lambda delete-event-source-mapping --uuid <id>.',
  ],
  falsePositives: ['People who try something by hand.'],
  blindSpots: ['An intruder who holds the keys of a deployer.'],
  references: [
    'https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html',
    'https://attack.mitre.org/techniques/T1546/',
  ],
});

export const examples = (): Examples => {
  const mapped = call(LAMBDA, 'CreateEventSourceMapping20150331', {
    requestParameters: {
      functionName: 'copy',
      eventSourceArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000',
    },
  });
  return {
    fires: [
      { why: 'by a user with a key', timeline: [mapped], severity: 'low' },
      {
        why: 'by a role of people',
        timeline: [but(mapped, { userIdentity: role('Developers', 'carol') })],
        severity: 'low',
      },
      { why: 'twice: one alert', timeline: [mapped, later(mapped, HOUR)] },
    ],
    quiet: [
      { why: 'by Terraform', timeline: [but(mapped, { userAgent: 'Terraform/1.9' })] },
      { why: 'by a pipeline', timeline: [but(mapped, { userIdentity: role('GitHubActions', 'run-7') })] },
      { why: 'refused', timeline: [denied(mapped)] },
    ],
  };
};
