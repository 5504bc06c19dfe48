import {
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import type { AccountSummary, PasswordPolicy, VirtualMfa } from '../facts';
import { defineSource } from '../source';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const accountSummary = defineSource({
  scope: 'account',
  about: 'the account summary of IAM',
  permissions: ['iam:GetAccountSummary'],
  async read(reader): Promise<AccountSummary> {
    const { SummaryMap = {} } = await reader.read('iam:GetAccountSummary', () =>
      reader.aws.iam.send(new GetAccountSummaryCommand({})),
    );
    const { AccountPasswordPresent, AccountMFAEnabled = 0, AccountAccessKeysPresent = 0 } = SummaryMap;
    return {
      rootHasMfa: AccountMFAEnabled > 0,
      rootAccessKeys: AccountAccessKeysPresent,
      rootHasPassword: AccountPasswordPresent === undefined ? undefined : AccountPasswordPresent > 0,
    };
  },
});

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html */
export const virtualMfa = defineSource({
  scope: 'account',
  about: 'virtual MFA devices',
  permissions: ['iam:ListVirtualMFADevices'],
  async read(reader): Promise<VirtualMfa> {
    const devices = await reader.pages('iam:ListVirtualMFADevices', async (token) => {
      const page = await reader.aws.iam.send(
        new ListVirtualMFADevicesCommand({
          AssignmentStatus: 'Assigned',
          MaxItems: 1_000,
          ...(token === undefined ? {} : { Marker: token }),
        }),
      );
      return { items: page.VirtualMFADevices ?? [], next: page.IsTruncated ? page.Marker : undefined };
    });
    return { rootHasVirtual: devices.some(({ User }) => User?.Arn?.endsWith(':root') === true) };
  },
});

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html */
export const passwordPolicy = defineSource({
  scope: 'account',
  about: 'the password policy of IAM users',
  permissions: ['iam:GetAccountPasswordPolicy'],
  async read(reader): Promise<PasswordPolicy> {
    const answer = await reader.read(
      'iam:GetAccountPasswordPolicy',
      () => reader.aws.iam.send(new GetAccountPasswordPolicyCommand({})),
      { absent: ['NoSuchEntityException', 'NoSuchEntity'] },
    );
    const policy = answer?.PasswordPolicy;
    return {
      exists: policy !== undefined,
      minimumLength: policy?.MinimumPasswordLength ?? 0,
      reusePrevention: policy?.PasswordReusePrevention ?? 0,
    };
  },
});
