import type { Check } from './check';
import type { SourceName, SourceValues } from './facts';
import type { Source } from './source';
import { accountSummary, passwordPolicy, virtualMfa } from './sources/account';
import { accountPublicAccessBlock, buckets } from './sources/buckets';
import { credentialReport } from './sources/credential-report';
import { analyzers, detectors, recorders, securityHub } from './sources/guards';
import { identities } from './sources/identities';
import {
  databaseSnapshots,
  ebsEncryption,
  metadataDefaults,
  publicVolumeSnapshots,
  securityGroups,
} from './sources/machines';
import { trails } from './sources/trails';

/** Where each fact comes from. */
export const SOURCES: { readonly [Name in SourceName]: Source<SourceValues[Name]> } = {
  accountSummary,
  virtualMfa,
  credentialReport,
  passwordPolicy,
  identities,
  trails,
  buckets,
  accountPublicAccessBlock,
  detectors,
  recorders,
  analyzers,
  securityHub,
  securityGroups,
  ebsEncryption,
  metadataDefaults,
  publicVolumeSnapshots,
  databaseSnapshots,
};

/** Whether the check is judged in every region. */
export function isRegional({ reads }: Pick<Check, 'reads'>): boolean {
  return reads.some((name) => SOURCES[name].scope === 'region');
}
