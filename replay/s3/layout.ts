/**
 * Where CloudTrail puts its files:
 *
 *     prefix/AWSLogs/o-organisation/111122223333/CloudTrail/eu-west-1/2026/11/20/<file>
 *            └ accounts ──────────┘             └ services ┘└ regions ┘└ days
 *
 * The prefix and the organisation may be missing.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export interface Place {
  /** What the next folder's name means. */
  readonly next: 'accounts' | 'services' | 'regions' | 'days';
  /** Up to and with the last folder that is told here. */
  readonly folder: string;
  readonly organization: string | undefined;
  readonly account: string | undefined;
  /** `CloudTrail`, and others that are named like it. */
  readonly service: string | undefined;
  readonly region: string | undefined;
}

const LAYOUT = /^(?:.*?\/)?AWSLogs\/(?:(o-[a-z0-9]+)\/)?(?:(\d{12})\/(?:([^/]+)\/(?:([^/]+)\/)?)?)?/s;

/** Where in the layout a prefix leads; undefined outside of it. */
export function placeOf(prefix: string): Place | undefined {
  const match = LAYOUT.exec(prefix);
  if (match === null) return undefined;
  const [folder, organization, account, service, region] = match;
  const next = !account ? 'accounts' : !service ? 'services' : !region ? 'regions' : 'days';
  // Below AWSLogs/ others keep logs, too, by names of their own.
  return next !== 'days' && prefix !== folder ? undefined : { next, folder, organization, account, service, region };
}

/** The days of files, and the first file's name, as they stand in keys below a region. */
export interface KeySpan {
  /** A key before all that are wanted, and behind as many others as can be known. */
  readonly startAfter: string | undefined;
  /** `2026/11/21`: the last day of which files are wanted. */
  readonly lastDay: string | undefined;
}

/**
 * Keys of files that were delivered within a span of time: within a region they are in the order of their delivery.
 * @param fromMs, toMs of delivery, in milliseconds since 1970; infinite for no bound
 */
export function keySpan({ folder, account, service, region }: Place, fromMs: number, toMs: number): KeySpan {
  const from = Number.isFinite(fromMs) ? stampOf(fromMs) : undefined;
  return {
    startAfter: from && `${folder}${from.day}/${account}_${service}_${region}_${from.minute}`,
    lastDay: Number.isFinite(toMs) ? stampOf(toMs).day : undefined,
  };
}

/** The day in a key below a region's folder, if there is one. */
export function dayOf(key: string, { folder }: Place): string | undefined {
  return /^\d{4}\/\d{2}\/\d{2}(?=\/)/.exec(key.slice(folder.length))?.[0];
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html */
function stampOf(timeMs: number): { day: string; minute: string } {
  const text = new Date(timeMs).toISOString();
  return {
    day: text.slice(0, 10).replaceAll('-', '/'),
    minute: `${text.slice(0, 16).replace(/[-:]/g, '')}Z`,
  };
}

/** `s3://bucket/prefix`; undefined when it is none. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function locationOf(url: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9])(?:\/(.*))?$/s.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}
