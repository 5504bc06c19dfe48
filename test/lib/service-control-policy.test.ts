import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globMatches } from '../../lambda/rules/glob';
import { readable } from './golden';
import { resourcesOf, type SynthesizedStack, synthesized } from './synthesized';

interface Refusal {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const text = readFileSync(path.join(__dirname, '../../examples/scp-protect-trailhound.json'), 'utf8');
const { Statement: refusals } = JSON.parse(text) as { Statement: readonly Refusal[] };

const { hub, forwarder } = synthesized({ deploy: { customerManagedKey: true, dataEvents: true } });

/** Sids of the statements that speak of an action on a resource, whoever calls. */
function refusalsOf(action: string, arn: string): string[] {
  return refusals
    .filter(
      ({ Action, Resource }) =>
        Action.some((glob) => globMatches(glob, action)) && [Resource].flat().some((glob) => globMatches(glob, arn)),
    )
    .map(({ Sid }) => Sid);
}

describe('the sample of a service control policy', () => {
  it('fits into one', () => {
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThan(5_120);
    for (const { Effect } of refusals) expect(Effect).toBe('Deny');
  });

  it.each([
    ['events:DisableRule', 'arn:aws:events:us-east-1:111122223333:rule/trailhound-Writes'],
    [
      'events:RemoveTargets',
      'arn:aws:events:eu-west-1:111122223333:rule/trailhound-hub/Trailhound-Hub-FeedWritesIam-ABC',
    ],
    ['events:DeleteEventBus', 'arn:aws:events:eu-west-1:111122223333:event-bus/trailhound-hub'],
    ['lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-west-1:111122223333:function:Trailhound-Hub-DetectPriority-ABC'],
    ['lambda:PutFunctionConcurrency', 'arn:aws:lambda:eu-west-1:111122223333:function:Trailhound-Hub-DetectBulk-ABC'],
    ['scheduler:UpdateSchedule', 'arn:aws:scheduler:eu-west-1:111122223333:schedule/default/Trailhound-Hub-Notify-ABC'],
    ['lambda:UpdateEventSourceMapping', 'arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:0a1b'],
    ['sqs:PurgeQueue', 'arn:aws:sqs:eu-west-1:111122223333:Trailhound-Hub-QueuesPriority-ABC'],
    ['sqs:DeleteQueue', 'arn:aws:sqs:us-east-1:444455556666:trailhound-undelivered'],
    ['sns:Subscribe', 'arn:aws:sns:eu-west-1:111122223333:Trailhound-Hub-TopicsAlerts-ABC'],
    ['dynamodb:DeleteTable', 'arn:aws:dynamodb:eu-west-1:111122223333:table/Trailhound-Hub-TablesAlerts-ABC'],
    ['dynamodb:PutResourcePolicy', 'arn:aws:dynamodb:eu-west-1:111122223333:table/Trailhound-Hub-TablesAlerts-ABC'],
    ['iam:UpdateAssumeRolePolicy', 'arn:aws:iam::111122223333:role/Trailhound-Hub-Operator-ABC'],
    ['iam:CreateRole', 'arn:aws:iam::444455556666:role/trailhound/trailhound-forwarder-mars'],
    ['iam:PutRolePolicy', 'arn:aws:iam::444455556666:role/trailhound/trailhound-forwarder-us-east-1'],
    [
      'iam:CreatePolicyVersion',
      'arn:aws:iam::444455556666:policy/trailhound/Trailhound-Forwarder-us-east-1-Policy-ABC',
    ],
    ['cloudformation:DeleteStack', 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Trailhound-Hub/0a1b'],
    ['iam:CreateRole', 'arn:aws:iam::444455556666:role/stacksets-exec-0a1b'],
  ])('refuses %s on %s', (action, arn) => {
    expect(refusalsOf(action, arn)).not.toEqual([]);
  });

  it('leaves the detector, the forwarders and the operator what they need', () => {
    const stopped = [hub, forwarder].flatMap((stack) =>
      permissionsIn(stack).filter(([action, arn]) => refusalsOf(action, arn).length > 0),
    );
    expect(stopped).toEqual([]);
    expect(permissionsIn(hub).length).toBeGreaterThan(20);
  });

  it('makes no exception by a name that anybody could give a role', () => {
    for (const { Condition = {} } of refusals) {
      for (const arn of [Condition['ArnNotEquals']?.['aws:PrincipalArn'] ?? []].flat()) expect(arn).not.toMatch(/[*?]/);
      // The one pattern, for StackSets, is a name that another statement keeps from everybody.
      for (const arn of [Condition['ArnNotLike']?.['aws:PrincipalArn'] ?? []].flat()) {
        expect(refusalsOf('iam:CreateRole', String(arn))).not.toEqual([]);
      }
    }
  });
});

/** What roles may do, resource by resource, with names as CloudFormation makes them. */
function permissionsIn(stack: SynthesizedStack): [action: string, arn: string][] {
  const statements = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').flatMap(
    ([, { Properties }]) =>
      (Properties['PolicyDocument'] as { Statement: { Action: string | string[]; Resource: unknown }[] }).Statement,
  );
  return statements.flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) =>
        [readable(Resource)].flat().map((resource): [string, string] => [action, arnOf(action, String(resource))]),
      ),
  );
}

/** `TablesAlertsF4292B9D.Arn` → the ARN that it will have; literal ARNs as they are. */
function arnOf(action: string, resource: string): string {
  if (resource.startsWith('arn:')) return resource;
  // What cannot be narrowed down: the policy must not speak of the action at all.
  if (resource === '*') return '*';
  const name = `Trailhound-Hub-${resource.replace(/^\$\{|\}$|\.Arn$/g, '')}-ABC`;
  const kinds: Record<string, string> = {
    dynamodb: `table/${name}`,
    lambda: `function:${name}`,
    sqs: name,
    sns: name,
    logs: `log-group:${name}:*`,
    kms: 'key/0a1b',
    cloudformation: 'stack/Trailhound-Hub/0a1b',
  };
  const [service = ''] = action.split(':');
  const kind = kinds[service];
  if (kind === undefined) throw new Error(`what is ${resource} of ${action}?`);
  return `arn:aws:${service}:eu-west-1:111122223333:${kind}`;
}
