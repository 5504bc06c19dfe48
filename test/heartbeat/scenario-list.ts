import type { Scenario } from './scenarios';
import { ALL, MEMBER, MINUTE, mail } from './scenarios';

const MEMBERS = { deploy: { memberAccounts: [MEMBER] } };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'a quiet account, 24 hours', days: 1, happens: async () => {}, told: [] },
  {
    name: 'a fortnight with the change to summer time: the report comes on Mondays at eight, on the wall',
    days: 14,
    start: '2026-03-20T10:00:00Z',
    config: { timeZone: 'Europe/Madrid' },
    happens: async () => {},
    told: [
      '2d 21:00 ops [WEEKLY] Trailhound: All is well, week from 2026-03-23 - 111122223333',
      '9d 20:00 ops [WEEKLY] Trailhound: All is well, week from 2026-03-30 - 111122223333',
    ],
  },
  {
    name: 'a fortnight with the change to winter time, and a part that is broken for three days of it',
    days: 14,
    start: '2026-10-16T10:00:00Z',
    config: { timeZone: 'Europe/Madrid' },
    happens: async (world) => {
      await world.run(7 * 24 * 60 + 600);
      world.tables.set('alerts', { status: 'ACTIVE', isProtected: false, hasStream: true });
      await world.run(3 * 24 * 60);
      world.tables.set('alerts', { status: 'ACTIVE', isProtected: true, hasStream: true });
    },
    told: [
      '2d 20:00 ops [WEEKLY] Trailhound: All is well, week from 2026-10-19 - 111122223333',
      '7d 10:05 ops WARNING table alerts can be deleted: its protection is off.',
      '7d 10:05 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '8d 10:05 ops STILL SO table alerts can be deleted: its protection is off.',
      '8d 10:05 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '9d 10:05 ops STILL SO table alerts can be deleted: its protection is off.',
      '9d 10:05 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '9d 21:00 ops [WEEKLY] Trailhound: 1 troubles, week from 2026-10-26 - 111122223333',
      '10d 10:00 ops RECOVERED No longer so: table alerts can be deleted: its protection is off.',
      '10d 10:00 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the trail is stopped for 70 minutes',
    days: 1,
    happens: async (world) => {
      await world.run(122);
      world.trails = world.trails.map((one) => ({ ...one, isLogging: false }));
      await world.run(70);
      world.trails = world.trails.map((one) => ({ ...one, isLogging: true }));
    },
    told: [
      '0d 02:05 ops CRITICAL trail org-trail does not log in ap-southeast-2.',
      '0d 02:05 ops CRITICAL trail org-trail does not log in eu-west-1.',
      '0d 02:05 ops CRITICAL trail org-trail does not log in us-east-1.',
      '0d 02:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 03:15 ops RECOVERED No longer so: trail org-trail does not log in ap-southeast-2.',
      '0d 03:15 ops RECOVERED No longer so: trail org-trail does not log in eu-west-1.',
      '0d 03:15 ops RECOVERED No longer so: trail org-trail does not log in us-east-1.',
      '0d 03:15 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the trail is deleted and stays so: a reminder every day',
    days: 3,
    happens: async (world) => {
      await world.run(60);
      world.trails = [];
    },
    told: [
      '0d 01:00 ops CRITICAL no trail covers all regions, as ap-southeast-2 sees it.',
      '0d 01:00 ops CRITICAL no trail covers all regions, as eu-west-1 sees it.',
      '0d 01:00 ops CRITICAL no trail covers all regions, as us-east-1 sees it.',
      '0d 01:00 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '1d 01:00 ops STILL SO no trail covers all regions, as ap-southeast-2 sees it.',
      '1d 01:00 ops STILL SO no trail covers all regions, as eu-west-1 sees it.',
      '1d 01:00 ops STILL SO no trail covers all regions, as us-east-1 sees it.',
      '1d 01:00 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '2d 01:00 ops STILL SO no trail covers all regions, as ap-southeast-2 sees it.',
      '2d 01:00 ops STILL SO no trail covers all regions, as eu-west-1 sees it.',
      '2d 01:00 ops STILL SO no trail covers all regions, as us-east-1 sees it.',
      '2d 01:00 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the selectors leave one principal out for half an hour',
    days: 1,
    happens: async (world) => {
      const whole = world.trails;
      await world.run(63);
      const except = { Field: 'userIdentity.arn', NotEquals: ['arn:aws:iam::111122223333:user/mallory'] };
      const selector = { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, except] };
      world.trails = whole.map((one) => ({
        ...one,
        selectors: { EventSelectors: [], AdvancedEventSelectors: [selector] },
      }));
      await world.run(30);
      world.trails = whole;
    },
    told: [
      '0d 01:05 ops CRITICAL no trail records everything in ap-southeast-2: of trail org-trail events with userIdentity[.]arn arn:aws:iam::111122223333:user/mallory are left out.',
      '0d 01:05 ops CRITICAL no trail records everything in eu-west-1: of trail org-trail events with userIdentity[.]arn arn:aws:iam::111122223333:user/mallory are left out.',
      '0d 01:05 ops CRITICAL no trail records everything in us-east-1: of trail org-trail events with userIdentity[.]arn arn:aws:iam::111122223333:user/mallory are left out.',
      '0d 01:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops RECOVERED No longer so: no trail records everything in ap-southeast-2: of trail org-trail events with userIdentity[.]arn arn:aws:iam::111122223333:user/mallory are left out.',
      '0d 01:35 ops RECOVERED No longer so: no trail records everything in eu-west-1: of trail org-trail events with userIdentity[.]arn arn:aws:iam::111122223333:user/mallory are left out.',
      '0d 01:35 ops RECOVERED No longer so: no trail records everything in us-east-1: of trail org-trail events with userIdentity[.]arn arn:aws:iam::111122223333:user/mallory are left out.',
      '0d 01:35 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the trail cannot deliver its files for an hour: evidence is lost, events come',
    days: 1,
    happens: async (world) => {
      await world.run(60);
      world.trails = world.trails.map((one) => ({ ...one, latestDeliveryError: 'AccessDenied' }));
      await world.run(60);
      world.trails = world.trails.map((one) => ({ ...one, latestDeliveryError: undefined }));
    },
    told: [
      '0d 01:15 ops WARNING trail org-trail cannot deliver in ap-southeast-2: AccessDenied.',
      '0d 01:15 ops WARNING trail org-trail cannot deliver in eu-west-1: AccessDenied.',
      '0d 01:15 ops WARNING trail org-trail cannot deliver in us-east-1: AccessDenied.',
      '0d 01:15 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:30 ops CRITICAL trail org-trail cannot deliver in ap-southeast-2: AccessDenied.',
      '0d 01:30 ops CRITICAL trail org-trail cannot deliver in eu-west-1: AccessDenied.',
      '0d 01:30 ops CRITICAL trail org-trail cannot deliver in us-east-1: AccessDenied.',
      '0d 01:30 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:00 ops RECOVERED No longer so: trail org-trail cannot deliver in ap-southeast-2: AccessDenied.',
      '0d 02:00 ops RECOVERED No longer so: trail org-trail cannot deliver in eu-west-1: AccessDenied.',
      '0d 02:00 ops RECOVERED No longer so: trail org-trail cannot deliver in us-east-1: AccessDenied.',
      '0d 02:00 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the trail delivers no file for three hours, and says no reason',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      const atMs = world.clock.timeMs;
      world.trails = world.trails.map((one) => ({ ...one, latestDeliveryMs: atMs }));
      await world.run(180);
      world.trails = world.trails.map((one) => ({ ...one, latestDeliveryMs: undefined }));
    },
    told: [
      '0d 02:05 ops WARNING trail org-trail has delivered no file in ap-southeast-2 for more than an hour.',
      '0d 02:05 ops WARNING trail org-trail has delivered no file in eu-west-1 for more than an hour.',
      '0d 02:05 ops WARNING trail org-trail has delivered no file in us-east-1 for more than an hour.',
      '0d 02:05 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 03:05 ops CRITICAL trail org-trail has delivered no file in ap-southeast-2 for more than an hour.',
      '0d 03:05 ops CRITICAL trail org-trail has delivered no file in eu-west-1 for more than an hour.',
      '0d 03:05 ops CRITICAL trail org-trail has delivered no file in us-east-1 for more than an hour.',
      '0d 03:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 04:05 ops RECOVERED No longer so: trail org-trail has delivered no file in ap-southeast-2 for more than an hour.',
      '0d 04:05 ops RECOVERED No longer so: trail org-trail has delivered no file in eu-west-1 for more than an hour.',
      '0d 04:05 ops RECOVERED No longer so: trail org-trail has delivered no file in us-east-1 for more than an hour.',
      '0d 04:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the trail is replaced by one of a single region for half an hour',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.trails = world.trails.map((one) => ({ ...one, isMultiRegion: false }));
      await world.run(30);
      world.trails = world.trails.map((one) => ({ ...one, isMultiRegion: true }));
    },
    told: [
      '0d 01:05 ops CRITICAL no trail covers all regions, as ap-southeast-2 sees it; 1 cover one region each.',
      '0d 01:05 ops CRITICAL no trail covers all regions, as eu-west-1 sees it; 1 cover one region each.',
      '0d 01:05 ops CRITICAL no trail covers all regions, as us-east-1 sees it; 1 cover one region each.',
      '0d 01:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops RECOVERED No longer so: no trail covers all regions, as ap-southeast-2 sees it; 1 cover one region each.',
      '0d 01:35 ops RECOVERED No longer so: no trail covers all regions, as eu-west-1 sees it; 1 cover one region each.',
      '0d 01:35 ops RECOVERED No longer so: no trail covers all regions, as us-east-1 sees it; 1 cover one region each.',
      '0d 01:35 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'a forwarding rule is disabled in one region for an hour',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.rule('us-east-1', 'trailhound-Writes', { state: 'DISABLED' });
      await world.run(60);
      world.rule('us-east-1', 'trailhound-Writes', { state: 'ENABLED' });
    },
    told: [
      '0d 01:10 ops CRITICAL rule trailhound-Writes of us-east-1 is disabled.',
      '0d 01:10 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 ops RECOVERED No longer so: rule trailhound-Writes of us-east-1 is disabled.',
      '0d 02:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'a rule is away for the moment of a deployment',
    days: 1,
    happens: async (world) => {
      await world.run(59);
      world.rule('trailhound-hub', 'Hub-WritesSucceededCloudtrail', { pattern: '{"detail":{}}' });
      await world.run(4);
      world.rule('trailhound-hub', 'Hub-WritesSucceededCloudtrail', { pattern: undefined });
      world.deployRegions(ALL);
    },
    told: [],
  },
  {
    name: 'a forwarding rule loses the state that brings it reads',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.rule('eu-west-1', 'trailhound-NamedReads', { state: 'ENABLED' });
      await world.run(60);
      world.deployRegions(ALL);
    },
    told: [
      '0d 01:10 ops CRITICAL rule trailhound-NamedReads of eu-west-1 gets no read-only events any more.',
      '0d 01:10 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 ops RECOVERED No longer so: rule trailhound-NamedReads of eu-west-1 gets no read-only events any more.',
      '0d 02:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'a crown-jewel rule gets another pattern, and a derived one another target',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.rule('trailhound-hub', 'Hub-TrailStopped', { pattern: '{"detail":{"eventName":["Nothing"]}}' });
      world.rule('trailhound-hub', 'Hub-WritesSucceededCloudtrail', { targets: [] });
      await world.run(60);
      world.deployRegions(ALL);
    },
    told: [
      '0d 01:10 ops CRITICAL rule TrailStopped of the hub has another pattern than it was deployed with.',
      '0d 01:10 ops CRITICAL rule WritesSucceededCloudtrail of the hub does not lead to its target any more.',
      '0d 01:10 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 ops RECOVERED No longer so: rule TrailStopped of the hub has another pattern than it was deployed with.',
      '0d 02:05 ops RECOVERED No longer so: rule WritesSucceededCloudtrail of the hub does not lead to its target any more.',
      '0d 02:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the detector may not run: its concurrency is 0 for half an hour',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.functions.set('fn-priority', { state: 'Active', reservedConcurrency: 0 });
      await world.run(30);
      world.functions.set('fn-priority', { state: 'Active', reservedConcurrency: undefined });
    },
    told: [
      '0d 01:10 ops CRITICAL function priority may not run: its concurrency is set to 0.',
      '0d 01:10 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops RECOVERED No longer so: function priority may not run: its concurrency is set to 0.',
      '0d 01:35 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the only subscription of the alerts topic is deleted, and comes back',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.subscriptions.alerts = [];
      await world.run(60);
      world.subscriptions.alerts = [mail('security@example.com', false)];
      await world.run(30);
      world.subscriptions.alerts = [mail('security@example.com')];
    },
    told: [
      '0d 01:10 ops CRITICAL nobody gets what the alerts topic sends.',
      '0d 01:10 ops CRITICAL security@example.com on the alerts topic is not subscribed any more.',
      '0d 01:10 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:35 ops RECOVERED No longer so: nobody gets what the alerts topic sends.',
      '0d 02:35 ops RECOVERED No longer so: security@example.com on the alerts topic has not confirmed its subscription.',
      '0d 02:35 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'a subscription that nobody configured is taken away on purpose: told once, and forgotten',
    days: 3,
    happens: async (world) => {
      world.subscriptions.alerts.push(mail('pager@example.com'));
      await world.run(61);
      world.subscriptions.alerts.pop();
    },
    told: [
      '0d 01:10 ops WARNING email pager@example.com on the alerts topic is not subscribed any more.',
      '0d 01:10 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '1d 01:05 ops RECOVERED No longer so: email pager@example.com on the alerts topic is not subscribed any more, and is watched no more.',
      '1d 01:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the stream is broken for two hours: alerts go on by the minute',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.mappings.set('id-bell', 'Disabled');
      world.tables.set('alerts', { status: 'ACTIVE', isProtected: true, hasStream: false });
      await world.run(120);
      world.mappings.set('id-bell', 'Enabled');
      world.tables.set('alerts', { status: 'ACTIVE', isProtected: true, hasStream: true });
    },
    told: [
      '0d 01:10 ops WARNING mapping bell is disabled.',
      '0d 01:10 ops WARNING table alerts has no stream: alerts wait for the next minute.',
      '0d 01:10 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 03:05 ops RECOVERED No longer so: mapping bell is disabled.',
      '0d 03:05 ops RECOVERED No longer so: table alerts has no stream: alerts wait for the next minute.',
      '0d 03:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'nobody sends alerts for an hour while one waits',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.notifies = false;
      world.undelivered.set('us-east-1', 1); // brings an alert
      await world.run(11);
      world.undelivered.clear();
      await world.run(49);
      world.notifies = true;
    },
    told: [
      '0d 01:10 ops WARNING undelivered queue of us-east-1 holds an event that was given up.',
      '0d 01:15 ops RECOVERED No longer so: undelivered queue of us-east-1 holds an event that was given up.',
      '0d 01:20 ops WARNING alerts wait and nobody sends them.',
      '0d 01:40 ops CRITICAL alerts wait and nobody sends them.',
      '0d 02:01 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:01 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:02 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:02 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
      '0d 02:05 ops RECOVERED No longer so: alerts wait and nobody sends them.',
      '0d 02:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the alerts table does not answer for an hour, and the trail is stopped meanwhile',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.alerts.setDown(() => true);
      await world.run(10);
      world.trails = world.trails.map((one) => ({ ...one, isLogging: false }));
      await world.run(50);
      world.alerts.setDown(() => false);
      world.trails = world.trails.map((one) => ({ ...one, isLogging: true }));
    },
    told: [
      '0d 01:15 ops CRITICAL trail org-trail does not log in ap-southeast-2.',
      '0d 01:15 ops CRITICAL trail org-trail does not log in eu-west-1.',
      '0d 01:15 ops CRITICAL trail org-trail does not log in us-east-1.',
      '0d 01:20 ops WARNING pending messages could not be checked: StoreUnavailableError: listPending was made to fail.',
      '0d 01:35 ops CRITICAL pending messages could not be checked: StoreUnavailableError: listPending was made to fail.',
      '0d 02:05 ops RECOVERED No longer so: pending messages could not be checked: StoreUnavailableError: listPending was made to fail.',
      '0d 02:05 ops RECOVERED No longer so: trail org-trail does not log in ap-southeast-2.',
      '0d 02:05 ops RECOVERED No longer so: trail org-trail does not log in eu-west-1.',
      '0d 02:05 ops RECOVERED No longer so: trail org-trail does not log in us-east-1.',
      '0d 02:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:06 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:06 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the table with the heartbeat’s memory does not answer for an hour, and a rule is disabled meanwhile',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.memory.setDown(() => true);
      await world.run(10);
      world.rule('us-east-1', 'trailhound-Writes', { state: 'DISABLED' });
      await world.run(20);
      world.rule('us-east-1', 'trailhound-Writes', { state: 'ENABLED' });
      await world.run(30);
      world.memory.setDown(() => false);
    },
    told: [
      '0d 01:20 ops CRITICAL rule trailhound-Writes of us-east-1 is disabled.',
      '0d 01:20 ops WARNING canaries could not be checked: Error: the baselines table did not answer.',
      '0d 01:20 ops WARNING events that come could not be checked: StoreUnavailableError: lastSeen was made to fail.',
      '0d 01:20 ops WARNING memory of the heartbeat could not be checked: readState was made to fail.',
      '0d 01:20 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops CRITICAL canaries could not be checked: Error: the baselines table did not answer.',
      '0d 01:35 ops CRITICAL events that come could not be checked: StoreUnavailableError: lastSeen was made to fail.',
      '0d 01:35 ops CRITICAL memory of the heartbeat could not be checked: readState was made to fail.',
      '0d 01:35 ops RECOVERED No longer so: rule trailhound-Writes of us-east-1 is disabled.',
      '0d 01:35 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 ops RECOVERED No longer so: canaries could not be checked: Error: the baselines table did not answer.',
      '0d 02:05 ops RECOVERED No longer so: events that come could not be checked: StoreUnavailableError: lastSeen was made to fail.',
      '0d 02:05 ops RECOVERED No longer so: memory of the heartbeat could not be checked: readState was made to fail.',
      '0d 02:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the operations topic is down for an hour while the trail is stopped',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.ops.failure = new Error('503');
      world.trails = world.trails.map((one) => ({ ...one, isLogging: false }));
      await world.run(60);
      world.ops.failure = undefined;
    },
    told: [
      '0d 01:05 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 ops CRITICAL trail org-trail does not log in ap-southeast-2.',
      '0d 02:05 ops CRITICAL trail org-trail does not log in eu-west-1.',
      '0d 02:05 ops CRITICAL trail org-trail does not log in us-east-1.',
    ],
  },
  {
    name: 'events come ten minutes late for a day: nothing is wrong',
    days: 1,
    happens: async (world) => {
      world.delayMs = () => 10 * MINUTE;
    },
    told: [],
  },
  {
    name: 'CloudTrail is 25 minutes late in one region for two hours, its history too',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.delayMs = (region) => (region === 'us-east-1' ? 25 : 1) * MINUTE;
      world.historyMs = (region) => (region === 'us-east-1' ? 26 : 5) * MINUTE;
      await world.run(120);
      world.delayMs = () => MINUTE;
      world.historyMs = () => 5 * MINUTE;
    },
    told: [
      '0d 01:20 ops WARNING CloudTrail is late in us-east-1: its own history lacks our read.',
      '0d 01:20 ops WARNING CloudTrail is late in us-east-1: its own history lacks our write.',
      '0d 01:20 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 03:10 ops RECOVERED No longer so: no reads arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 03:10 ops RECOVERED No longer so: no changes arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 03:10 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'events of one region vanish on the way for an hour, though CloudTrail has them',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.delayMs = (region) => (region === 'us-east-1' ? Number.POSITIVE_INFINITY : MINUTE);
      await world.run(60);
      world.delayMs = () => MINUTE;
    },
    told: [
      '0d 01:20 ops WARNING no reads arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 01:20 ops WARNING no changes arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 01:20 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops CRITICAL no reads arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 01:35 ops CRITICAL no changes arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 01:35 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:10 ops RECOVERED No longer so: no reads arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 02:10 ops RECOVERED No longer so: no changes arrive from us-east-1: CloudTrail recorded our test call, and it did not come back.',
      '0d 02:10 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'one canary in ten is lost: nothing is wrong',
    days: 1,
    happens: async (world) => {
      let serial = 0;
      world.delayMs = () => (++serial % 10 === 0 ? Number.POSITIVE_INFINITY : MINUTE);
    },
    told: [],
  },
  {
    name: 'only reads vanish, and the history cannot be asked',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.failing = (question) => (question === 'isInHistory' ? 'ThrottlingException' : undefined);
      world.delayMs = (_, kind) => (kind === 'read' ? Number.POSITIVE_INFINITY : MINUTE);
      await world.run(60);
      world.delayMs = () => MINUTE;
    },
    told: [
      '0d 01:20 ops WARNING no reads arrive from ap-southeast-2: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 01:20 ops WARNING no reads arrive from eu-west-1: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 01:20 ops WARNING no reads arrive from us-east-1: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 01:20 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops CRITICAL no reads arrive from ap-southeast-2: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 01:35 ops CRITICAL no reads arrive from eu-west-1: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 01:35 ops CRITICAL no reads arrive from us-east-1: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 01:35 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:10 ops RECOVERED No longer so: no reads arrive from ap-southeast-2: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 02:10 ops RECOVERED No longer so: no reads arrive from eu-west-1: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 02:10 ops RECOVERED No longer so: no reads arrive from us-east-1: our test call did not come back, and CloudTrail’s history could not be asked.',
      '0d 02:10 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the detector’s clock is two minutes behind for a day, the schedule late and early by a minute: nothing is wrong',
    days: 1,
    happens: async (world) => {
      world.detectorSkewMs = -2 * MINUTE;
      await world.run(24 * 60, (minute) => minute % 15 === 1 || minute % 15 === 5 || minute % 15 === 9);
    },
    told: [],
  },
  {
    name: 'the heartbeat itself does not run for three hours: its alarm rings outside, and afterwards nothing is wrong',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      await world.run(180, () => false);
    },
    told: [],
  },
  {
    name: 'every schedule comes twice, and every other run starts anew: nothing is told twice',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.rule('us-east-1', 'trailhound-Writes', undefined);
      for (let beat = 0; beat < 6; beat++) {
        await world.run(5, () => false);
        world.restart();
        const first = world.beat();
        world.restart();
        await Promise.all([first, world.beat()]);
      }
      world.deployRegions(ALL);
    },
    told: [
      '0d 01:11 ops CRITICAL rule trailhound-Writes of us-east-1 is gone.',
      '0d 01:11 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops RECOVERED No longer so: rule trailhound-Writes of us-east-1 is gone.',
      '0d 01:35 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'everything about one region is refused for an hour',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.failing = (_, region) => (region === 'ap-southeast-2' ? 'AccessDeniedException' : undefined);
      await world.run(60);
      world.failing = () => undefined;
    },
    told: [
      '0d 01:20 ops WARNING rules of ap-southeast-2 could not be checked: AccessDeniedException: rules in ap-southeast-2.',
      '0d 01:20 ops WARNING sending the read canary to ap-southeast-2 could not be checked: AccessDeniedException: sendCanary in ap-southeast-2.',
      '0d 01:20 ops WARNING sending the write canary to ap-southeast-2 could not be checked: AccessDeniedException: sendCanary in ap-southeast-2.',
      '0d 01:20 ops WARNING trail of ap-southeast-2 could not be checked: AccessDeniedException: trails in ap-southeast-2.',
      '0d 01:20 ops WARNING undelivered queue of ap-southeast-2 could not be checked: AccessDeniedException: waiting in ap-southeast-2.',
      '0d 01:20 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:35 ops CRITICAL rules of ap-southeast-2 could not be checked: AccessDeniedException: rules in ap-southeast-2.',
      '0d 01:35 ops CRITICAL sending the read canary to ap-southeast-2 could not be checked: AccessDeniedException: sendCanary in ap-southeast-2.',
      '0d 01:35 ops CRITICAL sending the write canary to ap-southeast-2 could not be checked: AccessDeniedException: sendCanary in ap-southeast-2.',
      '0d 01:35 ops CRITICAL trail of ap-southeast-2 could not be checked: AccessDeniedException: trails in ap-southeast-2.',
      '0d 01:35 ops CRITICAL undelivered queue of ap-southeast-2 could not be checked: AccessDeniedException: waiting in ap-southeast-2.',
      '0d 01:35 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 02:05 ops RECOVERED No longer so: rules of ap-southeast-2 could not be checked: AccessDeniedException: rules in ap-southeast-2.',
      '0d 02:05 ops RECOVERED No longer so: sending the read canary to ap-southeast-2 could not be checked: AccessDeniedException: sendCanary in ap-southeast-2.',
      '0d 02:05 ops RECOVERED No longer so: sending the write canary to ap-southeast-2 could not be checked: AccessDeniedException: sendCanary in ap-southeast-2.',
      '0d 02:05 ops RECOVERED No longer so: trail of ap-southeast-2 could not be checked: AccessDeniedException: trails in ap-southeast-2.',
      '0d 02:05 ops RECOVERED No longer so: undelivered queue of ap-southeast-2 could not be checked: AccessDeniedException: waiting in ap-southeast-2.',
      '0d 02:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'one question in twenty is throttled all day: nothing is wrong',
    days: 1,
    happens: async (world) => {
      let state = 1;
      // A generator of Lehmer's: the same numbers in every run.
      const next = () => (state = (state * 48_271) % 2_147_483_647);
      world.failing = () => (next() % 20 === 0 ? 'ThrottlingException' : undefined);
    },
    told: [],
  },
  {
    name: 'a region is added whose events need 50 minutes to come: excused',
    days: 1,
    happens: async (world) => {
      await world.run(25 * 60);
      world.delayMs = (region) => (region === 'sa-east-1' ? Number.POSITIVE_INFINITY : MINUTE);
      world.deployRegions([...ALL, 'sa-east-1']);
      await world.run(50);
      world.delayMs = () => MINUTE;
      await world.run(60);
    },
    told: [],
  },
  {
    name: 'a region is taken away and added again within a day: not excused a second time',
    days: 2,
    happens: async (world) => {
      await world.run(25 * 60);
      world.deployRegions([...ALL, 'sa-east-1']);
      await world.run(120);
      world.deployRegions(ALL);
      await world.run(60);
      world.delayMs = (region) => (region === 'sa-east-1' ? Number.POSITIVE_INFINITY : MINUTE);
      world.deployRegions([...ALL, 'sa-east-1']);
      await world.run(50);
      world.delayMs = () => MINUTE;
    },
    told: [
      '1d 04:15 ops WARNING no reads arrive from sa-east-1: CloudTrail recorded our test call, and it did not come back.',
      '1d 04:15 ops WARNING no changes arrive from sa-east-1: CloudTrail recorded our test call, and it did not come back.',
      '1d 04:15 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '1d 04:30 ops CRITICAL no reads arrive from sa-east-1: CloudTrail recorded our test call, and it did not come back.',
      '1d 04:30 ops CRITICAL no changes arrive from sa-east-1: CloudTrail recorded our test call, and it did not come back.',
      '1d 04:30 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '1d 04:55 ops RECOVERED No longer so: no reads arrive from sa-east-1: CloudTrail recorded our test call, and it did not come back.',
      '1d 04:55 ops RECOVERED No longer so: no changes arrive from sa-east-1: CloudTrail recorded our test call, and it did not come back.',
      '1d 04:55 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'a member account works in office hours for a fortnight, and is quiet at night and on Sunday: nothing is wrong',
    days: 14,
    start: '2026-03-03T07:00:00Z',
    config: MEMBERS,
    happens: async (world) => {
      for (let hour = 0; hour < 14 * 24; hour++) {
        const now = new Date(world.clock.timeMs);
        if (now.getUTCDay() !== 0 && now.getUTCHours() >= 7 && now.getUTCHours() < 19) world.act(MEMBER, 'eu-west-1');
        await world.run(60);
      }
    },
    told: [
      '6d 01:00 ops [WEEKLY] Trailhound: All is well, week from 2026-03-09 - 111122223333',
      '13d 01:00 ops [WEEKLY] Trailhound: All is well, week from 2026-03-16 - 111122223333',
    ],
  },
  {
    name: 'a busy member account falls silent on the tenth day for six hours',
    days: 12,
    start: '2026-03-03T07:00:00Z',
    config: MEMBERS,
    happens: async (world) => {
      for (let half = 0; half < 12 * 48; half++) {
        if (half < 10 * 48 || half >= 10 * 48 + 12) world.act(MEMBER, 'eu-west-1');
        await world.run(30);
      }
    },
    told: [
      '6d 01:00 ops [WEEKLY] Trailhound: All is well, week from 2026-03-09 - 111122223333',
      '10d 00:35 ops WARNING no events come from account 444455556666 for 1 hour, longer than ever in weeks.',
      '10d 00:35 ops WARNING no events come from account 444455556666 in eu-west-1 for 1 hour, longer than ever in weeks.',
      '10d 00:35 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '10d 01:30 ops CRITICAL no events come from account 444455556666 for 2 hours, longer than ever in weeks.',
      '10d 01:30 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '10d 06:05 ops RECOVERED No longer so: no events come from account 444455556666 for 6 hours, longer than ever in weeks.',
      '10d 06:05 ops RECOVERED No longer so: no events come from account 444455556666 in eu-west-1 for 6 hours, longer than ever in weeks.',
      '10d 06:05 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'events wait for 40 minutes in the priority queue',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.alarms.set('alarm-priority', { isOn: true, tellsOps: true, isRinging: true, sinceMs: world.clock.timeMs });
      await world.run(40);
      world.alarms.set('alarm-priority', { isOn: true, tellsOps: true, isRinging: false, sinceMs: world.clock.timeMs });
    },
    told: [
      '0d 01:15 ops WARNING events wait in the priority queue and are not worked off.',
      '0d 01:15 alerts [HIGH] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:30 ops CRITICAL events wait in the priority queue and are not worked off.',
      '0d 01:30 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
      '0d 01:45 ops RECOVERED No longer so: events wait in the priority queue and are not worked off.',
      '0d 01:45 alerts [LOW] Trailhound itself is right again - 111122223333 eu-west-1',
    ],
  },
  {
    name: 'the alarm that watches the heartbeat is switched off',
    days: 1,
    happens: async (world) => {
      await world.run(61);
      world.alarms.set('alarm-heartbeat', { isOn: false, tellsOps: true, isRinging: false, sinceMs: undefined });
    },
    told: [
      '0d 01:10 ops CRITICAL alarm HeartbeatSilent is switched off.',
      '0d 01:10 alerts [CRITICAL] Trailhound itself needs attention - 111122223333 eu-west-1',
    ],
  },
];
