import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { guardRule, SECURITY_HUB } from './guards';

const SERVICE = 'securityhub.amazonaws.com';

export default defineRule({
  id: 'security-hub-weakened',
  title: 'Security Hub switched off or findings hidden',
  ...guardRule({ [SERVICE]: 'Security Hub' }, { [SERVICE]: SECURITY_HUB }),
  why: 'Findings of all other guards meet there. Whoever hides or stops them works unseen.',
  runbook: [
    'Switch it on again: aws securityhub enable-security-hub; batch-enable-standards.',
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'Look at what was hidden: aws securityhub get-findings with WorkflowStatus SUPPRESSED, changed since the event.',
  ],
  falsePositives: ['People who work through findings suppress some of them (low). Closing a region.'],
  blindSpots: ['Which findings were suppressed is shown by their ids only.'],
  references: [
    'https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-ct.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

export const examples = (): Examples => {
  const did = (name: string, requestParameters: object | null = null) => call(SERVICE, name, { requestParameters });
  const off = did('DisableSecurityHub');
  const suppressed = did('BatchUpdateFindings', {
    workflow: { status: 'SUPPRESSED' },
    findingIdentifiers: [{ id: 'x' }],
  });
  return {
    fires: [
      { why: 'switched off', timeline: [off], severity: 'high' },
      { why: 'standards switched off', timeline: [did('BatchDisableStandards')], severity: 'medium' },
      {
        why: 'a rule that hides findings',
        timeline: [
          did('CreateAutomationRule', { actions: [{ findingFieldsUpdate: { workflow: { status: 'SUPPRESSED' } } }] }),
        ],
        severity: 'medium',
      },
      {
        why: 'a control switched off',
        timeline: [did('UpdateStandardsControl', { controlStatus: 'DISABLED' })],
        severity: 'low',
      },
      { why: 'findings suppressed', timeline: [suppressed], severity: 'low' },
      {
        why: 'findings suppressed all morning: one alert',
        timeline: [suppressed, later(suppressed, HOUR), later(suppressed, 5 * HOUR)],
      },
      { why: 'findings archived', timeline: [did('UpdateFindings', { recordState: 'ARCHIVED' })], severity: 'low' },
      { why: 'by Terraform', timeline: [but(off, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(off)] },
      { why: 'findings resolved', timeline: [did('BatchUpdateFindings', { workflow: { status: 'RESOLVED' } })] },
      { why: 'a control switched on', timeline: [did('UpdateStandardsControl', { controlStatus: 'ENABLED' })] },
      { why: 'switched on', timeline: [did('EnableSecurityHub')] },
    ],
  };
};
