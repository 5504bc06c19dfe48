import { flag, pick } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import { type Acts, act, actRule, isHidden } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';
import { BEDROCK } from './bedrock';

/** Kinds of what is asked and answered, each with a switch. */
const DELIVERIES = [
  'textDataDeliveryEnabled',
  'imageDataDeliveryEnabled',
  'embeddingDataDeliveryEnabled',
  'videoDataDeliveryEnabled',
];

const ACTS: Acts = {
  [BEDROCK]: {
    DeleteModelInvocationLoggingConfiguration: act('high', 'ended the log of what models are asked:'),
    PutModelInvocationLoggingConfiguration: (event) => {
      const logging = pick(requestOf(event), 'loggingConfig');
      return isHidden(event) || DELIVERIES.some((name) => flag(pick(logging, name)) === false)
        ? act('high', 'narrowed the log of what models are asked:')
        : act('low', 'changed the log of what models are asked:');
    },
    DeleteGuardrail: act('medium', 'deleted guardrail'),
    UpdateGuardrail: act('low', 'changed guardrail'),
  },
};

export default defineRule({
  id: 'bedrock-logging-off',
  title: 'Log or guardrail of models removed',
  ...actRule(ACTS, { names: ['guardrailIdentifier', 'name', 'loggingConfig'] }),
  rows: ['2-25'],
  attack: ['TA0005/T1562.008'],
  why: 'Without the log nobody sees what models were asked with your account, nor what they gave away. Thieves of models look for it first.',
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'Set it up again: aws bedrock put-model-invocation-logging-configuration, in the region of the event; the guardrail from your templates.',
    'See who asked models since: InvokeModel and Converse events, and the metrics of AWS/Bedrock.',
  ],
  falsePositives: ['Tuning a guardrail (low). Taking a program down.'],
  blindSpots: ['The bucket or log group that the log goes to: logs-removed, s3-buckets-deleted.'],
  references: [
    'https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

export const examples = (): Examples => {
  const deleted = call(BEDROCK, 'DeleteModelInvocationLoggingConfiguration');
  const put = (textDataDeliveryEnabled: boolean) =>
    but(deleted, {
      eventName: 'PutModelInvocationLoggingConfiguration',
      requestParameters: { loggingConfig: { textDataDeliveryEnabled, imageDataDeliveryEnabled: true } },
    });
  const guardrail = but(deleted, {
    eventName: 'DeleteGuardrail',
    requestParameters: { guardrailIdentifier: 'a1b2c3d4e5f6' },
  });
  return {
    fires: [
      { why: 'the log ended', timeline: [deleted], severity: 'high' },
      { why: 'without texts', timeline: [put(false)], severity: 'high' },
      { why: 'changed', timeline: [put(true)], severity: 'low' },
      { why: 'a guardrail deleted', timeline: [guardrail], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(deleted, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [deleted, later(deleted, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(deleted)] },
      { why: 'a guardrail made', timeline: [but(guardrail, { eventName: 'CreateGuardrail' })] },
    ],
  };
};
