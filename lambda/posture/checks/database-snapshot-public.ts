import { type CheckExamples, defineCheck } from '../check';
import type { DatabaseSnapshot } from '../facts';

export default defineCheck({
  id: 'database-snapshot-public',
  title: 'Database snapshot is public',
  severity: 'critical',
  controls: { fsbp: ['RDS.1'] },
  reads: ['databaseSnapshots'],
  why: 'Anybody may restore it and read the whole database.',
  fix: [
    'aws rds modify-db-snapshot-attribute --region {region} --db-snapshot-identifier {name} --attribute-name restore --values-to-remove all',
    'Of a cluster: aws rds modify-db-cluster-snapshot-attribute --region {region} --db-cluster-snapshot-identifier {name} --attribute-name restore --values-to-remove all',
  ],
  limits: ['Only manual snapshots are read: automatic ones cannot be shared.'],
  references: ['https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html'],
  judge: ({ databaseSnapshots }) =>
    databaseSnapshots
      .filter(({ isPublic }) => isPublic)
      .map(({ arn, name, kind }) => ({
        resource: arn,
        name,
        detail: `Snapshot ${name} of a database ${kind} is public`,
      })),
});

const snapshot = (differs: Partial<DatabaseSnapshot>): DatabaseSnapshot => ({
  arn: 'arn:aws:rds:eu-west-1:111122223333:snapshot:before-upgrade',
  name: 'before-upgrade',
  kind: 'instance',
  isPublic: true,
  ...differs,
});

export const examples = (): CheckExamples<'databaseSnapshots'> => ({
  fails: [
    {
      why: 'of an instance',
      facts: { databaseSnapshots: [snapshot({})] },
      resources: ['arn:aws:rds:eu-west-1:111122223333:snapshot:before-upgrade'],
    },
    {
      why: 'of a cluster, among private ones',
      facts: {
        databaseSnapshots: [
          snapshot({ isPublic: false }),
          snapshot({ kind: 'cluster', arn: 'arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:c' }),
        ],
      },
      resources: ['arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:c'],
    },
  ],
  passes: [
    { why: 'there is none', facts: { databaseSnapshots: [] } },
    { why: 'it is private', facts: { databaseSnapshots: [snapshot({ isPublic: false })] } },
  ],
});
