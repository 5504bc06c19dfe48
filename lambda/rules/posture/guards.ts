import { asArray, fieldsOf, flag, pick, text } from '../../intake/fields';
import { isRequestUnseen } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { HOUR, type Match, type Rule } from '../rule';
import type { Severity } from '../severity';

/** Services that watch the account, and what takes their eyes away. */

/** What a call did to a guard, as the end of a sentence after its author's name; and how grave that is. */
export interface Weakening {
  readonly did: string;
  readonly severity: Severity;
}

type Judge = Weakening | ((event: TrailEvent) => Weakening | undefined);

/** Calls of one service that weaken it. */
export type Weakenings = Readonly<Record<string, Judge>>;

const grave = (did: string): Weakening => ({ did, severity: 'high' });
const notable = (did: string): Weakening => ({ did, severity: 'medium' });
const slight = (did: string): Weakening => ({ did, severity: 'low' });

/** Grave only where a parameter says so; what can't be seen counts. */
const when =
  (says: (request: unknown) => boolean, weakening: Weakening) =>
  (event: TrailEvent): Weakening | undefined =>
    isRequestUnseen(event) || says(event.record['requestParameters']) ? weakening : undefined;

const isOff = (value: unknown) => flag(value) === false;
const is = (name: string, value: string) => (request: unknown) =>
  text(pick(request, name))?.toUpperCase() === value.toUpperCase();

/** `features: [{name: 'S3_DATA_EVENTS', status: 'DISABLED'}]`, or the older `dataSources: {s3Logs: {enable: false}}`. */
function switchesFeatureOff(request: unknown): boolean {
  const sources = Object.values(fieldsOf(pick(request, 'dataSources')) ?? {}).flatMap((source) => [
    source,
    ...Object.values(fieldsOf(source) ?? {}),
  ]);
  return (
    asArray(pick(request, 'features')).some(is('status', 'DISABLED')) ||
    sources.some((source) => isOff(pick(source, 'enable')) || isOff(pick(source, 'autoEnable')))
  );
}

/** @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html */
export const GUARDDUTY: Weakenings = {
  DeleteDetector: grave('deleted the detector'),
  UpdateDetector: (event) =>
    when((request) => isOff(pick(request, 'enable')), grave('switched the detector off'))(event) ??
    when(switchesFeatureOff, notable('switched off what the detector looks at'))(event),
  UpdateMemberDetectors: when(switchesFeatureOff, notable("switched off what members' detectors look at")),
  StopMonitoringMembers: grave('stopped watching member accounts'),
  DisassociateMembers: grave('let member accounts go'),
  DeleteMembers: grave('removed member accounts'),
  DisassociateFromAdministratorAccount: grave('left the account that administers it'),
  DisassociateFromMasterAccount: grave('left the account that administers it'),
  DisableOrganizationAdminAccount: grave('took administration from its account'),
  DeletePublishingDestination: notable('stopped the export of findings'),
  CreateIPSet: when(
    (request) => flag(pick(request, 'activate')) === true,
    grave('added addresses that raise no findings'),
  ),
  UpdateIPSet: when(
    (request) => flag(pick(request, 'activate')) !== false,
    grave('changed the addresses that raise no findings'),
  ),
  CreateTrustedEntitySet: when(
    (request) => flag(pick(request, 'activate')) === true,
    grave('added hosts that raise no findings'),
  ),
  UpdateTrustedEntitySet: when(
    (request) => flag(pick(request, 'activate')) !== false,
    grave('changed the hosts that raise no findings'),
  ),
  CreateFilter: when(is('action', 'ARCHIVE'), notable('hides new findings by a filter')),
  UpdateFilter: when(is('action', 'ARCHIVE'), notable('hides findings by a filter')),
  DeleteThreatIntelSet: slight('deleted a list of known attackers'),
  UpdateThreatIntelSet: when(
    (request) => isOff(pick(request, 'activate')),
    slight('switched off a list of known attackers'),
  ),
};

function recordsOnlySome(request: unknown): boolean {
  const group = pick(pick(request, 'configurationRecorder'), 'recordingGroup');
  const strategy = text(pick(pick(group, 'recordingStrategy'), 'useOnly'));
  return isOff(pick(group, 'allSupported')) || (strategy !== undefined && strategy !== 'ALL_SUPPORTED_RESOURCE_TYPES');
}

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_Operations.html */
export const CONFIG: Weakenings = {
  StopConfigurationRecorder: grave('stopped recording'),
  DeleteConfigurationRecorder: grave('deleted the recorder'),
  DeleteDeliveryChannel: grave('deleted the delivery channel'),
  PutConfigurationRecorder: when(recordsOnlySome, notable('made it record some kinds of resources only')),
  DeleteServiceLinkedConfigurationRecorder: notable('deleted the recorder of a service'),
  DisassociateResourceTypes: notable('took kinds of resources out of the recording'),
  DeleteOrganizationConfigRule: notable('deleted a rule of the organization'),
  DeleteOrganizationConformancePack: notable('deleted a conformance pack of the organization'),
  DeleteConformancePack: slight('deleted a conformance pack'),
  DeleteConfigRule: slight('deleted a rule'),
  DeleteConfigurationAggregator: slight('deleted an aggregator'),
};

function hidesFindings(request: unknown): boolean {
  const actions = asArray(pick(request, 'actions')).map((action) => pick(action, 'findingFieldsUpdate'));
  return [request, ...actions].some((update) => is('status', 'SUPPRESSED')(pick(update, 'workflow')));
}

/** @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Operations.html */
export const SECURITY_HUB: Weakenings = {
  DisableSecurityHub: grave('switched it off'),
  DisableSecurityHubV2: grave('switched it off'),
  DisassociateFromAdministratorAccount: grave('left the account that administers it'),
  DisassociateFromMasterAccount: grave('left the account that administers it'),
  DisassociateMembers: grave('let member accounts go'),
  DeleteMembers: grave('removed member accounts'),
  DisableOrganizationAdminAccount: grave('took administration from its account'),
  BatchDisableStandards: notable('switched off standards'),
  DisableImportFindingsForProduct: notable('stopped taking findings of a product'),
  CreateAutomationRule: when(hidesFindings, notable('suppresses findings by a rule')),
  UpdateStandardsControl: when(is('controlStatus', 'DISABLED'), slight('switched off a control')),
  BatchUpdateFindings: when(hidesFindings, slight('suppressed findings')),
  UpdateFindings: when(is('recordState', 'ARCHIVED'), slight('archived findings')),
  DeleteFindingAggregator: slight('stopped collecting findings of other regions'),
};

export const MACIE: Weakenings = {
  DisableMacie: notable('switched it off'),
  UpdateMacieSession: when(is('status', 'PAUSED'), notable('paused it')),
  DisassociateFromAdministratorAccount: notable('left the account that administers it'),
  DisassociateFromMasterAccount: notable('left the account that administers it'),
  DisassociateMember: notable('let a member account go'),
  DeleteMember: notable('removed a member account'),
};

export const ACCESS_ANALYZER: Weakenings = {
  DeleteAnalyzer: notable('deleted an analyzer'),
  CreateArchiveRule: slight('hides findings by a rule'),
};

export const INSPECTOR: Weakenings = {
  Disable: notable('switched it off'),
  DisassociateMember: notable('let a member account go'),
  DisableDelegatedAdminAccount: notable('took administration from its account'),
  CreateFilter: when(is('action', 'SUPPRESS'), slight('hides findings by a filter')),
};

export const DETECTIVE: Weakenings = {
  DeleteGraph: notable('deleted its graph'),
  DeleteMembers: notable('removed member accounts'),
  DisassociateMembership: notable('left the graph of the administering account'),
};

function weakening(tables: Readonly<Record<string, Weakenings>>, event: TrailEvent): Weakening | undefined {
  const table = tables[event.service];
  const judge = table !== undefined && Object.hasOwn(table, event.call) ? table[event.call] : undefined;
  return typeof judge === 'function' ? judge(event) : judge;
}

type GuardRule = Pick<
  Rule,
  'severity' | 'rows' | 'attack' | 'match' | 'when' | 'per' | 'quietMs' | 'settings' | 'headline' | 'resources'
>;

/** What the rules on guards have in common: calls from the tables, by service, and their severity. */
export function guardRule(
  names: Readonly<Record<string, string>>,
  tables: Readonly<Record<string, Weakenings>>,
): GuardRule {
  const [first, ...others] = Object.entries(tables).map(
    ([service, table]): Match => ({
      feed: 'api-writes',
      outcome: 'succeeded',
      service,
      calls: Object.keys(table) as [string, ...string[]],
    }),
  );
  return {
    severity: (event, settings) => lessIfAutomated(weakening(tables, event)?.severity ?? 'medium', event, settings),
    rows: ['1-20'],
    attack: ['TA0005/T1562.001'],
    match: [first as Match, ...others],
    settings: ['infrastructureAsCodeAgents'],
    when: (event) => weakening(tables, event) !== undefined,
    // A different call is another alert; the same call over many rules or findings is one.
    per: (event) => `${event.account}|${event.region}|${event.service}|${event.call}|${event.actor}`,
    quietMs: 12 * HOUR,
    headline: (event) =>
      `${event.actor} ${weakening(tables, event)?.did ?? 'changed it'}: ${names[event.service] ?? event.service} in ${event.account} ${event.region} (${event.call})`,
    resources: (event) => [guarded(event) ?? event.service],
  };
}

/** Name or id of what the call is about. */
function guarded({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  return [
    'detectorId',
    'configRuleName',
    'configurationRecorderName',
    'deliveryChannelName',
    'analyzerName',
    'conformancePackName',
    'filterName',
    'name',
  ].flatMap((name) => text(pick(parameters, name)) ?? [])[0];
}
