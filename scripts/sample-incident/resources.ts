import { AUDIT, PRODUCTION } from './cast';
import { Random, resourceId } from './random';
import type { JsonObject } from './record';

/** Network and machines of the two regions in use. */
export const NETWORK = {
  'us-east-1': {
    vpc: resourceId('vpc', 'orders us-east-1'),
    subnets: ['a', 'b', 'c'].map((zone) => resourceId('subnet', `orders us-east-1${zone}`)),
    webGroup: resourceId('sg', 'web us-east-1'),
    databaseGroup: resourceId('sg', 'database us-east-1'),
    loadBalancerGroup: resourceId('sg', 'load balancer us-east-1'),
  },
  'eu-west-1': {
    vpc: resourceId('vpc', 'invoices eu-west-1'),
    subnets: ['a', 'b', 'c'].map((zone) => resourceId('subnet', `invoices eu-west-1${zone}`)),
    webGroup: resourceId('sg', 'web eu-west-1'),
    databaseGroup: resourceId('sg', 'database eu-west-1'),
    loadBalancerGroup: resourceId('sg', 'load balancer eu-west-1'),
  },
} as const;

/** The company's own machine image, and the one that the attacker brings. */
export const AMI = { company: resourceId('ami', 'web 2026-11-04'), stranger: resourceId('ami', 'miner') } as const;

export const BUCKET = {
  logs: 'example-corp-log-archive',
  loadBalancerLogs: 'example-corp-elb-logs',
  assets: 'example-corp-assets',
  exports: 'example-corp-customer-exports',
  artifacts: 'example-corp-artifacts',
  terraformState: 'example-corp-terraform-state',
  invoices: 'example-corp-invoices',
  reports: 'example-corp-reports',
  backups: 'example-corp-db-backups',
  dataLake: 'example-corp-data-lake',
  marketing: 'example-corp-marketing',
  website: 'example-corp-website',
} as const;

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** The host that a bucket's requests name. */
export function bucketHost(bucket: string, region: string): string {
  return `${bucket}.s3.${region}.amazonaws.com`;
}

/** The log archive is the audit account's, all other buckets are production's. */
export function bucketResource(bucket: string): JsonObject[] {
  const accountId = bucket === BUCKET.logs ? AUDIT : PRODUCTION;
  return [{ accountId, type: 'AWS::S3::Bucket', ARN: bucketArn(bucket) }];
}

export const TRAIL = { main: 'main-trail', europe: 'eu-audit-trail' } as const;

export const CLUSTER = 'orders';

/** A key of KMS, always the same for a label. */
export function kmsKeyArn(region: string, label: string): string {
  return `arn:aws:kms:${region}:${PRODUCTION}:key/${new Random(`key ${region} ${label}`).uuid()}`;
}

export function kmsResource(region: string, label: string): JsonObject[] {
  return [{ accountId: PRODUCTION, type: 'AWS::KMS::Key', ARN: kmsKeyArn(region, label) }];
}

export function roleResource(arn: string, accountId: string = PRODUCTION): JsonObject[] {
  return [{ accountId, type: 'AWS::IAM::Role', ARN: arn }];
}

/** Secrets in the second region: what the attacker reads, and of which the programs read one or two each. */
export const SECRETS = [
  'prod/orders/db-password',
  'prod/orders/api-signing-key',
  'prod/invoices/db-password',
  'prod/invoices/smtp',
  'prod/payments/gateway-key',
  'prod/payments/webhook-secret',
  'prod/payments/reconciliation-sftp',
  'prod/customers/export-key',
  'prod/customers/crm-token',
  'prod/identity/oidc-client',
  'prod/identity/jwt-private-key',
  'prod/search/admin-password',
  'prod/queue/broker-password',
  'prod/cache/auth-token',
  'prod/cdn/signing-key',
  'prod/mail/provider-token',
  'prod/monitoring/pager-token',
  'prod/monitoring/grafana-admin',
  'prod/build/registry-token',
  'prod/build/code-signing-cert',
  'prod/warehouse/loader-password',
  'prod/warehouse/bi-user',
  'prod/partners/erp-token',
  'prod/partners/bank-sftp-key',
] as const;

export function secretArn(region: string, name: string): string {
  const suffix = resourceId('secret', `${region} ${name}`).slice(-6);
  return `arn:aws:secretsmanager:${region}:${PRODUCTION}:secret:${name}-${suffix}`;
}
