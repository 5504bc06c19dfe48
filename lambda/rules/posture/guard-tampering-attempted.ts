import { lessIfAutomated } from '../callers';
import { refusal } from '../denied/denied-calls';
import { defineRule, type Examples, HOUR, type Match } from '../rule';
import { but, call, denied, later } from '../sample';

const refused = (service: string, ...calls: [string, ...string[]]): Match => ({
  feed: 'errors',
  outcome: 'denied',
  service,
  calls,
});

export default defineRule({
  id: 'guard-tampering-attempted',
  title: 'Refused attempt to switch off a guard or a log',
  // Not less where a guard rail of the organization refused: it worked, and the attempt was made all the same.
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-20', '2-6'],
  attack: ['TA0005/T1562.001', 'TA0005/T1562.008'],
  match: [
    refused(
      'guardduty.amazonaws.com',
      'DeleteDetector',
      'UpdateDetector',
      'DisassociateMembers',
      'StopMonitoringMembers',
      'DeleteMembers',
      'DisassociateFromAdministratorAccount',
      'DisassociateFromMasterAccount',
      'CreateIPSet',
      'UpdateIPSet',
    ),
    refused(
      'config.amazonaws.com',
      'StopConfigurationRecorder',
      'DeleteConfigurationRecorder',
      'DeleteDeliveryChannel',
    ),
    refused(
      'securityhub.amazonaws.com',
      'DisableSecurityHub',
      'DisassociateFromAdministratorAccount',
      'DisassociateMembers',
      'DeleteMembers',
    ),
    refused('macie2.amazonaws.com', 'DisableMacie'),
    refused('access-analyzer.amazonaws.com', 'DeleteAnalyzer'),
    refused('inspector2.amazonaws.com', 'Disable'),
    refused('ec2.amazonaws.com', 'DeleteFlowLogs', 'DisableEbsEncryptionByDefault', 'EnableSerialConsoleAccess'),
    refused('route53resolver.amazonaws.com', 'DeleteResolverQueryLogConfig', 'DisassociateResolverQueryLogConfig'),
    refused('iam.amazonaws.com', 'DeleteAccountPasswordPolicy'),
  ],
  settings: ['infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.service}|${event.actor}`,
  quietMs: HOUR,
  headline: refusal,
  resources: (event) => [event.service],
  why: 'Somebody wanted the lights out. They were refused this time; they may find another way.',
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions before it tries again.',
    'Check that the guard is on: aws guardduty list-detectors, configservice describe-configuration-recorder-status, ec2 describe-flow-logs.',
    'See what else the actor did in the hours before: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'Deny these calls to everybody but the owners, by a service control policy.',
  ],
  falsePositives: ['A clean-up script, or somebody in the console, without the rights for it.'],
  blindSpots: ['Attempts that fail for other reasons than missing rights.'],
  references: [
    'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_guardduty.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

export const examples = (): Examples => {
  const deleted = call('guardduty.amazonaws.com', 'DeleteDetector', { requestParameters: { detectorId: '0ab1c2' } });
  const attempt = denied(deleted);
  return {
    fires: [
      { why: 'GuardDuty', timeline: [attempt], severity: 'medium' },
      {
        why: 'refused by a guard rail of the organization',
        timeline: [
          but(attempt, { errorMessage: 'not authorized … with an explicit deny in a service control policy' }),
        ],
        severity: 'medium',
      },
      {
        why: 'flow logs',
        timeline: [
          but(attempt, {
            eventSource: 'ec2.amazonaws.com',
            eventName: 'DeleteFlowLogs',
            errorCode: 'Client.UnauthorizedOperation',
          }),
        ],
      },
      {
        why: 'AWS Config',
        timeline: [but(attempt, { eventSource: 'config.amazonaws.com', eventName: 'StopConfigurationRecorder' })],
      },
      {
        why: 'several calls on GuardDuty: one alert',
        timeline: [attempt, later(but(attempt, { eventName: 'DeleteMembers' }), 60_000)],
      },
      { why: 'by Terraform', timeline: [but(attempt, { userAgent: 'Terraform/1.9' })], severity: 'low' },
    ],
    quiet: [
      { why: 'it succeeded: another rule', timeline: [deleted] },
      { why: 'there was nothing to delete', timeline: [but(attempt, { errorCode: 'BadRequestException' })] },
      { why: 'looking was refused', timeline: [but(attempt, { eventName: 'ListDetectors', readOnly: true })] },
    ],
  };
};
