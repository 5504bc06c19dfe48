import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { CONFIG, guardRule } from './guards';

const SERVICE = 'config.amazonaws.com';

export default defineRule({
  id: 'config-weakened',
  title: 'AWS Config stopped or narrowed',
  ...guardRule({ [SERVICE]: 'AWS Config' }, { [SERVICE]: CONFIG }),
  why: 'Changes of resources are no longer recorded or judged: nobody will be able to say later what was changed.',
  runbook: [
    'Start it again: aws configservice start-configuration-recorder --configuration-recorder-name <name>; put the delivery channel back.',
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'For the time without recording, compare resources with your templates.',
  ],
  falsePositives: ['Saving cost, closing a region, moving to another set of rules (low).'],
  blindSpots: ['A recorder that lacks the role or the bucket it needs stops by itself.'],
  references: [
    'https://docs.aws.amazon.com/config/latest/developerguide/log-api-calls.html',
    'https://attack.mitre.org/techniques/T1562/001/',
  ],
});

export const examples = (): Examples => {
  const did = (name: string, requestParameters: object = { configurationRecorderName: 'default' }) =>
    call(SERVICE, name, { requestParameters });
  const recorder = (recordingGroup: object) =>
    did('PutConfigurationRecorder', { configurationRecorder: { name: 'default', recordingGroup } });
  const stopped = did('StopConfigurationRecorder');
  return {
    fires: [
      { why: 'stopped', timeline: [stopped], severity: 'high' },
      { why: 'the channel was deleted', timeline: [did('DeleteDeliveryChannel')], severity: 'high' },
      { why: 'the recorder was deleted', timeline: [did('DeleteConfigurationRecorder')], severity: 'high' },
      {
        why: 'some kinds of resources only',
        timeline: [recorder({ allSupported: false, resourceTypes: ['AWS::EC2::Instance'] })],
        severity: 'medium',
      },
      {
        why: 'some kinds left out',
        timeline: [recorder({ recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' } })],
        severity: 'medium',
      },
      {
        why: 'a rule was deleted',
        timeline: [did('DeleteConfigRule', { configRuleName: 'encrypted' })],
        severity: 'low',
      },
      { why: 'many rules: one alert', timeline: [did('DeleteConfigRule'), later(did('DeleteConfigRule'), HOUR)] },
      {
        why: 'by CloudFormation',
        timeline: [but(stopped, { userAgent: 'cloudformation.amazonaws.com' })],
        severity: 'medium',
      },
    ],
    quiet: [
      {
        why: 'it failed',
        timeline: [but(stopped, { errorCode: 'NoSuchConfigurationRecorderException', errorMessage: 'no' })],
      },
      { why: 'the call was refused', timeline: [denied(stopped)] },
      {
        why: 'all kinds of resources',
        timeline: [recorder({ allSupported: true, includeGlobalResourceTypes: false })],
      },
      { why: 'started', timeline: [did('StartConfigurationRecorder')] },
    ],
  };
};
