import type { CanaryKind, Round } from './canaries';
import type { FoundAlarm, FoundFunction, FoundRule, FoundTable, Subscription } from './integrity';
import type { Trail } from './trails';

/**
 * What the heartbeat asks AWS. Every method may reject, with whatever the service answered; undefined says that the
 * thing is not there.
 */
export interface Surroundings {
  /** Trails that cover the region, those of other regions and of the organization among them. */
  trails(region: string): Promise<Trail[]>;
  /**
   * The rules of a bus, by name. Of their targets only those that are asked for are looked up.
   * @param bus undefined for the default bus, of which only the rules that forward are asked for
   */
  rules(region: string, bus: string | undefined, targets: readonly string[]): Promise<ReadonlyMap<string, FoundRule>>;
  /** State of an event source mapping. */
  mapping(id: string): Promise<string | undefined>;
  lambda(name: string): Promise<FoundFunction | undefined>;
  table(name: string): Promise<FoundTable | undefined>;
  /** Messages that wait in a queue, about. */
  waiting(region: string, queueUrl: string): Promise<number | undefined>;
  subscriptions(topicArn: string): Promise<Subscription[]>;
  /** Those of the alarms that are there. */
  alarms(names: readonly string[], opsTopicArn: string): Promise<ReadonlyMap<string, FoundAlarm>>;
  /** Makes the call that is to come back; the write one tags the queue. */
  sendCanary(region: string, kind: CanaryKind, nonce: string, queueUrl: string): Promise<void>;
  /** Whether CloudTrail's event history has the canary. */
  isInHistory(region: string, kind: CanaryKind, round: Round): Promise<boolean>;
  /** What the detector counted. */
  counts(fromMs: number, toMs: number): Promise<Counts>;
}

export interface Counts {
  readonly records: number;
  readonly live: number;
  readonly shadow: number;
  readonly suppressed: number;
}
