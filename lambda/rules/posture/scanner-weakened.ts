import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { ACCESS_ANALYZER, DETECTIVE, guardRule, INSPECTOR, MACIE } from './guards';

const MACIE_SERVICE = 'macie2.amazonaws.com';
const ANALYZER_SERVICE = 'access-analyzer.amazonaws.com';
const INSPECTOR_SERVICE = 'inspector2.amazonaws.com';
const DETECTIVE_SERVICE = 'detective.amazonaws.com';

export default defineRule({
  id: 'scanner-weakened',
  title: 'Macie, Access Analyzer, Inspector or Detective off',
  ...guardRule(
    {
      [MACIE_SERVICE]: 'Macie',
      [ANALYZER_SERVICE]: 'IAM Access Analyzer',
      [INSPECTOR_SERVICE]: 'Inspector',
      [DETECTIVE_SERVICE]: 'Detective',
    },
    {
      [MACIE_SERVICE]: MACIE,
      [ANALYZER_SERVICE]: ACCESS_ANALYZER,
      [INSPECTOR_SERVICE]: INSPECTOR,
      [DETECTIVE_SERVICE]: DETECTIVE,
    },
  ),
  why: 'These look for open doors, secrets and weak software. Without them the same door stays open unseen.',
  runbook: [
    'Ask the actor: cost is the usual reason.',
    'Switch it on again: aws macie2 enable-macie, accessanalyzer create-analyzer, inspector2 enable, detective create-graph.',
    'If nobody vouches for it, see what else the actor did that day.',
  ],
  falsePositives: ['Saving cost, or moving to another product.'],
  blindSpots: ["What the organization's administrator changes for all members is recorded in that account."],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

export const examples = (): Examples => {
  const did = (service: string, name: string, requestParameters: object | null = null) =>
    call(service, name, { requestParameters });
  const off = did(MACIE_SERVICE, 'DisableMacie');
  return {
    fires: [
      { why: 'Macie off', timeline: [off], severity: 'medium' },
      {
        why: 'Macie paused',
        timeline: [did(MACIE_SERVICE, 'UpdateMacieSession', { status: 'PAUSED' })],
        severity: 'medium',
      },
      {
        why: 'an analyzer deleted',
        timeline: [did(ANALYZER_SERVICE, 'DeleteAnalyzer', { analyzerName: 'account' })],
        severity: 'medium',
      },
      {
        why: 'findings of the analyzer hidden',
        timeline: [did(ANALYZER_SERVICE, 'CreateArchiveRule', { analyzerName: 'account' })],
        severity: 'low',
      },
      {
        why: 'Inspector off',
        timeline: [did(INSPECTOR_SERVICE, 'Disable', { resourceTypes: ['EC2'] })],
        severity: 'medium',
      },
      {
        why: 'findings of Inspector hidden',
        timeline: [did(INSPECTOR_SERVICE, 'CreateFilter', { action: 'SUPPRESS' })],
        severity: 'low',
      },
      { why: 'the graph of Detective deleted', timeline: [did(DETECTIVE_SERVICE, 'DeleteGraph')], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(off, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [off, later(off, HOUR)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(off)] },
      { why: 'Macie goes on', timeline: [did(MACIE_SERVICE, 'UpdateMacieSession', { status: 'ENABLED' })] },
      { why: 'a filter that hides nothing', timeline: [did(INSPECTOR_SERVICE, 'CreateFilter', { action: 'NONE' })] },
    ],
  };
};
