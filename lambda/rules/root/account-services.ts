/**
 * Services that govern the account itself: who is told, who pays, which regions and accounts exist.
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/logging-using-cloudtrail.html
 */
export const ACCOUNT_SERVICES = [
  'account.amazonaws.com',
  'billing.amazonaws.com',
  'billingconsole.amazonaws.com',
  'payments.amazonaws.com',
  'portal.amazonaws.com',
  'tax.amazonaws.com',
  'taxconsole.amazonaws.com',
  'customer-verification.amazonaws.com',
  'purchase-orders.amazonaws.com',
  'budgets.amazonaws.com',
  'ce.amazonaws.com',
  'organizations.amazonaws.com',
  'support.amazonaws.com',
] as const;

const NAMES: ReadonlySet<string> = new Set(ACCOUNT_SERVICES);

export function isAccountService(service: string): boolean {
  return NAMES.has(service);
}
