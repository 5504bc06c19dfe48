import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import configWeakened from '../../lambda/rules/posture/config-weakened';
import guarddutyWeakened from '../../lambda/rules/posture/guardduty-weakened';
import scannerWeakened from '../../lambda/rules/posture/scanner-weakened';
import securityHubWeakened from '../../lambda/rules/posture/security-hub-weakened';
import type { Rule } from '../../lambda/rules/rule';
import { call } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';

const RULES: readonly Rule[] = [guarddutyWeakened, configWeakened, securityHubWeakened, scannerWeakened];

/** What the rules say of a call: its severity, `quiet`, or `not asked` for a call that none of them matches. */
function said(service: string, name: string, requestParameters: unknown = {}): string {
  const eventSource = `${service}.amazonaws.com`;
  const rule = RULES.find(({ match }) =>
    match.some((one) => one.service === eventSource && one.calls?.includes(name) === true),
  );
  if (rule === undefined) return 'not asked';
  const event = toTrailEvent(call(eventSource, name, { requestParameters })) as TrailEvent;
  if (rule.when?.(event, DEFAULT_SETTINGS) === false) return 'quiet';
  return typeof rule.severity === 'function' ? rule.severity(event, DEFAULT_SETTINGS) : rule.severity;
}

describe('calls that put out the lights, whatever their parameters', () => {
  it.each([
    [
      'guardduty',
      'high',
      'DeleteDetector StopMonitoringMembers DisassociateMembers DeleteMembers DisassociateFromAdministratorAccount DisassociateFromMasterAccount DisableOrganizationAdminAccount',
    ],
    ['guardduty', 'medium', 'DeletePublishingDestination'],
    ['guardduty', 'low', 'DeleteThreatIntelSet'],
    ['config', 'high', 'StopConfigurationRecorder DeleteConfigurationRecorder DeleteDeliveryChannel'],
    [
      'config',
      'medium',
      'DeleteServiceLinkedConfigurationRecorder DisassociateResourceTypes DeleteOrganizationConfigRule DeleteOrganizationConformancePack',
    ],
    ['config', 'low', 'DeleteConfigRule DeleteConformancePack DeleteConfigurationAggregator'],
    [
      'securityhub',
      'high',
      'DisableSecurityHub DisableSecurityHubV2 DisassociateFromAdministratorAccount DisassociateFromMasterAccount DisassociateMembers DeleteMembers DisableOrganizationAdminAccount',
    ],
    ['securityhub', 'medium', 'BatchDisableStandards DisableImportFindingsForProduct'],
    ['securityhub', 'low', 'DeleteFindingAggregator'],
    [
      'macie2',
      'medium',
      'DisableMacie DisassociateFromAdministratorAccount DisassociateFromMasterAccount DisassociateMember DeleteMember',
    ],
    ['access-analyzer', 'medium', 'DeleteAnalyzer'],
    ['access-analyzer', 'low', 'CreateArchiveRule'],
    ['inspector2', 'medium', 'Disable DisassociateMember DisableDelegatedAdminAccount'],
    ['detective', 'medium', 'DeleteGraph DeleteMembers DisassociateMembership'],
  ])('%s, %s: %s', (service, severity, calls) => {
    for (const name of calls.split(' ')) expect(`${name} ${said(service, name)}`).toBe(`${name} ${severity}`);
  });
});

describe('calls whose parameters decide', () => {
  it.each<[string, string, unknown, string]>([
    ['guardduty', 'CreateIPSet', { activate: true }, 'high'],
    ['guardduty', 'CreateIPSet', { activate: false }, 'quiet'],
    ['guardduty', 'CreateIPSet', null, 'high'],
    ['guardduty', 'UpdateIPSet', { location: 's3://example/list' }, 'high'],
    ['guardduty', 'UpdateIPSet', { activate: true }, 'high'],
    ['guardduty', 'UpdateIPSet', { activate: false }, 'quiet'],
    ['guardduty', 'CreateTrustedEntitySet', { activate: true }, 'high'],
    ['guardduty', 'CreateTrustedEntitySet', {}, 'quiet'],
    ['guardduty', 'UpdateTrustedEntitySet', {}, 'high'],
    ['guardduty', 'UpdateTrustedEntitySet', { activate: 'false' }, 'quiet'],
    ['guardduty', 'UpdateThreatIntelSet', { activate: false }, 'low'],
    ['guardduty', 'UpdateThreatIntelSet', { activate: true }, 'quiet'],
    ['guardduty', 'UpdateFilter', { action: 'ARCHIVE' }, 'medium'],
    ['guardduty', 'UpdateFilter', { action: 'NOOP' }, 'quiet'],
    ['guardduty', 'UpdateMemberDetectors', { features: [{ status: 'DISABLED' }] }, 'medium'],
    ['guardduty', 'UpdateMemberDetectors', { features: [{ status: 'ENABLED' }] }, 'quiet'],
    ['guardduty', 'UpdateDetector', { dataSources: { kubernetes: { auditLogs: { enable: false } } } }, 'medium'],
    ['guardduty', 'UpdateDetector', { dataSources: { s3Logs: { enable: true } } }, 'quiet'],
    ['guardduty', 'UpdateDetector', { findingPublishingFrequency: 'SIX_HOURS' }, 'quiet'],
    [
      'config',
      'PutConfigurationRecorder',
      { configurationRecorder: { recordingGroup: { allSupported: true } } },
      'quiet',
    ],
    ['config', 'PutConfigurationRecorder', { omitted: true }, 'medium'],
    [
      'securityhub',
      'CreateAutomationRule',
      { actions: [{ findingFieldsUpdate: { workflow: { status: 'NEW' } } }] },
      'quiet',
    ],
    ['securityhub', 'UpdateFindings', { recordState: 'ACTIVE' }, 'quiet'],
    ['macie2', 'UpdateMacieSession', { status: 'PAUSED' }, 'medium'],
    ['inspector2', 'CreateFilter', { action: 'suppress' }, 'low'],
  ])('%s %s %j: %s', (service, name, parameters, expected) => {
    expect(said(service, name, parameters)).toBe(expected);
  });

  it('are asked for none of the calls that switch something on', () => {
    for (const name of ['CreateDetector', 'CreateMembers', 'EnableOrganizationAdminAccount'])
      expect(said('guardduty', name)).toBe('not asked');
  });
});
