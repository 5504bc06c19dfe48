import { text } from '../../intake/fields';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat, role } from '../sample';
import { isDeployer, ownParts, tampering } from './own-parts';

export default defineRule({
  id: 'trailhound-tampering-attempted',
  title: 'Failed attempt to change Trailhound itself',
  severity: 'high',
  rows: ['0-1'],
  attack: ['TA0005/T1562.008', 'TA0005/T1562.001'],
  match: tampering(['denied', 'failed']),
  when: (event, settings) => !isDeployer(event, settings) && partsNamed(event, settings).length > 0,
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: HOUR,
  neverSuppressed: true,
  settings: ['ownResources', 'ownDeployRoles'],
  headline: (event, settings) => {
    const code = text(event.record['errorCode']) ?? 'an error';
    const how = event.outcome === 'denied' ? 'was refused' : 'failed';
    return `${event.actor} tried ${event.call} on ${partsNamed(event, settings).slice(0, 3).join(', ')} and ${how} (${code})`;
  },
  why: 'Nobody tries this by accident. The next attempt, with other rights, may succeed.',
  runbook: [
    'Ask the actor. If nobody vouches for it, revoke its sessions and deactivate its keys before it tries again.',
    'See what else it did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'See in the last message of the heartbeat that every part is right.',
    'Deny such calls to all but the deploy roles, by a service control policy: examples/scp-protect-trailhound.json is one.',
  ],
  falsePositives: ['Somebody who looks at the parts in the console and presses a button.'],
  blindSpots: ['Refused calls often name nothing in their parameters; then the text of the error must name the part.'],
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
});

/** Refusals have no parameters with many services; the message names the resource: `… on resource: arn:…`. */
function partsNamed(...[event, settings]: Parameters<typeof ownParts>): readonly string[] {
  const parts = ownParts(event, settings);
  if (parts.length > 0) return parts;
  const words = (text(event.record['errorMessage']) ?? '').slice(0, 2_000).split(/[\s"',;]+/);
  const record = { requestParameters: { name: words } };
  return ownParts({ ...event, record }, settings);
}

export const examples = (): Examples => {
  const deployer = 'arn:aws:iam::111122223333:role/cdk-deploy';
  const disabled = call('events.amazonaws.com', 'DisableRule', {
    readOnly: false,
    requestParameters: { name: 'trailhound-Writes' },
  });
  const refused = but(denied(disabled), {
    errorMessage:
      'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: events:DisableRule on resource: arn:aws:events:eu-west-1:111122223333:rule/trailhound-Writes because no identity-based policy allows it',
  });
  return {
    fires: [
      { why: 'refused, and the error names the rule', timeline: [refused], severity: 'high' },
      {
        why: 'it failed, and the parameters name it',
        timeline: [but(disabled, { errorCode: 'ManagedRuleException', errorMessage: 'no' })],
      },
      { why: 'ten calls of one actor: one alert', timeline: repeat(refused, 10, 20_000) },
    ],
    quiet: [
      { why: 'it succeeded: another rule', timeline: [disabled] },
      {
        why: 'the error names somebody else’s rule',
        timeline: [
          but(refused, {
            errorMessage: String(refused['errorMessage']).replace('trailhound-Writes', 'nightly-report'),
          }),
        ],
      },
      {
        why: 'a role that may deploy',
        timeline: [but(refused, { userIdentity: role('cdk-deploy', 'ci') })],
        settings: { ownDeployRoles: [deployer] },
      },
    ],
  };
};
