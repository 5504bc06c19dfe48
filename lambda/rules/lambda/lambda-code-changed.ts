import { invokedBy } from '../../intake/caller';
import { flag, pick } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isAutomated } from '../callers';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role, user } from '../sample';
import type { Settings } from '../settings';
import { functionInWords, functionOf, functionResources, LAMBDA } from './functions';

export default defineRule({
  id: 'lambda-code-changed',
  title: 'Code of a function replaced outside of deployment',
  // What deploys programs changes code all day: stored, not told.
  severity: (event, settings) => (isDeployment(event, settings) ? 'info' : 'medium'),
  rows: ['1-20', '2-30'],
  attack: ['TA0003/T1525', 'TA0002/T1648'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: LAMBDA, calls: ['UpdateFunctionCode'] }],
  settings: ['deployers', 'infrastructureAsCodeAgents'],
  when: ({ record }) => flag(pick(record['requestParameters'], 'dryRun')) !== true,
  per: (event) => `${event.account}|${event.region}|${functionOf(event) ?? ''}|${event.actor}`,
  quietMs: 12 * HOUR,
  headline: (event) =>
    `${event.actor} replaced the code of ${functionInWords(event)} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: functionResources,
  why: "The new code runs with the rights of the function's role, and sees all that passes through it. Overwriting a function is a quiet way to stay.",
  runbook: [
    'Ask the actor. Deployments go by a pipeline: name it in deployers.',
    'Compare the code with what you built: aws lambda get-function --function-name <function> (Code.Location, CodeSha256).',
    'If nobody vouches for it, deploy your own code again; change what the function knew: secrets, environment variables, rights of its role.',
    "Deactivate the actor's keys, and look for other functions that it changed.",
  ],
  falsePositives: ['People who try something on a function by hand.'],
  blindSpots: [
    'An intruder who holds the keys of a deployer, or names a deployment tool as the user agent.',
    'Functions whose code is an image: the tag may be moved in the registry instead.',
  ],
  references: [
    'https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1525/',
  ],
});

function isDeployment(event: TrailEvent, settings: Settings): boolean {
  return (
    isAutomated(event, settings) ||
    invokedBy(event) !== undefined ||
    anyGlobMatches(settings.deployers, event.actor, true)
  );
}

export const examples = (): Examples => {
  const changed = call(LAMBDA, 'UpdateFunctionCode20150331v2', {
    requestParameters: {
      functionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders',
      publish: true,
      dryRun: false,
    },
    responseElements: { functionName: 'orders', codeSha256: 'ZXhhbXBsZQ==' },
  });
  return {
    fires: [
      { why: 'by a user with a key', timeline: [changed], severity: 'medium' },
      {
        why: 'by a role of people',
        timeline: [but(changed, { userIdentity: role('Developers', 'carol') })],
        severity: 'medium',
      },
      {
        why: 'the record names no function',
        timeline: [but(changed, { requestParameters: null, responseElements: null })],
      },
      {
        why: 'twice, by name and by ARN: one alert',
        timeline: [changed, but(later(changed, HOUR), { requestParameters: { functionName: 'orders' } })],
      },
    ],
    quiet: [
      { why: 'by Terraform', timeline: [but(changed, { userAgent: 'Terraform/1.9' })] },
      { why: 'by a pipeline', timeline: [but(changed, { userIdentity: role('GitHubActions', 'run-7') })] },
      { why: 'by a user who deploys', timeline: [but(changed, { userIdentity: user('ci-shop') })] },
      {
        why: 'by CloudFormation',
        timeline: [
          but(changed, { sourceIPAddress: 'cloudformation.amazonaws.com', userAgent: 'cloudformation.amazonaws.com' }),
        ],
      },
      { why: 'tried only', timeline: [but(changed, { requestParameters: { functionName: 'orders', dryRun: true } })] },
      { why: 'the call was refused', timeline: [denied(changed)] },
    ],
  };
};
