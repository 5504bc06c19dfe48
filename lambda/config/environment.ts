/**
 * How the stack tells its functions where things are: names of environment variables, written once. The functions read
 * them when they start; a missing one is a mistake of the stack.
 */
export const ENVIRONMENT = {
  windowsTable: 'WINDOWS_TABLE',
  baselinesTable: 'BASELINES_TABLE',
  alertsTable: 'ALERTS_TABLE',
  alertsTopicArn: 'ALERTS_TOPIC_ARN',
  opsTopicArn: 'OPS_TOPIC_ARN',
  /** Only where the configuration has a topic for chat. */
  chatTopicArn: 'CHAT_TOPIC_ARN',
  /** Only where the deployment has a key of its own. */
  ownKeyArn: 'OWN_KEY_ARN',
  /** Its calls are canaries, and no events to judge. */
  heartbeatRoleArn: 'HEARTBEAT_ROLE_ARN',
  /** Records from this queue are synthetic: track `test`, no baselines, no last-seen times. */
  testQueueArn: 'TEST_QUEUE_ARN',
} as const;

/**
 * What the detector needs of the configuration (`DetectionData`), as JSON in a file beside its code
 * (`process.env.LAMBDA_TASK_ROOT`): an environment variable holds 4 KB, suppressions alone can be more.
 */
export const DETECTION_FILE = 'detection.json';

/** What messages need of rules and configuration (`FrameData` of alerts/frame.ts), beside the code of notify. */
export const FRAME_FILE = 'frame.json';

/** What the heartbeat needs of rules and configuration (`HeartbeatData`), beside its code. */
export const HEARTBEAT_FILE = 'heartbeat.json';

/** What the daily audit needs of the configuration (`PostureData`), beside its code. */
export const POSTURE_FILE = 'posture.json';

/** Partition keys of the audit's items in the alerts table begin so: its role may touch no others. */
export const POSTURE_ITEMS = 'posture';

/** Partition keys of the heartbeat's items, in both tables, begin so: its role may touch no others. */
export const HEARTBEAT_ITEMS = 'heartbeat';

/** Partition keys of sessions in the baselines table begin so: of that table, the notifier's role may change no others. */
export const SESSION_ITEMS = 'session#';

/**
 * Queue of each region that keeps what could not be forwarded. Named, since the heartbeat tags it in every region to
 * prove that the region is heard.
 */
export const FORWARDER_QUEUE = 'trailhound-undelivered';

/** Rules on default buses: `trailhound-Writes`. Named, so that the heartbeat finds them in every region. */
export const FORWARDING_RULE = 'trailhound';

export type DeployedFile = typeof DETECTION_FILE | typeof FRAME_FILE | typeof HEARTBEAT_FILE | typeof POSTURE_FILE;

/** Namespace of the functions' own metrics in CloudWatch; alarms and dashboard read it. */
export const METRICS_NAMESPACE = 'Trailhound';

/** What a function calls itself in logs and in the `service` dimension of its metrics. */
export type Service = 'detect' | 'notify' | 'heartbeat' | 'posture';
