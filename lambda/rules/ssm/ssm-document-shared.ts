import { asArray, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isOutside } from '../accounts';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import type { Settings } from '../settings';
import { REMOTE_REFERENCES, SSM } from './remote';

export default defineRule({
  id: 'ssm-document-shared',
  title: 'Systems Manager document shared outside',
  severity: (event, settings) =>
    lessIfAutomated(outsiders(event, settings).includes('all') ? 'high' : 'medium', event, settings),
  rows: ['1-20', '2-16'],
  attack: ['TA0010/T1537', 'TA0002/T1651'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: SSM, calls: ['ModifyDocumentPermission'] }],
  settings: ['organizationAccounts', 'infrastructureAsCodeAgents'],
  when: (event, settings) => outsiders(event, settings).length > 0,
  per: (event) => `${event.account}|${event.region}|${documentOf(event)}|${event.actor}`,
  quietMs: HOUR,
  headline: (event, settings) =>
    `${event.actor} shared document ${documentOf(event)} of ${event.account} ${event.region} with ${outsiders(event, settings).slice(0, 3).join(', ')}`,
  resources: (event) => [documentOf(event)],
  why: 'Documents tell how machines are run, often with names and secrets in them. Shared with all, they are public.',
  runbook: [
    'Take it back: aws ssm modify-document-permission --name <document> --permission-type Share --account-ids-to-remove <account or all>.',
    'Read the document for secrets, and change those.',
    'Block it for good: aws ssm update-service-setting --setting-id /ssm/documents/console/public-sharing-permission --setting-value Disable.',
  ],
  falsePositives: ['Vendors who publish documents, and own accounts that organizationAccounts does not name.'],
  blindSpots: ['Documents that were shared earlier and get new content.'],
  references: [
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html',
    ...REMOTE_REFERENCES,
  ],
});

function documentOf({ record }: TrailEvent): string {
  return text(pick(record['requestParameters'], 'name')) ?? '(not named)';
}

/** `all`, or accounts outside. */
function outsiders(event: TrailEvent, settings: Settings): readonly string[] {
  return asArray(pick(event.record['requestParameters'], 'accountIdsToAdd'))
    .flatMap((account) => text(account)?.toLowerCase() ?? [])
    .filter((account) => account === 'all' || isOutside(account, event, settings));
}

export const examples = (): Examples => {
  const shared = (...accountIdsToAdd: string[]) =>
    call(SSM, 'ModifyDocumentPermission', {
      requestParameters: { name: 'run-book', permissionType: 'Share', accountIdsToAdd },
    });
  const everybody = shared('all');
  return {
    fires: [
      { why: 'with everybody', timeline: [everybody], severity: 'high' },
      {
        why: 'with a stranger',
        timeline: [shared('444455556666', '999988887777')],
        settings: { organizationAccounts: ['444455556666'] },
        severity: 'medium',
      },
      { why: 'by Terraform', timeline: [but(everybody, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
    ],
    quiet: [
      {
        why: 'with an own account',
        timeline: [shared('444455556666')],
        settings: { organizationAccounts: ['444455556666'] },
      },
      {
        why: 'taken back',
        timeline: [but(everybody, { requestParameters: { name: 'run-book', accountIdsToRemove: ['all'] } })],
      },
      { why: 'the call was refused', timeline: [denied(everybody)] },
    ],
  };
};
