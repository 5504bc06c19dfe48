import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { accountIn, isOutside, regionIn } from '../../lambda/rules/accounts';
import { call } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';

describe('the account that a text names', () => {
  it.each([
    ['999988887777', '999988887777'],
    ['arn:aws:iam::999988887777:root', '999988887777'],
    ['arn:aws-us-gov:kms:us-gov-west-1:999988887777:key/1', '999988887777'],
    ['arn:aws:s3:::example-data', undefined],
    ['arn:aws:iam::*:root', undefined],
    ['arn:aws', undefined],
    ['99998888777', undefined],
    ['all', undefined],
    ['', undefined],
  ])('%s: %s', (text, account) => expect(accountIn(text)).toBe(account));
});

describe('the region in an ARN', () => {
  it.each([
    ['arn:aws:rds:eu-west-1:111122223333:snapshot:orders', 'eu-west-1'],
    ['arn:aws:iam::111122223333:root', undefined],
    ['eu-west-1', undefined],
  ])('%s: %s', (text, region) => expect(regionIn(text)).toBe(region));
});

it('outside is who is neither the account itself nor one of the organization', () => {
  const event = toTrailEvent(call('s3.amazonaws.com', 'PutBucketPolicy')) as TrailEvent;
  const settings = { ...DEFAULT_SETTINGS, organizationAccounts: ['444455556666'] };
  expect(['111122223333', '444455556666', '999988887777'].filter((one) => isOutside(one, event, settings))).toEqual([
    '999988887777',
  ]);
});
