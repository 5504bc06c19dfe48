import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { type FeedPattern, FINDINGS } from '../lambda/rules/feeds';
import type { HubBus } from './hub-bus';
import type { Queues } from './queues';

/** The state in which a rule also gets read-only events; `Rule` of the CDK has no property for it. */
export const WITH_READS = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

export interface EventFeedProps {
  readonly patterns: readonly FeedPattern[];
  readonly bus: HubBus;
  /** Data events have a bus of their own, if any are wanted. */
  readonly dataBus: HubBus | undefined;
  readonly queues: Queues;
}

/** From the buses to the queues: one EventBridge rule for each pattern that the detections need. */
export class EventFeed extends Construct {
  /** ARNs of the rules, by the id of their pattern. */
  readonly ruleArns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { patterns, bus, dataBus, queues }: EventFeedProps) {
    super(scope, id);
    const ruleArns: Record<string, string> = {};
    for (const { id: word, side, pattern, wantedBy } of patterns) {
      const from = side === 'data' ? dataBus : bus;
      if (from === undefined) continue; // data events are not switched on
      const isPriority = side === 'writes';
      const [queue, failed] = isPriority ? [queues.priority, queues.priorityFailed] : [queues.bulk, queues.bulkFailed];
      const rule = new CfnRule(this, word, {
        eventBusName: from.busName,
        description: shortened(`To the ${isPriority ? 'priority' : 'bulk'} queue, for ${wantedBy.join(', ')}`),
        eventPattern: pattern,
        state: side === 'reads' ? WITH_READS : 'ENABLED',
        targets: [
          {
            id: 'Queue',
            arn: queue.queueArn,
            // EventBridge tries for 24 hours; what it cannot deliver waits where the detector's own failures do.
            deadLetterConfig: { arn: failed.queueArn },
            // Fair queues: a flood of one kind of write, or of one account's reads, lets the others through.
            sqsParameters: { messageGroupId: isPriority && word !== FINDINGS ? '$.detail.eventName' : '$.account' },
          },
        ],
      });
      ruleArns[word] = rule.attrArn;
    }
    this.ruleArns = ruleArns;
  }
}

/** ARNs of all rules on a bus of ours: whoever can add one there can change the detector as well, and is reported. */
export function ruleArnsOn(scope: Construct, busName: string): string {
  return Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: `${busName}/*` });
}

/** EventBridge takes 512 characters. */
function shortened(description: string): string {
  return description.length <= 512 ? description : `${description.slice(0, 508)} ...`;
}
