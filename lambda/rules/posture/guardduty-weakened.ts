import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { GUARDDUTY, guardRule } from './guards';

const SERVICE = 'guardduty.amazonaws.com';

export default defineRule({
  id: 'guardduty-weakened',
  title: 'GuardDuty switched off or blinded',
  ...guardRule({ [SERVICE]: 'GuardDuty' }, { [SERVICE]: GUARDDUTY }),
  rows: ['1-20', '2-6'],
  why: 'Somebody put out the lights: what follows raises no findings. Hardly anybody does this by accident.',
  runbook: [
    'Switch it on again: aws guardduty list-detectors, then update-detector --detector-id <id> --enable, or create-detector --enable.',
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'Look at trusted address lists and filters: aws guardduty list-ip-sets, list-filters; delete those that nobody knows.',
    'See what else the actor did before and since: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  ],
  falsePositives: ['Closing an account or a region. Filters that hide findings which somebody has looked at.'],
  blindSpots: ["What the organization's administrator changes for all members is recorded in that account."],
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

export const examples = (): Examples => {
  const detectorId = '0ab1c2d3e4f5061728394a5b6c7d8e9f';
  const did = (name: string, fields: object = {}) =>
    call(SERVICE, name, { requestParameters: { detectorId, ...fields } });
  const deleted = did('DeleteDetector');
  return {
    fires: [
      { why: 'the detector was deleted', timeline: [deleted], severity: 'high' },
      { why: 'switched off', timeline: [did('UpdateDetector', { enable: false })], severity: 'high' },
      { why: 'switched off, as text', timeline: [did('UpdateDetector', { enable: 'false' })], severity: 'high' },
      {
        why: 'a feature switched off',
        timeline: [did('UpdateDetector', { enable: true, features: [{ name: 'S3_DATA_EVENTS', status: 'DISABLED' }] })],
        severity: 'medium',
      },
      {
        why: 'a feature switched off, in the older way',
        timeline: [did('UpdateDetector', { dataSources: { s3Logs: { enable: false } } })],
        severity: 'medium',
      },
      {
        why: 'members let go',
        timeline: [did('DisassociateMembers', { accountIds: ['444455556666'] })],
        severity: 'high',
      },
      {
        why: 'addresses that raise no findings',
        timeline: [did('CreateIPSet', { activate: true, name: 'ours' })],
        severity: 'high',
      },
      {
        why: 'findings hidden',
        timeline: [did('CreateFilter', { name: 'noise', action: 'ARCHIVE' })],
        severity: 'medium',
      },
      {
        why: 'too large to see',
        timeline: [but(deleted, { eventName: 'UpdateDetector', requestParameters: { omitted: true } })],
        severity: 'high',
      },
      { why: 'by Terraform', timeline: [but(deleted, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [deleted, later(deleted, HOUR)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(deleted)] },
      { why: 'switched on', timeline: [did('UpdateDetector', { enable: true })] },
      {
        why: 'a feature switched on',
        timeline: [did('UpdateDetector', { features: [{ name: 'S3_DATA_EVENTS', status: 'ENABLED' }] })],
      },
      { why: 'a list that is not in use', timeline: [did('CreateIPSet', { activate: false })] },
      { why: 'a filter that hides nothing', timeline: [did('CreateFilter', { action: 'NOOP' })] },
    ],
  };
};
