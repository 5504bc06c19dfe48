import { field, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient } from '../callers';
import { inNetworks } from '../networks';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role } from '../sample';
import { callFrom, callingInstance, didOrTried, isPerson, ROLE_CALLS } from './origins';
import { INSTANCE_REFERENCES, INSTANCE_RUNBOOK } from './stolen-instances';

export default defineRule({
  id: 'instance-credentials-shared-client',
  title: 'Credentials of an instance used by a client of others',
  severity: 'medium',
  rows: ['1-2', '2-18'],
  attack: ['TA0006/T1552.005', 'TA0008/T1550.001'],
  match: [
    {
      feed: 'api-reads',
      outcome: 'any',
      service: 'sts.amazonaws.com',
      calls: ['GetCallerIdentity', 'GetSessionToken', 'AssumeRole'],
    },
    { feed: 'api-writes', outcome: 'any', service: 'ssm.amazonaws.com', calls: ['SendCommand', 'StartSession'] },
    {
      feed: 'api-writes',
      outcome: 'any',
      service: 'ec2-instance-connect.amazonaws.com',
      calls: ['SendSSHPublicKey', 'SendSerialConsoleSSHPublicKey'],
    },
    ...ROLE_CALLS,
  ],
  settings: ['privateKeysOutside'],
  when: (event, { privateKeysOutside }) =>
    whose(event) !== undefined &&
    fromClient(event) &&
    event.sourceIp !== undefined &&
    !inNetworks(event.sourceIp, privateKeysOutside),
  window: {
    kind: 'distinct',
    per: (event) => `${event.account}|${event.sourceIp ?? ''}|${clientOf(event)}`,
    value: whose,
    threshold: 2,
    withinMs: HOUR,
    unit: 'kinds of credentials',
  },
  headline: (event) =>
    `${event.actor}${callingInstance(event) === undefined ? '' : ` as instance ${callingInstance(event)}`} ${didOrTried(event)} ${callFrom(event)}; the same client there uses credentials of an instance and of a person`,
  resources: (event) => [callingInstance(event) ?? []].flat(),
  why: 'The same program at the same address works as a person and as an instance: somebody carried the credentials of the instance home.',
  runbook: INSTANCE_RUNBOOK,
  falsePositives: [
    'An instance on which a user with keys of its own works with the same tool: give the instance a role that suffices.',
  ],
  blindSpots: [
    'A thief who uses another tool, or another address, for the stolen credentials: instance-credentials-two-networks looks at addresses.',
    'Of other credentials, only calls that ask who one is, take a role, or reach for an instance are looked at.',
  ],
  references: INSTANCE_REFERENCES,
});

/**
 * Whose credentials they are. A role that the instance takes works at the same address by right, so of roles only those
 * of people count.
 */
function whose(event: TrailEvent): 'instance' | 'person' | undefined {
  if (callingInstance(event) !== undefined) return 'instance';
  if (!NAMED.has(event.call)) return undefined;
  const ownsKeys = field(event.identity, 'type') === 'IAMUser';
  return ownsKeys || isPerson(event) ? 'person' : undefined;
}

const NAMED: ReadonlySet<string> = new Set([
  'GetCallerIdentity',
  'GetSessionToken',
  'AssumeRole',
  'SendCommand',
  'StartSession',
  'SendSSHPublicKey',
  'SendSerialConsoleSSHPublicKey',
]);

/** Parts of an agent that tell the single call, not the client: command, service, features in use. */
const OF_ONE_CALL = ['command/', 'md/command#', 'api/', 'm/', 'ft/', 'cfg/'];

/** The user agent without what changes from call to call. */
function clientOf({ record }: TrailEvent): string {
  const agent = text(record['userAgent']) ?? 'no agent';
  return agent
    .split(' ')
    .filter((part) => !OF_ONE_CALL.some((start) => part.startsWith(start)))
    .join(' ');
}

export const examples = (): Examples => {
  const agent = (command: string) =>
    `aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.2 m/E,b md/command#${command}`;
  const sent = call('ssm.amazonaws.com', 'SendCommand', { userAgent: agent('ssm.send-command') });
  const asInstance = later(
    call('ec2.amazonaws.com', 'DescribeInstances', {
      userIdentity: role('web', 'i-0123456789abcdef0'),
      userAgent: agent('ec2.describe-instances'),
    }),
    60_000,
  );
  const who = call('sts.amazonaws.com', 'GetCallerIdentity', { userAgent: agent('sts.get-caller-identity') });
  return {
    fires: [
      { why: 'a command to an instance, then its credentials', timeline: [sent, asInstance], severity: 'medium' },
      {
        why: 'who am I, as both',
        timeline: [who, but(later(who, 5_000), { userIdentity: role('web', 'i-0123456789abcdef0') })],
      },
      { why: 'the other way round', timeline: [asInstance, later(who, 120_000)] },
      {
        why: 'a person of single sign-on',
        timeline: [
          but(who, {
            userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef', 'alice'),
          }),
          asInstance,
        ],
      },
      { why: 'refused', timeline: [sent, denied(asInstance)] },
    ],
    quiet: [
      { why: 'another address', timeline: [sent, but(asInstance, { sourceIPAddress: '203.0.113.7' })] },
      {
        why: 'another tool',
        timeline: [sent, but(asInstance, { userAgent: 'aws-sdk-go/1.55.5 amazon-ssm-agent/3.3' })],
      },
      { why: 'the window has closed', timeline: [sent, later(asInstance, HOUR)] },
      { why: 'only the person', timeline: [sent, later(who, 60_000)] },
      { why: 'only the instance', timeline: [asInstance, later(asInstance, 60_000)] },
      {
        why: 'a role that the instance took',
        timeline: [asInstance, but(later(who, 70_000), { userIdentity: role('deploy', 'session') })],
      },
      { why: 'a gateway of ours', timeline: [sent, asInstance], settings: { privateKeysOutside: ['198.51.100.0/24'] } },
    ],
  };
};
