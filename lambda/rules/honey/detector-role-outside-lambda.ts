import { agentContains } from '../../intake/caller';
import { field } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { QUESTIONS } from '../bursts/discovery';
import { fromClient, NOT_BY_SERVICE } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, role } from '../sample';
import type { Settings } from '../settings';
import { assumed, refused } from '../sts/role-samples';
import { ASSUMED, isRoleIn, NOT_ASSUMED, roleOf } from '../sts/roles';
import { didInWords } from './honey';

/**
 * Part of the user agent of every call that the AWS SDK makes in a Lambda function, and of those that the Lambda service
 * makes for one (its logs).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_EXECUTION_ENV)
 */
const IN_LAMBDA = ['exec-env/aws_lambda', 'awslambda-worker'] as const;

export default defineRule({
  id: 'detector-role-outside-lambda',
  title: 'Role of a Trailhound function used outside of Lambda',
  severity: 'critical',
  rows: ['0-1', '1-2'],
  attack: ['TA0005/T1562.001', 'TA0006/T1552.005'],
  match: [
    { feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE },
    { feed: 'errors', outcome: ['denied', 'failed'], record: NOT_BY_SERVICE },
    ASSUMED,
    NOT_ASSUMED,
    ...QUESTIONS,
  ],
  settings: ['detectorRoles'],
  when: (event, settings) => isUsed(event, settings) || isTaken(event, settings),
  per: (event, settings) => `${event.account}|${(isTaken(event, settings) ? roleOf(event) : event.actor) ?? ''}`,
  quietMs: HOUR,
  headline: (event, settings) =>
    isTaken(event, settings)
      ? `${didInWords(event)} for ${roleOf(event) ?? 'a role of the detector'}, which only Lambda may take`
      : `${didInWords(event)} outside of Lambda`,
  resources: (event) => [event.actor, ...(roleOf(event) === undefined ? [] : [roleOf(event) as string])],
  why: 'Only Lambda uses this role, to find and tell of attacks. Somebody who has its credentials can hide what is found.',
  runbook: [
    'Revoke the sessions of the role: IAM console, the role, Revoke sessions. The functions get new ones by themselves.',
    "Look for changes of the role's trust policy (UpdateAssumeRolePolicy) and of the functions' code (UpdateFunctionCode).",
    'Deploy Trailhound anew from its source, then replay the files of the hours before: what was told meanwhile may not be all.',
  ],
  falsePositives: ['A role of your own that is named like one of ours: name ours in detectorRoles.'],
  blindSpots: [
    'The user agent is written by the caller: who imitates Lambda is not told.',
    'Reads that succeed, but for questions about the account. Calls for items of DynamoDB, which are data events.',
    'A deployment under another name than Trailhound, while detectorRoles does not name its roles.',
  ],
  references: [
    'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html',
    'https://attack.mitre.org/techniques/T1552/005/',
  ],
});

function isUsed(event: TrailEvent, { detectorRoles }: Settings): boolean {
  return (
    field(event.identity, 'type') === 'AssumedRole' &&
    isRoleIn(detectorRoles, event.actor) &&
    fromClient(event) &&
    !agentContains(event, IN_LAMBDA)
  );
}

/** Somebody but the Lambda service starts a session of the role. */
function isTaken(event: TrailEvent, { detectorRoles }: Settings): boolean {
  if (!event.call.startsWith('AssumeRole')) return false;
  const taken = roleOf(event);
  return taken !== undefined && isRoleIn(detectorRoles, taken) && fromClient(event);
}

export const examples = (): Examples => {
  const ours = 'Trailhound-Hub-DetectPriorityRole0A1B2C3D-aBcDeFgHiJkL';
  const session = role(ours, 'Trailhound-Hub-DetectPriorityFunction4E5F-mNoPqRsT');
  const outside = call('sts.amazonaws.com', 'GetCallerIdentity', { userIdentity: session, readOnly: true });
  const inLambda = {
    userAgent: 'aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#24.3.0 exec-env/AWS_Lambda_nodejs24.x',
  };
  return {
    fires: [
      { why: 'with the command line', timeline: [outside], severity: 'critical' },
      { why: 'a refused call', timeline: [denied(but(outside, { eventName: 'ListTopics' }))], severity: 'critical' },
      { why: 'again: one alert', timeline: [outside, later(outside, 60_000)] },
      { why: 'somebody takes the role', timeline: [assumed(ours)], severity: 'critical' },
      { why: 'somebody tries to', timeline: [refused(ours)], severity: 'critical' },
      {
        why: 'a deployment under another name',
        timeline: [but(outside, { userIdentity: role('guard-NotifyRole', 's') })],
        settings: { detectorRoles: ['guard-*'] },
      },
    ],
    quiet: [
      { why: 'in Lambda', timeline: [but(outside, inLambda)] },
      {
        why: 'the logs that Lambda writes',
        timeline: [
          but(outside, {
            eventSource: 'logs.amazonaws.com',
            eventName: 'CreateLogStream',
            readOnly: false,
            userAgent: 'awslambda-worker/1.0 rusoto/0.48.0',
          }),
        ],
      },
      { why: 'a service on its behalf', timeline: [but(outside, { sourceIPAddress: 'lambda.amazonaws.com' })] },
      { why: 'Lambda takes the role', timeline: [but(assumed(ours), byService('lambda.amazonaws.com'))] },
      { why: 'the role of the operator', timeline: [assumed('Trailhound-Hub-OperatorRole0A1B-xYz')] },
      { why: 'another role', timeline: [but(outside, { userIdentity: role('Web-Role', 's') })] },
    ],
  };
};
