import { DAY, defineRule, type Examples } from '../rule';
import { but, call, denied, later, user } from '../sample';

/** Services that carry data in bulk, with the calls that set them to work. Few accounts use any of them. */
const CARRIERS = [
  [
    'datasync.amazonaws.com',
    [
      'CreateAgent',
      'CreateTask',
      'StartTaskExecution',
      'CreateLocationS3',
      'CreateLocationObjectStorage',
      'CreateLocationAzureBlob',
    ],
  ],
  ['transfer.amazonaws.com', ['CreateServer', 'CreateUser', 'CreateConnector', 'StartFileTransfer']],
  ['storagegateway.amazonaws.com', ['ActivateGateway', 'CreateNFSFileShare', 'CreateSMBFileShare']],
  ['snowball.amazonaws.com', ['CreateJob']],
  ['dms.amazonaws.com', ['CreateReplicationTask', 'StartReplicationTask']],
  ['appflow.amazonaws.com', ['CreateFlow', 'StartFlow']],
  ['glue.amazonaws.com', ['CreateConnection']],
] as const;

export default defineRule({
  id: 'transfer-service-first-used',
  title: 'A service that moves data in bulk is used first time',
  severity: 'medium',
  rows: ['1-15'],
  attack: ['TA0010/T1537', 'TA0009/T1074.002'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: CARRIERS[0][0], calls: CARRIERS[0][1] },
    ...CARRIERS.slice(1).map(
      ([service, calls]) => ({ feed: 'api-writes', outcome: 'succeeded', service, calls }) as const,
    ),
  ],
  baseline: {
    kind: 'transfer-service',
    value: (event) => event.service,
    // No quiet days: so rare that a single message for each service in use is worth hearing of the others.
    learnDays: 0,
    expiryDays: 90,
  },
  headline: (event) =>
    `${event.actor} called ${event.call} of ${event.service}, which ${event.account} did not use before, in ${event.region} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: (event) => [event.service],
  why: 'These services copy whole file systems, buckets and databases, also to other accounts and out of AWS. Nobody in this account needed this one until now.',
  runbook: [
    'Ask the actor what is moved, from where to where.',
    'List what was set up, in the region of the event: aws datasync list-tasks, aws transfer list-servers, aws dms describe-replication-tasks, aws appflow list-flows.',
    'If nobody vouches for it, stop it: aws datasync cancel-task-execution, aws transfer stop-server, aws dms stop-replication-task.',
    "Deactivate the actor's keys, and look for what else it read.",
  ],
  falsePositives: ['The first use in a project. After installation: one message for each of these services in use.'],
  blindSpots: ['Later uses, when the service is known: see datasync-task-made.'],
  references: [
    'https://docs.aws.amazon.com/datasync/latest/userguide/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

export const examples = (): Examples => {
  const task = call('datasync.amazonaws.com', 'CreateTask', {
    requestParameters: {
      sourceLocationArn: 'arn:aws:datasync:us-east-1:111122223333:location/loc-0a1b2c3d4e5f60718',
      destinationLocationArn: 'arn:aws:datasync:us-east-1:111122223333:location/loc-0fedcba9876543210',
    },
  });
  const server = call('transfer.amazonaws.com', 'CreateServer', { requestParameters: { protocols: ['SFTP'] } });
  return {
    fires: [
      { why: 'a first task of DataSync', timeline: [task], severity: 'medium' },
      { why: 'a first server', timeline: [server], severity: 'medium' },
      {
        why: 'set up and started: one alert',
        timeline: [task, later(but(task, { eventName: 'StartTaskExecution' }), 13_000)],
      },
      {
        why: 'known by the first day, unused for three months',
        timeline: [task, later(task, DAY), later(task, 60 * DAY)],
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(task)] },
      { why: 'a location was listed', timeline: [but(task, { eventName: 'ListLocations', readOnly: true })] },
      { why: 'a task was deleted', timeline: [but(task, { eventName: 'DeleteTask', userIdentity: user('bob') })] },
    ],
  };
};
