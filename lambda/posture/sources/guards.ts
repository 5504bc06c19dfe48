import { ListAnalyzersCommand, ListFindingsV2Command } from '@aws-sdk/client-accessanalyzer';
import {
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { GetDetectorCommand, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { DescribeHubCommand } from '@aws-sdk/client-securityhub';
import type { Analyzers, ConfigRecording, Detector, UnusedAccess } from '../facts';
import { defineSource } from '../source';

/** @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html */
export const detectors = defineSource({
  scope: 'region',
  about: 'GuardDuty detectors',
  permissions: ['guardduty:ListDetectors', 'guardduty:GetDetector'],
  async read(reader): Promise<readonly Detector[]> {
    const client = reader.aws.guardDuty(reader.place);
    const ids = await reader.pages('guardduty:ListDetectors', async (token) => {
      const page = await client.send(new ListDetectorsCommand(token === undefined ? {} : { NextToken: token }));
      return { items: page.DetectorIds ?? [], next: page.NextToken };
    });
    const found: Detector[] = [];
    for (const id of ids) {
      const { Status } = await reader.read('guardduty:GetDetector', () =>
        client.send(new GetDetectorCommand({ DetectorId: id })),
      );
      found.push({ id, enabled: Status === 'ENABLED' });
    }
    return found;
  },
});

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorderStatus.html */
export const recorders = defineSource({
  scope: 'region',
  about: 'AWS Config recorders and delivery channels',
  permissions: [
    'config:DescribeConfigurationRecorders',
    'config:DescribeConfigurationRecorderStatus',
    'config:DescribeDeliveryChannels',
  ],
  async read(reader): Promise<ConfigRecording> {
    const client = reader.aws.config(reader.place);
    const [described, status, channels] = await Promise.all([
      reader.read('config:DescribeConfigurationRecorders', () =>
        client.send(new DescribeConfigurationRecordersCommand({})),
      ),
      reader.read('config:DescribeConfigurationRecorderStatus', () =>
        client.send(new DescribeConfigurationRecorderStatusCommand({})),
      ),
      reader.read('config:DescribeDeliveryChannels', () => client.send(new DescribeDeliveryChannelsCommand({}))),
    ]);
    const byName = new Map((status.ConfigurationRecordersStatus ?? []).map((one) => [one.name, one]));
    return {
      recorders: (described.ConfigurationRecorders ?? []).map(({ name }) => ({
        name: name ?? 'default',
        recording: byName.get(name)?.recording === true,
        lastStatus: byName.get(name)?.lastStatus,
      })),
      deliveryChannels: (channels.DeliveryChannels ?? []).length,
    };
  },
});

/**
 * An account that is not subscribed gets an error for an answer.
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
 */
export const securityHub = defineSource({
  scope: 'region',
  about: 'whether Security Hub is enabled',
  permissions: ['securityhub:DescribeHub'],
  async read(reader): Promise<{ readonly enabled: boolean }> {
    const client = reader.aws.securityHub(reader.place);
    const hub = await reader.read('securityhub:DescribeHub', () => client.send(new DescribeHubCommand({})), {
      absent: ['InvalidAccessException', 'ResourceNotFoundException'],
    });
    return { enabled: hub !== undefined };
  },
});

/**
 * Both versions of ListFindings ask for one permission.
 * @see https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindingsV2.html
 */
export const analyzers = defineSource({
  scope: 'region',
  about: 'Access Analyzer, and its active findings of unused access',
  permissions: ['access-analyzer:ListAnalyzers', 'access-analyzer:ListFindings'],
  async read(reader): Promise<Analyzers> {
    const client = reader.aws.accessAnalyzer(reader.place);
    const listed = await reader.pages('access-analyzer:ListAnalyzers', async (token) => {
      const page = await client.send(new ListAnalyzersCommand(token === undefined ? {} : { nextToken: token }));
      return { items: page.analyzers ?? [], next: page.nextToken };
    });
    const active = listed.filter(({ status }) => status === 'ACTIVE');
    const ofUnusedAccess = active.filter(({ type }) => type?.endsWith('_UNUSED_ACCESS'));
    let unused: UnusedAccess[] | undefined;
    for (const { arn } of ofUnusedAccess) {
      const findings = await reader.pages('access-analyzer:ListFindings', async (token) => {
        const page = await client.send(
          new ListFindingsV2Command({
            analyzerArn: arn,
            filter: { status: { eq: ['ACTIVE'] }, resourceOwnerAccount: { eq: [reader.account] } },
            maxResults: 100,
            ...(token === undefined ? {} : { nextToken: token }),
          }),
        );
        return { items: page.findings ?? [], next: page.nextToken };
      });
      unused = [
        ...(unused ?? []),
        ...findings.flatMap(({ resource, findingType }) =>
          resource === undefined ? [] : [{ resource, kind: findingType ?? 'unknown' }],
        ),
      ];
    }
    return { external: active.some(({ type }) => type === 'ACCOUNT' || type === 'ORGANIZATION'), unused };
  },
});
