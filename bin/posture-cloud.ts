import { systemClock } from '../lambda/clients';
import { type AuditOptions, audit } from '../lambda/posture/audit';
import { awsClients } from '../lambda/posture/aws-clients';
import { ReadError } from '../lambda/posture/reader';
import type { Audit } from '../lambda/posture/result';
import { UsageError } from './io';

export type AskedAudit = Pick<AuditOptions, 'settings' | 'regions' | 'onProgress' | 'checks'> & {
  readonly profile: string | undefined;
};

/** Long enough for any account; whoever waits may interrupt. */
const TIME_MS = 60 * 60_000;

/** Audits the account of a profile, or of the environment. @throws {UsageError} when there is no way in */
export async function auditAccount({ profile, regions, ...asked }: AskedAudit): Promise<Audit> {
  try {
    // The first region asked for will do to begin with, where neither profile nor environment names one.
    const aws = await awsClients(undefined, profile).catch((error: unknown) => {
      if (regions?.[0] === undefined || !/Region is missing/.test(String(error))) throw error;
      return awsClients(regions[0], profile);
    });
    try {
      return await audit({
        ...asked,
        regions,
        aws,
        clock: systemClock,
        deadlineMs: systemClock.nowMs() + TIME_MS,
      });
    } finally {
      aws.destroy();
    }
  } catch (error) {
    if (error instanceof ReadError) {
      throw new UsageError(
        `no way into the account: ${error.problem.reason}. Log in, or name a profile with --profile`,
        {
          cause: error,
        },
      );
    }
    if (/Region is missing/.test(String(error)))
      throw new UsageError('no region is known. Give --region', { cause: error });
    throw error;
  }
}
