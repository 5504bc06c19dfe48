import { type Acts, act, actRule } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';
import { BEDROCK, BEDROCK_REFERENCES, MODELS_RUNBOOK, MODELS_WHY } from './bedrock';

const ACTS: Acts = {
  [BEDROCK]: {
    PutUseCaseForModelAccess: act('medium', 'asked for access to models'),
    CreateFoundationModelAgreement: act('medium', 'agreed to pay for model'),
    PutFoundationModelEntitlement: act('medium', 'took access to model'),
    CreateProvisionedModelThroughput: act('high', 'bought throughput of model'),
    CreateMarketplaceModelEndpoint: act('medium', 'started an endpoint of model'),
  },
  'aws-marketplace.amazonaws.com': {
    AcceptAgreementRequest: act('medium', 'agreed to buy in AWS Marketplace'),
  },
};

export default defineRule({
  id: 'bedrock-access-bought',
  title: 'Access to a model bought or asked for',
  ...actRule(ACTS, {
    names: ['modelId', 'provisionedModelName', 'modelSourceIdentifier', 'agreementRequestId'],
    attempts: true,
  }),
  rows: ['2-24'],
  attack: ['TA0040/T1496.004'],
  why: MODELS_WHY,
  runbook: MODELS_RUNBOOK,
  falsePositives: ['A model that is being taken into use.'],
  blindSpots: ['Models that the account may use already.'],
  references: [
    'https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html',
    'https://docs.aws.amazon.com/marketplace/latest/buyerguide/logging-aws-marketplace-api-calls-with-cloudtrail.html',
    ...BEDROCK_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const agreed = call(BEDROCK, 'CreateFoundationModelAgreement', {
    requestParameters: { modelId: 'example.model-v1:0', offerToken: 'x' },
  });
  return {
    fires: [
      { why: 'an agreement', timeline: [agreed], severity: 'medium' },
      {
        why: 'a use case',
        timeline: [but(agreed, { eventName: 'PutUseCaseForModelAccess', requestParameters: null })],
      },
      {
        why: 'throughput bought',
        timeline: [but(agreed, { eventName: 'CreateProvisionedModelThroughput' })],
        severity: 'high',
      },
      { why: 'refused', timeline: [denied(agreed)], severity: 'low' },
      { why: 'by Terraform', timeline: [but(agreed, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [agreed, later(agreed, 60_000)] },
    ],
    quiet: [
      { why: 'it failed otherwise', timeline: [but(agreed, { errorCode: 'ValidationException' })] },
      { why: 'given back', timeline: [but(agreed, { eventName: 'DeleteFoundationModelAgreement' })] },
    ],
  };
};
