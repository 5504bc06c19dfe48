import { globMatches } from '../../rules/glob';
import { coverWorld } from '../../rules/networks';
import { type CheckExamples, defineCheck } from '../check';
import { securityGroup } from '../sample';

const SHOWN = 6;

export default defineCheck({
  id: 'security-group-open',
  title: 'Security group opens sensitive ports to the world',
  severity: 'high',
  controls: { cis: ['5.2', '5.3'], fsbp: ['EC2.19'] },
  reads: ['securityGroups'],
  why: 'Remote access and databases that the internet can reach are found within hours, and tried without end.',
  fix: [
    'aws ec2 describe-security-group-rules --region {region} --filters Name=group-id,Values={name}',
    'aws ec2 revoke-security-group-ingress --region {region} --group-id {name} --security-group-rule-ids <rule id>',
  ],
  limits: [
    'Whether the group is used, and whether a route leads to it, is not looked at; nor what is in a prefix list.',
    'The settings say what is sensitive (sensitivePorts), what is the world (worldPrefixMaxV4, worldPrefixMaxV6) and what may be open (securityGroupsAllowed).',
  ],
  references: ['https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html'],
  judge: ({ securityGroups }, { account, partition, region = 'unknown', settings }) =>
    securityGroups.flatMap(({ id, name, ingress }) => {
      if (settings.securityGroupsAllowed.some((glob) => globMatches(glob, id))) return [];
      const open = new Set<number>();
      for (const { protocol, from, to, networks } of ingress) {
        if (!['tcp', 'udp', '-1', '6', '17'].includes(protocol)) continue;
        if (!coverWorld(networks, settings.worldPrefixMaxV4, settings.worldPrefixMaxV6)) continue;
        for (const port of settings.sensitivePorts) if (port >= from && port <= to) open.add(port);
      }
      if (open.size === 0) return [];
      const ports = [...open].sort((a, b) => a - b);
      const all = ports.length === new Set(settings.sensitivePorts).size;
      const more = ports.length > SHOWN ? ` and ${ports.length - SHOWN} more` : '';
      return [
        {
          resource: `arn:${partition}:ec2:${region}:${account}:security-group/${id}`,
          name: id,
          detail: `Security group ${id} (${name.slice(0, 60)}) opens ${all ? 'every sensitive port' : `port ${ports.slice(0, SHOWN).join(', ')}${more}`} to the world`,
        },
      ];
    }),
});

const resources = ['arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d'] as const;

export const examples = (): CheckExamples<'securityGroups'> => ({
  fails: [
    {
      why: 'SSH from everywhere',
      facts: { securityGroups: [securityGroup('sg-0a1b2c3d', 22, '0.0.0.0/0')] },
      resources,
    },
    {
      why: 'a database over IPv6, and by halves of the internet',
      facts: { securityGroups: [securityGroup('sg-0a1b2c3d', 5432, '::/1', '8000::/1')] },
      resources,
    },
    {
      why: 'everything',
      facts: {
        securityGroups: [
          {
            ...securityGroup('sg-0a1b2c3d', 22),
            ingress: [{ protocol: '-1', from: 0, to: 65_535, networks: ['0.0.0.0/0'] }],
          },
        ],
      },
      resources,
    },
  ],
  passes: [
    { why: 'a website', facts: { securityGroups: [securityGroup('sg-0a1b2c3d', 443, '0.0.0.0/0', '::/0')] } },
    { why: 'SSH from an office', facts: { securityGroups: [securityGroup('sg-0a1b2c3d', 22, '198.51.100.0/24')] } },
    {
      why: 'a group that may be open',
      facts: { securityGroups: [securityGroup('sg-0a1b2c3d', 22, '0.0.0.0/0')] },
      settings: { securityGroupsAllowed: ['sg-0a1b*'] },
    },
  ],
});
