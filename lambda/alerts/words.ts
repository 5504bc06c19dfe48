import type { Outcome } from '../intake/trail-event';
import type { Severity } from '../rules/severity';

/**
 * The words around an alert, in one language. Rules write their own sentences in English; a language has titles for them.
 * Whatever comes from a record is made harmless before it is handed to one of these functions.
 */
export interface Words {
  /** For numbers: `en`. */
  readonly locale: string;
  readonly severities: Readonly<Record<Severity, string>>;
  /** Title of a rule in this language; undefined where there is none: then the rule's own. */
  readonly title: (ruleId: string) => string | undefined;
  /** Headings: at most 10 letters each. */
  readonly labels: {
    readonly what: string;
    readonly howMuch: string;
    readonly who: string;
    readonly from: string;
    readonly where: string;
    readonly when: string;
    readonly why: string;
    readonly act: string;
    readonly expected: string;
    readonly links: string;
    readonly ids: string;
  };
  readonly test: string;

  readonly moreSevere: (was: string) => string;
  readonly moreOften: (times: number) => string;
  readonly goesOn: (since: string, alertId: string) => string;
  readonly outdone: string;
  readonly updateTitle: (title: string) => string;
  readonly knownNow: string;
  readonly tooMuchTitle: (title: string) => string;
  readonly tooMuch: string;

  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly moreThan: (count: string) => string;
  /** `12 refused reads within 10 min (alerts from 10)` */
  readonly amount: (count: string, unit: string, within: string, threshold: string) => string;
  readonly suchEvents: (count: string) => string;
  readonly steps: (steps: readonly string[], within: string) => string;
  readonly silence: (length: string) => string;
  readonly firstTime: (days: number) => string;

  /** By `userIdentity.type`. */
  readonly callerTypes: Readonly<Record<string, string>>;
  readonly withMfa: string;
  readonly withoutMfa: string;
  readonly accessKey: (id: string) => string;
  readonly ofAccount: (account: string) => string;
  readonly behindSourceIdentity: (name: string) => string;
  readonly behindPerson: (name: string) => string;
  readonly behindInstance: (id: string) => string;
  readonly behindSession: (name: string) => string;
  readonly behindUnknown: string;
  /** Who began it, and the roles taken one after the other since. */
  readonly lineage: (first: string, then: readonly string[]) => string;
  readonly lineageUnknown: string;
  readonly lineageIncomplete: string;
  readonly also: (names: readonly string[]) => string;

  readonly trusted: string;
  readonly untrusted: string;
  readonly service: (name: string) => string;
  readonly noAddress: string;
  readonly agent: (name: string) => string;
  readonly account: (id: string, name: string | undefined) => string;

  readonly detected: (time: string, after: string) => string;
  readonly waited: (length: string) => string;

  readonly ruleLine: (id: string, techniques: string) => string;
  readonly ruleGone: string;
  readonly harmlessCases: string;
  readonly paste: string;
  readonly noStanza: string;
  readonly neverSuppressed: string;
  readonly stanzaReason: string;
  readonly stanzaOwner: string;

  readonly noLinks: string;
  readonly dataEvent: string;
  readonly finding: string;
  readonly sameCaller: string;
  readonly aboutRule: string;
  readonly allOfIt: string;

  readonly alertId: (id: string) => string;
  readonly eventIds: (ids: readonly string[]) => string;
  readonly moreSamples: (count: number) => string;
  readonly group: (key: string) => string;
  readonly madeBy: (version: string, configHash: string) => string;
  /** Why parts are in another language; undefined in the rules' own. */
  readonly foreignRules: string | undefined;

  readonly digestSubject: (count: number, title: string) => string;
  readonly digestIntro: (count: number) => string;
  readonly digestMore: (count: number) => string;
  readonly alerts: (count: number) => string;
}

export const ENGLISH: Words = {
  locale: 'en',
  severities: { info: 'info', low: 'low', medium: 'medium', high: 'high', critical: 'critical' },
  title: () => undefined,
  labels: {
    what: 'WHAT',
    howMuch: 'HOW MUCH',
    who: 'WHO',
    from: 'FROM',
    where: 'WHERE',
    when: 'WHEN',
    why: 'WHY',
    act: 'DO',
    expected: 'EXPECTED?',
    links: 'LINKS',
    ids: 'IDS',
  },
  test: 'TEST. Made by trailhound send-test; nothing of this happened.',

  moreSevere: (was) => `More severe now: it was ${was}.`,
  moreOften: (times) => `More of it now: ${times} times the threshold or more.`,
  goesOn: (since, alertId) => `It still goes on, since ${since}. Told before as alert ${alertId}.`,
  outdone: 'Another message about this is at least as severe.',
  updateTitle: (title) => `Update: ${title}`,
  knownNow: 'It is known by now who took the role. All else about this alert was told before.',
  tooMuchTitle: (title) => `Too much to count: ${title}`,
  tooMuch: 'More events than can be counted. Treat it as the highest severity of this rule.',

  outcomes: { succeeded: 'succeeded', denied: 'was refused', failed: 'failed' },
  moreThan: (count) => `more than ${count}`,
  amount: (count, unit, within, threshold) => `${count} ${unit} within ${within} (alerts from ${threshold})`,
  suchEvents: (count) => `${count} such events`,
  steps: (steps, within) => `${steps.join(', then ')}, within ${within}`,
  silence: (length) => `nothing for ${length}`,
  firstTime: (days) => `Not seen before in the last ${days} days.`,

  callerTypes: {
    Root: 'root user',
    IAMUser: 'IAM user',
    AssumedRole: 'session of a role',
    FederatedUser: 'federated user',
    SAMLUser: 'user of a SAML provider',
    WebIdentityUser: 'user of a web identity provider',
    IdentityCenterUser: 'user of IAM Identity Center',
    AWSAccount: 'principal of another account',
    AWSService: 'AWS service',
  },
  withMfa: 'with MFA',
  withoutMfa: 'without MFA',
  accessKey: (id) => `key ${id}`,
  ofAccount: (account) => `of account ${account}`,
  behindSourceIdentity: (name) => `behind it: ${name} (source identity, set when the role was first taken)`,
  behindPerson: (name) => `behind it: ${name} (single sign-on)`,
  behindInstance: (id) => `behind it: EC2 instance ${id}`,
  behindSession: (name) => `behind it: ${name} (session name, chosen by whoever took the role)`,
  behindUnknown: 'behind it: unknown; the record does not say who took the role',
  lineage: (first, then) =>
    `behind it: ${first}, who took the role${then.length === 0 ? '' : ` by way of ${then.join(', then ')}`}`,
  lineageUnknown: 'who took the role: unknown yet; the call that began the session has not come, or a service made it',
  lineageIncomplete: 'who began that session: unknown yet',
  also: (names) => `also ${names.join(', ')}`,

  trusted: 'in a trusted network',
  untrusted: 'not in a trusted network',
  service: (name) => `the AWS service ${name}`,
  noAddress: 'the record names no address',
  agent: (name) => `agent ${name}`,
  account: (id, name) => (name === undefined ? `account ${id}` : `account ${name} (${id})`),

  detected: (time, after) => `detected ${time}, ${after} later`,
  waited: (length) => `This message waited for ${length}: the topic did not answer, or more severe ones went first.`,

  ruleLine: (id, techniques) => `Rule ${id}, ATT&CK ${techniques}`,
  ruleGone: 'The rule is no longer part of Trailhound.',
  harmlessCases: 'It may be one of these:',
  paste: 'Then paste this under "suppressions:" in trailhound.yaml, say why and who, and deploy:',
  neverSuppressed: 'It cannot be suppressed: it is about Trailhound itself.',
  noStanza: 'Nothing in the record is fit to name in a suppression; docs/configuration.md says how to write one.',
  stanzaReason: 'say why this is expected',
  stanzaOwner: 'say who answers for it',

  noLinks: 'The record names no event that could be looked up.',
  finding: 'A finding of another service of AWS: look for it there. CloudTrail does not have it.',
  dataEvent: 'A data event: look for its ID in the log files of the trail. The event history does not have it.',
  sameCaller: 'More of the same name:',
  aboutRule: 'About the rule:',
  allOfIt: 'All that is stored:',

  alertId: (id) => `alert ${id}`,
  eventIds: (ids) => `${ids.length === 1 ? 'event' : 'events'} ${ids.join(', ')}`,
  moreSamples: (count) => `${count} more samples are stored`,
  group: (key) => `counted for ${key}`,
  madeBy: (version, configHash) => `Trailhound ${version}, configuration ${configHash}`,
  foreignRules: undefined,

  digestSubject: (count, title) => `${count} alerts, the first: ${title}`,
  digestIntro: (count) => `${count} alerts came faster than they may be sent one by one. These are all of them.`,
  digestMore: (count) => `${count} more are in the e-mail.`,
  alerts: (count) => (count === 1 ? '1 alert' : `${count} alerts`),
};
