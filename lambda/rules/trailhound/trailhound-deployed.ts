import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, repeat, role } from '../sample';
import { changeInWords, isDeployer, ownParts, tampering } from './own-parts';

export default defineRule({
  id: 'trailhound-deployed',
  title: 'Trailhound was deployed',
  severity: 'medium',
  rows: ['0-1'],
  attack: ['TA0005/T1562.008'],
  match: tampering('succeeded'),
  when: (event, settings) => isDeployer(event, settings) && ownParts(event, settings).length > 0,
  // One notice for a deployment, however many regions, roles and calls it takes.
  per: (event) => event.account,
  quietMs: HOUR,
  neverSuppressed: true,
  settings: ['ownResources', 'ownDeployRoles'],
  headline: changeInWords,
  why: 'Somebody with a deploy role changed the detector. If nobody deployed just now, the role was taken.',
  runbook: [
    'Did somebody of yours deploy at this time? Then there is nothing to do.',
    'Otherwise see who took the role: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole.',
    'Compare what is deployed with your code: cdk diff; the configuration hash is at the end of this message.',
    'Deploy again from a clean checkout, and change the credentials of the pipeline.',
  ],
  falsePositives: ['Every deployment: that is what this is for.'],
  blindSpots: ['What changed is not said here: the records of a deployment do not hold it.'],
  references: ['https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html'],
});

export const examples = (): Examples => {
  const settings = {
    ownDeployRoles: ['arn:aws:iam::111122223333:role/cdk-deploy', 'arn:aws:iam::111122223333:role/cdk-exec'],
  };
  const started = call('cloudformation.amazonaws.com', 'ExecuteChangeSet', {
    readOnly: false,
    userIdentity: role('cdk-deploy', 'ci'),
    requestParameters: { stackName: 'Trailhound-Hub', changeSetName: 'cdk-deploy-change-set' },
  });
  const made = but(later(started, 20_000), {
    eventSource: 'lambda.amazonaws.com',
    eventName: 'UpdateFunctionCode20150331v2',
    userIdentity: role('cdk-exec', 'AWSCloudFormation'),
    sourceIPAddress: 'cloudformation.amazonaws.com',
    requestParameters: { functionName: 'Trailhound-Hub-DetectPriority-EXAMPLE' },
  });
  return {
    fires: [
      { why: 'a change set was executed', timeline: [started], settings, severity: 'medium' },
      {
        why: 'a whole deployment by two roles, in several regions: one alert',
        timeline: [
          started,
          ...repeat(made, 30, 10_000, (index) => ({ awsRegion: index % 2 ? 'eu-west-1' : 'us-east-1' })),
        ],
        settings,
        severity: 'medium',
      },
      {
        why: 'a StackSet changes a forwarder, by a role whose name has a part that nobody knows before',
        timeline: [but(made, { userIdentity: role('stacksets-exec-0f1e2d3c', 'x') })],
        settings: { ownDeployRoles: ['arn:aws:iam::*:role/stacksets-exec-*'] },
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'no deploy role is known', timeline: [started] },
      { why: 'another role', timeline: [but(started, { userIdentity: role('other', 'x') })], settings },
      { why: 'another stack', timeline: [but(started, { requestParameters: { stackName: 'web' } })], settings },
      { why: 'it was refused', timeline: [denied(started)], settings },
    ],
  };
};
