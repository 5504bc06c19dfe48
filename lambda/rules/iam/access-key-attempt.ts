import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples } from '../rule';
import { but, denied, user } from '../sample';
import { forSomebodyElse, IAM, isRoot, KEY_REFERENCES, KEY_RUNBOOK, userInWords, userResources } from './access-keys';
import { keyCreated } from './key-samples';

export default defineRule({
  id: 'access-key-attempt',
  title: 'Access key for another user tried in vain',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-5', '1-7'],
  attack: ['TA0003/T1098.001'],
  // Refused attempts are told by denied-sensitive.
  match: [{ feed: 'errors', outcome: 'failed', service: IAM, calls: ['CreateAccessKey'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => !isRoot(event) && forSomebodyElse(event),
  per: (event) => `${event.account}|${event.actor}`,
  headline: (event) => `${event.actor} tried to create an access key for ${userInWords(event)} ${whereFrom(event)}`,
  resources: userResources,
  why: 'The caller has the right to make keys for others, and failed only because the user has two, or does not exist.',
  runbook: KEY_RUNBOOK,
  falsePositives: ['An administrator who mistyped a name, or forgot the key limit.'],
  blindSpots: ['What else the caller did with that right: access-key-created-for-other tells success.'],
  references: KEY_REFERENCES,
});

export const examples = (): Examples => {
  const failed = keyCreated('bob', {
    errorCode: 'LimitExceededException',
    errorMessage: 'Cannot exceed quota for AccessKeysPerUser: 2',
    responseElements: null,
  });
  return {
    fires: [
      { why: 'bob has two keys already', timeline: [failed], severity: 'medium' },
      { why: 'there is no such user', timeline: [but(failed, { errorCode: 'NoSuchEntityException' })] },
      { why: 'by Pulumi', timeline: [but(failed, { userAgent: 'Pulumi/3' })], severity: 'low' },
    ],
    quiet: [
      { why: 'for himself', timeline: [but(failed, { userIdentity: user('bob') })] },
      { why: 'refused: another rule', timeline: [denied(failed)] },
      { why: 'it worked: another rule', timeline: [keyCreated('bob')] },
    ],
  };
};
