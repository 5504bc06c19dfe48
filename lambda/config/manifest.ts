/**
 * What a deployment made, by the names that CloudFormation gave it: the stack writes it into the heartbeat's schedule,
 * which sends it along every time. What can be worked out from the configuration (patterns, forwarding rules) is not in
 * it: the heartbeat works it out itself.
 */
export interface Manifest {
  /** Account and region of the hub. */
  readonly account: string;
  readonly region: string;
  /** Regions with a forwarder, the hub's own among them. */
  readonly regions: readonly string[];
  readonly version: string;
  readonly configHash: string;
  /** Name of the hub's bus, and of the one for data events where there is one. */
  readonly bus: string;
  readonly dataBus?: string;
  /** ARNs of the rules that are made from the detections, by the id of their pattern. */
  readonly rules: { readonly [id: string]: string };
  /** Rules that tell people without code, by their id: with their pattern, since it names parts of the stack. */
  readonly jewels: { readonly [id: string]: { readonly arn: string; readonly pattern: unknown } };
  /** Names of the functions. */
  readonly functions: { readonly [name: string]: string };
  /** Ids of the event source mappings. */
  readonly mappings: { readonly [name: string]: string };
  readonly queues: {
    readonly priority: Queue;
    readonly bulk: Queue;
    readonly priorityFailed: Queue;
    readonly bulkFailed: Queue;
  };
  /** Names of the tables. */
  readonly tables: { readonly windows: string; readonly baselines: string; readonly alerts: string };
  /** ARNs of the topics. */
  readonly topics: { readonly alerts: string; readonly ops: string };
  /** Names of the alarms, by what they are about. */
  readonly alarms: { readonly [name: string]: string };
}

interface Queue {
  readonly url: string;
  readonly arn: string;
}
