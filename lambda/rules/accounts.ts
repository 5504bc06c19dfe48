import type { TrailEvent } from '../intake/trail-event';
import type { Settings } from './settings';

const ACCOUNT_ID = /^\d{12}$/;

/** The account that a text names: itself if it is an account ID, the owner if it is an ARN; undefined for all else. */
export function accountIn(named: string): string | undefined {
  const account = named.startsWith('arn:') ? named.split(':')[4] : named;
  return account !== undefined && ACCOUNT_ID.test(account) ? account : undefined;
}

/** Region in an ARN; undefined for global resources and for what is no ARN. */
export function regionIn(arn: string): string | undefined {
  return (arn.startsWith('arn:') && arn.split(':')[3]) || undefined;
}

/** True for an account that is neither the one that got the event nor one of the organization's. */
export function isOutside(account: string, event: TrailEvent, { organizationAccounts }: Settings): boolean {
  return account !== event.account && !organizationAccounts.includes(account);
}
