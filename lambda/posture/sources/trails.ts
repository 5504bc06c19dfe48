import {
  type AdvancedEventSelector,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  ListTrailsCommand,
} from '@aws-sdk/client-cloudtrail';
import type { Trail } from '../facts';
import { defineSource } from '../source';

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html */
export const trails = defineSource({
  scope: 'account',
  about: 'trails of all regions, their state and what they record',
  permissions: [
    'cloudtrail:ListTrails',
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:GetEventSelectors',
  ],
  async read(reader): Promise<readonly Trail[]> {
    const listed = await reader.pages('cloudtrail:ListTrails', async (token) => {
      const page = await reader.aws
        .cloudTrail(reader.place)
        .send(new ListTrailsCommand(token === undefined ? {} : { NextToken: token }));
      return { items: page.Trails ?? [], next: page.NextToken };
    });
    const all = listed.map(async ({ TrailARN: arn = '', Name: name = '', HomeRegion: homeRegion = reader.place }) => {
      const client = reader.aws.cloudTrail(homeRegion);
      const asking = { what: `trail ${name}` };
      const [described, status, selectors] = await Promise.all([
        reader.tryRead(
          'cloudtrail:DescribeTrails',
          () => client.send(new DescribeTrailsCommand({ trailNameList: [arn], includeShadowTrails: true })),
          asking,
        ),
        reader.tryRead(
          'cloudtrail:GetTrailStatus',
          () => client.send(new GetTrailStatusCommand({ Name: arn })),
          asking,
        ),
        reader.tryRead(
          'cloudtrail:GetEventSelectors',
          () => client.send(new GetEventSelectorsCommand({ TrailName: arn })),
          asking,
        ),
      ]);
      const trail = described?.value?.trailList?.[0];
      if (trail === undefined) return [];
      return [
        {
          arn,
          name,
          homeRegion,
          isMultiRegion: trail.IsMultiRegionTrail === true,
          isOrganization: trail.IsOrganizationTrail === true,
          validates: trail.LogFileValidationEnabled === true,
          kmsKeyId: trail.KmsKeyId,
          bucket: trail.S3BucketName,
          isLogging: status?.value?.IsLogging,
          deliveryError: status?.value?.LatestDeliveryError || undefined,
          allManagementEvents:
            selectors?.value === undefined
              ? undefined
              : recordsAll(selectors.value.EventSelectors, selectors.value.AdvancedEventSelectors),
        },
      ];
    });
    return (await Promise.all(all)).flat();
  },
});

/**
 * Services whose management events may be left out, by CloudTrail's own switch: they are many and say little. Not a gap.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com']);

/** Whether the selectors let every management event through, reads and writes. */
function recordsAll(
  basic: readonly EventSelector[] | undefined,
  advanced: readonly AdvancedEventSelector[] | undefined,
): boolean {
  const byBasic = (basic ?? []).some(
    ({ ReadWriteType = 'All', IncludeManagementEvents = true, ExcludeManagementEventSources = [] }) =>
      ReadWriteType === 'All' &&
      IncludeManagementEvents &&
      ExcludeManagementEventSources.every((source) => LEFT_OUT.has(source)),
  );
  const byAdvanced = (advanced ?? []).some(
    ({ FieldSelectors = [] }) =>
      FieldSelectors.every(({ Field, Equals, NotEquals, ...others }) => {
        const only = (values: readonly (readonly string[] | undefined)[]) => values.every((value) => !value?.length);
        const rest = [others.StartsWith, others.EndsWith, others.NotStartsWith, others.NotEndsWith];
        if (!only(rest)) return false;
        if (Field === 'eventCategory') return Equals?.length === 1 && Equals[0] === 'Management';
        return Field === 'eventSource' && only([Equals]) && (NotEquals ?? []).every((source) => LEFT_OUT.has(source));
      }) && FieldSelectors.some(({ Field }) => Field === 'eventCategory'),
  );
  return byBasic || byAdvanced;
}
