import { pick, text } from '../../intake/fields';
import { isRequestUnseen, requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Severity } from '../severity';
import { EC2 } from './launches';

/** Defaults of an account in a region that protect what is made later: what losing them means. */
const GUARDS: Readonly<Record<string, { readonly lost: string; readonly severity: Severity }>> = {
  DisableEbsEncryptionByDefault: { lost: 'encryption of new disks by default', severity: 'medium' },
  DisableSnapshotBlockPublicAccess: { lost: 'the block on sharing snapshots with everybody', severity: 'medium' },
  DisableImageBlockPublicAccess: { lost: 'the block on sharing images with everybody', severity: 'medium' },
  ModifyInstanceMetadataDefaults: { lost: 'the demand for tokens (IMDSv2) of new machines', severity: 'medium' },
  EnableSerialConsoleAccess: { lost: 'the lock on the serial consoles of machines', severity: 'high' },
};

export default defineRule({
  id: 'ec2-guard-weakened',
  title: 'Protective default of EC2 switched off',
  severity: (event, settings) => lessIfAutomated(GUARDS[event.call]?.severity ?? 'medium', event, settings),
  rows: ['1-20', '2-17'],
  attack: ['TA0005/T1562.001', 'TA0005/T1578'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: EC2,
      calls: Object.keys(GUARDS) as [string, ...string[]],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => event.call !== 'ModifyInstanceMetadataDefaults' || isRequestUnseen(event) || letsOldTokensIn(event),
  per: (event) => `${event.account}|${event.region}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} took away ${GUARDS[event.call]?.lost ?? 'a protective default'} in ${event.account} ${event.region} (${event.call})`,
  resources: (event) => [event.call],
  why: 'These defaults protect whatever is made later. Taking one away prepares sharing a disk, stealing credentials from a machine, or getting onto it.',
  runbook: [
    'Ask the actor why.',
    'Switch it on again, in the region of the event: aws ec2 enable-ebs-encryption-by-default, enable-snapshot-block-public-access --state block-all-sharing, enable-image-block-public-access --image-block-public-access-state block-new-sharing, disable-serial-console-access, modify-instance-metadata-defaults --http-tokens required.',
    'Look at disks, snapshots and machines made since.',
  ],
  falsePositives: [
    'An old image that needs tokens to be optional, a machine that starts no more and is reached by its console.',
  ],
  blindSpots: ['Single disks and machines that are made without these although the default is on.'],
  references: [
    'https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html',
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

function letsOldTokensIn(event: TrailEvent): boolean {
  const tokens = text(pick(requestOf(event), 'httpTokens'))?.toLowerCase();
  return tokens === 'optional' || tokens === 'no-preference';
}

export const examples = (): Examples => {
  const off = call(EC2, 'DisableEbsEncryptionByDefault', {
    requestParameters: { DisableEbsEncryptionByDefaultRequest: '' },
    responseElements: { DisableEbsEncryptionByDefaultResponse: { ebsEncryptionByDefault: false } },
  });
  const metadata = (HttpTokens: string) =>
    but(off, {
      eventName: 'ModifyInstanceMetadataDefaults',
      requestParameters: { ModifyInstanceMetadataDefaultsRequest: { HttpTokens } },
    });
  return {
    fires: [
      { why: 'disks', timeline: [off], severity: 'medium' },
      { why: 'snapshots', timeline: [but(off, { eventName: 'DisableSnapshotBlockPublicAccess' })], severity: 'medium' },
      { why: 'images', timeline: [but(off, { eventName: 'DisableImageBlockPublicAccess' })], severity: 'medium' },
      { why: 'serial consoles', timeline: [but(off, { eventName: 'EnableSerialConsoleAccess' })], severity: 'high' },
      { why: 'tokens of machines', timeline: [metadata('optional')], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(off, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [off, later(off, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(off)] },
      { why: 'switched on', timeline: [but(off, { eventName: 'EnableEbsEncryptionByDefault' })] },
      { why: 'tokens demanded', timeline: [metadata('required')] },
    ],
  };
};
