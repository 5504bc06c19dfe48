import { MemoryAlertStore } from '../../lambda/alerts/memory-alert-store';
import { resolveConfig } from '../../lambda/config/resolve';
import { createDetector } from '../../lambda/detect';
import type { Rule, SampleRecord } from '../../lambda/rules/rule';
import { but, byService, call, repeat, role, START_MS } from '../../lambda/rules/sample';
import { severityAt } from '../../lambda/rules/severity';
import changed from '../../lambda/rules/trailhound/trailhound-changed';
import deployed from '../../lambda/rules/trailhound/trailhound-deployed';
import attempted from '../../lambda/rules/trailhound/trailhound-tampering-attempted';
import { delivered } from '../events';
import { memoryPorts } from '../memory-ports';

const OWN: readonly Rule[] = [changed, deployed, attempted];
const DEPLOYER = 'arn:aws:iam::111122223333:role/cdk-deploy';

/** `severity rule`, of every alert that is told, out of the live detector. */
async function told(config: object, records: readonly SampleRecord[]): Promise<string[]> {
  const { rules, suppressions } = resolveConfig(config, OWN, START_MS);
  const alerts = new MemoryAlertStore();
  const detector = createDetector({ ...memoryPorts(START_MS + 60_000), alerts, rules, suppressions });
  await detector.handle({ records: records.map((record) => delivered(record)) });
  return (await alerts.listPending(100)).map(({ rule, level }) => `${severityAt(level)} ${rule}`);
}

const stopped = call('events.amazonaws.com', 'DisableRule', {
  readOnly: false,
  requestParameters: { name: 'trailhound-Writes' },
});
const byDeployer = but(stopped, { userIdentity: role('cdk-deploy', 'ci') });

describe('changes to Trailhound itself', () => {
  it('are critical by anybody, where nobody is said to deploy', async () => {
    expect(await told({}, [stopped])).toEqual(['critical trailhound-changed']);
    expect(await told({}, [byDeployer])).toEqual(['critical trailhound-changed']);
  });

  it('are one notice by the roles of deploy.deployRoles, and critical by anybody else', async () => {
    const config = { deploy: { deployRoles: [DEPLOYER] } };
    const calls = ['PutRule', 'PutTargets', 'RemoveTargets', 'DeleteRule', 'PutPermission'];
    const many = repeat(byDeployer, 40, 1_000, (index) => ({ eventName: calls[index % calls.length] }));
    expect(await told(config, many)).toEqual(['medium trailhound-deployed']);
    expect(await told(config, [...many, stopped])).toEqual([
      'critical trailhound-changed',
      'medium trailhound-deployed',
    ]);
  });

  it('are one alert for each call of an attacker, whatever the number of parts', async () => {
    const calls = ['DisableRule', 'DeleteRule', 'RemoveTargets'];
    const many = repeat(stopped, 60, 1_000, (index) => ({ eventName: calls[index % calls.length] }));
    expect(await told({}, many)).toEqual(calls.map(() => 'critical trailhound-changed'));
  });

  it('count when an AWS service makes them, and whoever’s agent it is', async () => {
    const variants = [byService('lambda.amazonaws.com'), { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8' }];
    for (const fields of variants) {
      expect(await told({}, [but(stopped, fields)])).toEqual(['critical trailhound-changed']);
    }
  });

  it.each([
    ['the rule', { rule: 'trailhound-changed', account: '111122223333' }],
    [
      'the rule and everything that is known',
      { rule: 'trailhound-*', account: '111122223333', region: '*', resource: '*' },
    ],
    ['the actor', { rule: '*', actor: 'arn:aws:iam::111122223333:user/alice' }],
  ])('are told although %s is suppressed', async (_, match) => {
    const suppressions = [{ ...match, reason: 'because', owner: 'mallory', expires: '2026-12-31' }];
    expect(await told({ suppressions }, [stopped])).toEqual(['critical trailhound-changed']);
  });

  it('warn whoever writes a suppression that has no effect', () => {
    const suppression = {
      rule: 'trailhound-changed',
      account: '111122223333',
      reason: 'r',
      owner: 'o',
      expires: '2026-12-31',
    };
    const { warnings } = resolveConfig({ suppressions: [suppression] }, OWN, START_MS);
    expect(warnings).toEqual([expect.stringContaining('no effect on trailhound-changed')]);
  });
});
