import { Random } from './random';
import type { CloudTrailRecord } from './record';
import type { Moment } from './story';

/** One object in the bucket: its key below the bucket's root, and the records in it. */
export interface DeliveredFile {
  readonly path: string;
  readonly records: readonly CloudTrailRecord[];
}

/** CloudTrail writes what it has collected about every five minutes, per account and region. */
const SLOT_MS = 5 * 60_000;
/** A slot with more records is split over several files. */
const RECORDS_IN_A_FILE = 220;
const STRAGGLES = 0.015;
/** Deliveries are at least once: now and then a record comes again in a later file. */
const DELIVERED_AGAIN = 0.012;

/**
 * How long a record takes to its file: three minutes or so, ten at worst. What happens in one minute of one region
 * mostly comes together; a few records lag behind the rest.
 */
function delayMs({ timeMs, record }: Moment, random: Random): number {
  const minute = `${record.recipientAccountId} ${record.awsRegion} ${Math.floor(timeMs / 60_000)}`;
  const together = new Random(`delay of ${minute}`).between(110, 270);
  return 1000 * (random.chance(STRAGGLES) ? random.between(330, 600) : together + random.between(-20, 20));
}

/**
 * Lays records out as a trail delivers them: late by minutes, in files of one account and region, out of order within
 * a file, and some of them twice.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export function deliver(moments: readonly Moment[]): DeliveredFile[] {
  const random = new Random('delivery');
  const slots = new Map<string, Moment[]>();
  const put = (moment: Moment, arrivalMs: number): void => {
    const slotMs = Math.ceil(arrivalMs / SLOT_MS) * SLOT_MS;
    const { recipientAccountId, awsRegion } = moment.record;
    const key = `${recipientAccountId} ${awsRegion} ${slotMs}`;
    slots.set(key, [...(slots.get(key) ?? []), moment]);
  };
  for (const moment of moments) {
    const arrivalMs = moment.timeMs + delayMs(moment, random);
    put(moment, arrivalMs);
    if (moment.deliveredTwice || random.chance(DELIVERED_AGAIN)) put(moment, arrivalMs + SLOT_MS * random.whole(1, 3));
  }

  return [...slots].flatMap(([key, arrived]) => {
    const [account = '', region = '', slotMs = ''] = key.split(' ');
    const files = Math.ceil(arrived.length / RECORDS_IN_A_FILE);
    const parts: Moment[][] = Array.from({ length: files }, () => []);
    for (const moment of arrived) parts[random.whole(0, files - 1)]?.push(moment);
    return parts
      .filter((part) => part.length > 0)
      .map((part) => ({ path: objectKey(account, region, Number(slotMs), random), records: disordered(part, random) }));
  });
}

/**
 * Puts the records of a file out of order, about as much as real ones are: four in ten come before an earlier one.
 * Several collectors each write in order; what they wrote stands one after the other.
 */
function disordered(moments: readonly Moment[], random: Random): CloudTrailRecord[] {
  const collectors: Moment[][] = [[], []];
  for (const moment of moments) collectors[random.chance(0.55) ? 0 : 1]?.push(moment);
  return collectors.flatMap((collected) => collected.map(({ record }) => record));
}

/** `AWSLogs/<account>/CloudTrail/<region>/<yyyy>/<mm>/<dd>/<account>_CloudTrail_<region>_<time>_<random>.json.gz` */
function objectKey(account: string, region: string, deliveredMs: number, random: Random): string {
  const [date = '', clock = ''] = new Date(deliveredMs).toISOString().split('T');
  const time = `${date.replaceAll('-', '')}T${clock.slice(0, 5).replace(':', '')}Z`;
  const unique = random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 16);
  return `AWSLogs/${account}/CloudTrail/${region}/${date.replaceAll('-', '/')}/${account}_CloudTrail_${region}_${time}_${unique}.json.gz`;
}
