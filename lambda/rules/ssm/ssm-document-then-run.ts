import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { machinesOf, REMOTE_REFERENCES, remoteInWords, SSM } from './remote';

const WRITING = ['CreateDocument', 'UpdateDocument'] as const;

export default defineRule({
  id: 'ssm-document-then-run',
  title: 'Document written, then run on machines at once',
  severity: (event, settings) => (isWriting(event) ? 'info' : lessIfAutomated('medium', event, settings)),
  rows: ['1-20', '2-16'],
  attack: ['TA0002/T1651', 'TA0005/T1564'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: SSM, calls: WRITING },
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: SSM,
      calls: ['SendCommand', 'StartAutomationExecution', 'CreateAssociation', 'StartSession'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'sequence',
    withinMs: 30 * MINUTE,
    per: (event) => {
      const document = documentOf(event);
      return document === undefined ? undefined : `${event.account}|${event.region}|${document}`;
    },
    steps: [
      { name: 'written', is: isWriting },
      { name: 'run', is: (event) => !isWriting(event) },
    ],
  },
  quietMs: HOUR,
  headline: (event) =>
    isWriting(event)
      ? `${event.actor} called ${event.call} for document ${documentOf(event) ?? '(not named)'} in ${event.account} ${event.region}`
      : remoteInWords(event),
  resources: (event) => [documentOf(event) ?? '', ...machinesOf(event)].filter((name) => name !== ''),
  why: "A document of one's own runs whatever is in it, under a name that watchers of AWS's own documents do not look for.",
  runbook: [
    'Read it: aws ssm get-document --name <document>; list-command-invocations --details shows what came of it.',
    'Ask the actor.',
    "If nobody vouches for it, delete the document, deactivate the actor's keys, and treat the machines as taken.",
  ],
  falsePositives: ['Somebody who develops a document and tries it.'],
  blindSpots: ['Documents that are run later than half an hour after they were written.'],
  references: REMOTE_REFERENCES,
});

function isWriting({ call: name }: TrailEvent): boolean {
  return (WRITING as readonly string[]).includes(name);
}

/** Name of the document; calls that run one may give its ARN. */
function documentOf({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  const named = text(pick(parameters, 'documentName')) ?? text(pick(parameters, 'name'));
  return named?.slice(named.lastIndexOf('/') + 1) || undefined;
}

export const examples = (): Examples => {
  const written = call(SSM, 'CreateDocument', {
    requestParameters: { name: 'update-agents', documentType: 'Command' },
  });
  const run = later(
    call(SSM, 'SendCommand', {
      requestParameters: { documentName: 'update-agents', instanceIds: ['i-0123456789abcdef0'] },
    }),
    MINUTE,
  );
  return {
    fires: [
      { why: 'a minute later', timeline: [written, run], severity: 'medium' },
      { why: 'a new version', timeline: [but(written, { eventName: 'UpdateDocument' }), run] },
      {
        why: 'run by its ARN',
        timeline: [
          written,
          but(run, {
            requestParameters: { documentName: 'arn:aws:ssm:us-east-1:111122223333:document/update-agents' },
          }),
        ],
      },
      { why: 'at the end of the half hour', timeline: [written, later(run, 29 * MINUTE - 1_000)] },
      {
        why: 'by infrastructure as code',
        timeline: [written, but(run, { userAgent: 'Terraform/1.9' })],
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'half an hour later', timeline: [written, later(run, 29 * MINUTE)] },
      {
        why: 'another document',
        timeline: [written, but(run, { requestParameters: { documentName: 'AWS-RunShellScript' } })],
      },
      { why: 'refused', timeline: [written, denied(run)] },
      { why: 'only written', timeline: [written] },
    ],
  };
};
