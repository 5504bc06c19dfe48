import { asArray, at, flag, numeric, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, later } from '../sample';
import type { Severity } from '../severity';
import { finding } from './findings';

const GUARDDUTY = 'guardduty.amazonaws.com';

export default defineRule({
  id: 'guardduty-finding',
  title: 'GuardDuty finding',
  severity: (event) => severityOf(numeric(parameter(event, 'severity')) ?? 0),
  rows: ['2-42'],
  // What GuardDuty finds is of all tactics; these are the commonest.
  attack: ['TA0001/T1078', 'TA0040/T1496'],
  match: [{ feed: 'findings', outcome: 'succeeded', service: GUARDDUTY, calls: ['Finding'] }],
  // Archived ones are those that somebody has looked at, or that a filter hides.
  when: (event) => flag(parameter(event, 'archived')) !== true,
  per: (event) => `${event.account}|${text(parameter(event, 'findingId')) ?? event.id}`,
  quietMs: DAY,
  headline: (event) => {
    const says = text(parameter(event, 'title')) ?? 'a finding without a title';
    const about = resources(event).join(', ');
    return `GuardDuty in ${event.account} ${event.region}: ${says.slice(0, 200)} (${text(parameter(event, 'type')) ?? 'no type'}${about === '' ? '' : `; ${about.slice(0, 100)}`})`;
  },
  resources,
  why: 'GuardDuty watches what CloudTrail does not show: traffic, DNS, what runs on machines. It comes by the same channel, so that nobody has to watch two.',
  runbook: [
    'Open it: GuardDuty console, in the account and region of the finding; aws guardduty get-findings --detector-id <id> --finding-ids <id>.',
    'Follow the page of its type: it says what it means, and what else it may be.',
    'See what else this account was told about in the hours around it: trailhound alerts.',
    'Archive it when it is done, or make a suppression filter there: archived findings are not told.',
  ],
  falsePositives: ['Those of GuardDuty: its page on the type names them. Sample findings that somebody makes.'],
  blindSpots: [
    'Accounts and regions where GuardDuty is off.',
    'Replay of files does not read findings. Updates come after 5 minutes to 6 hours, as GuardDuty is set up.',
  ],
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html',
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html',
  ],
});

function parameter({ record }: TrailEvent, name: string): unknown {
  return at(record, 'requestParameters', name);
}

function resources(event: TrailEvent): readonly string[] {
  return asArray(parameter(event, 'resources')).flatMap((name) => text(name) ?? []);
}

/** @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
function severityOf(number: number): Severity {
  if (number >= 9) return 'critical';
  if (number >= 7) return 'high';
  return number >= 4 ? 'medium' : 'low';
}

export const examples = (): Examples => {
  const found = (severity: number, fields: object = {}) =>
    finding(GUARDDUTY, 'Finding', {
      requestParameters: {
        findingId: '8ab1c2d3e4f5061728394a5b6c7d8e9f',
        type: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
        title: 'A machine asks for a domain of miners.',
        severity,
        archived: false,
        resources: ['i-0a1b2c3d4e5f60718'],
        ...fields,
      },
    });
  const high = found(8);
  return {
    fires: [
      { why: 'a high one', timeline: [high], severity: 'high' },
      { why: 'the lowest high one', timeline: [found(7)], severity: 'high' },
      { why: 'a critical one', timeline: [found(9)], severity: 'critical' },
      { why: 'a medium one', timeline: [found(6.9)], severity: 'medium' },
      { why: 'a low one', timeline: [found(2)], severity: 'low' },
      {
        why: 'of a type that we do not know',
        timeline: [found(5, { type: undefined, title: undefined, resources: [] })],
      },
      { why: 'updated all day: one alert', timeline: [high, later(high, HOUR), later(high, 20 * HOUR)] },
    ],
    quiet: [
      { why: 'archived', timeline: [found(8, { archived: true })] },
      { why: 'a call of GuardDuty', timeline: [but(high, { eventCategory: 'Management', managementEvent: true })] },
    ],
  };
};
