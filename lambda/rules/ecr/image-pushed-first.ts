import { requested } from '../acts';
import { isAutomated, whereFrom } from '../callers';
import { anyGlobMatches } from '../glob';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, denied, later, role, user } from '../sample';

const ECR = 'ecr.amazonaws.com';
const LEARN_DAYS = 14;

export default defineRule({
  id: 'image-pushed-first',
  title: 'Container image pushed by somebody who never did',
  // Low: a new developer or a new repository, most of the time.
  severity: (event, settings) =>
    isAutomated(event, settings) || anyGlobMatches(settings.deployers, event.actor, true) ? 'info' : 'low',
  rows: ['2-38'],
  attack: ['TA0003/T1525'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: ECR, calls: ['PutImage'] }],
  settings: ['deployers', 'infrastructureAsCodeAgents'],
  baseline: {
    kind: 'image author',
    value: (event) => {
      const repository = requested(event, 'repositoryName');
      return repository && `${event.actor} ${repository}`;
    },
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: (event) =>
    `${event.actor}, who never did, pushed ${requested(event, 'imageTag') ?? 'an image'} to repository ${requested(event, 'repositoryName') ?? '(not named)'} ${whereFrom(event)}`,
  resources: (event) => {
    const repository = requested(event, 'repositoryName');
    return repository === undefined ? [] : [repository];
  },
  why: 'Whatever runs the tag next runs this image. Replacing it is a quiet way into everything that uses it.',
  runbook: [
    'Ask the actor. Images come from a pipeline: name it in deployers.',
    'Compare: aws ecr describe-images --repository-name <repository>; make tags immutable.',
    'If nobody vouches for it, delete the image, deploy the former one, and look for what ran since.',
  ],
  falsePositives: ['People and pipelines that push for the first time.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`, 'A pipeline that was changed.'],
  references: [
    'https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1525/',
  ],
});

export const examples = (): Examples => {
  const opening = call(ECR, 'PutImage', {
    userIdentity: user('bob'),
    requestParameters: { repositoryName: 'shop', imageTag: 'latest' },
  });
  const pushed = but(later(opening, LEARN_DAYS * DAY), { userIdentity: user('alice') });
  return {
    fires: [
      { why: 'by somebody else', timeline: [opening, pushed], severity: 'low' },
      {
        why: 'to another repository',
        timeline: [opening, but(pushed, { userIdentity: user('bob'), requestParameters: { repositoryName: 'till' } })],
      },
      { why: 'again: one alert', timeline: [opening, pushed, later(pushed, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(pushed, -1_000)] },
      { why: 'by the same', timeline: [opening, later(opening, LEARN_DAYS * DAY)] },
      { why: 'by a pipeline', timeline: [opening, but(pushed, { userIdentity: role('GitHubActions', 'run-7') })] },
      { why: 'refused', timeline: [opening, denied(pushed)] },
    ],
  };
};
