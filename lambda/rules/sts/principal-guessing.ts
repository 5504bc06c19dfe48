import { text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorAndTool, fromClient, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, repeat } from '../sample';

export default defineRule({
  id: 'principal-guessing',
  title: 'Principals guessed through policies that were refused',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-8'],
  attack: ['TA0007/T1087.004'],
  match: [
    {
      feed: 'errors',
      outcome: 'failed',
      service: 'iam.amazonaws.com',
      calls: ['UpdateAssumeRolePolicy', 'CreateRole'],
    },
    { feed: 'errors', outcome: 'failed', service: 's3.amazonaws.com', calls: ['PutBucketPolicy'] },
    { feed: 'errors', outcome: 'failed', service: 'kms.amazonaws.com', calls: ['CreateKey', 'PutKeyPolicy'] },
    { feed: 'errors', outcome: 'failed', service: 'sns.amazonaws.com', calls: ['AddPermission', 'SetTopicAttributes'] },
    { feed: 'errors', outcome: 'failed', service: 'ecr.amazonaws.com', calls: ['SetRepositoryPolicy'] },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: invalidPrincipal,
    threshold: 4,
    withinMs: 10 * MINUTE,
    unit: 'principals that do not exist',
  },
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} called ${event.call} and heard: ${invalidPrincipal(event) ?? 'no such principal'}`,
  why: "AWS refuses a policy that names a user or role which does not exist. Trying names in a policy of one's own tells which users and roles another account has.",
  runbook: [
    'Read the names in the error messages: do they look like a list of guesses, or like one typing error?',
    'Ask the actor. If nobody vouches for it, deactivate its keys: the account is used to attack another one.',
    'Look for role and bucket policies that the actor did change, and put them back.',
  ],
  falsePositives: ['A template that names several roles before they exist, tried until it works.'],
  blindSpots: [
    'Guesses that hit: the policy is then changed without an error.',
    'Services whose message does not repeat the principal.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
    'https://attack.mitre.org/techniques/T1087/004/',
  ],
});

const LENGTH_MAX = 200;

/** What the message says of the principal, `Invalid principal in policy: "AWS":"arn:…"`; undefined for other failures. */
function invalidPrincipal({ record }: TrailEvent): string | undefined {
  const message = text(record['errorMessage']);
  return message?.toLowerCase().includes('principal') ? message.slice(0, LENGTH_MAX) : undefined;
}

export const examples = (): Examples => {
  const refusal = (index: number) => ({
    errorCode: 'MalformedPolicyDocumentException',
    errorMessage: `Invalid principal in policy: "AWS":"arn:aws:iam::444455556666:role/guess-${index}"`,
  });
  const update = call('iam.amazonaws.com', 'UpdateAssumeRolePolicy', {
    requestParameters: null,
    ...refusal(0),
  });
  const guesses = (times: number, everyMs = 10_000) => repeat(update, times, everyMs, refusal);
  return {
    fires: [
      { why: 'four names within a minute', timeline: guesses(4), severity: 'medium' },
      { why: 'the fourth a second before the window closes', timeline: guesses(4, 199_600) },
      {
        why: 'in policies of a bucket',
        timeline: guesses(4).map((record) =>
          but(record, { eventSource: 's3.amazonaws.com', eventName: 'PutBucketPolicy', errorCode: 'MalformedPolicy' }),
        ),
      },
      {
        why: 'by Terraform',
        timeline: guesses(4).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'three names', timeline: guesses(3) },
      { why: 'the fourth when the window has closed', timeline: guesses(4, 200_000) },
      { why: 'one new role that IAM does not know yet, tried for two minutes', timeline: repeat(update, 12, 10_000) },
      {
        why: 'policies with errors of another kind',
        timeline: repeat(update, 4, 10_000, (index) => ({ errorMessage: `Syntax errors in policy at (${index}).` })),
      },
      {
        why: 'accepted',
        timeline: guesses(4).map((record) => but(later(record, 0), { errorCode: undefined, errorMessage: undefined })),
      },
    ],
  };
};
