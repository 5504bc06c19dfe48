import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { ListPage, ListRequest, ObjectStore, StoredObject } from './object-store';

export interface AwsObjectStoreOptions {
  /** Of the AWS configuration files; undefined: whatever the environment gives. */
  readonly profile?: string | undefined;
  /** Requests that may be under way at once. */
  readonly connections: number;
  /** A connection over which nothing comes for so long is given up, in milliseconds. */
  readonly silenceMs?: number;
  /** Buckets are named in the path instead of the host: for servers that are not Amazon's. */
  readonly usesPaths?: boolean;
}

/** Asked first where no region is known; S3 tells the bucket's own. */
const FIRST_REGION = 'us-east-1';
const SILENCE_MS = 30_000;

/**
 * S3 itself, by the credentials of a profile or of the environment, each bucket asked in its own region.
 * `AWS_ENDPOINT_URL` and its like are the SDK's own business.
 */
export function awsObjectStore({
  profile,
  connections,
  silenceMs = SILENCE_MS,
  usesPaths = false,
}: AwsObjectStoreOptions): ObjectStore {
  const settings = {
    // Not adaptive: one answer that says "slow down" among few requests makes it wait for many seconds.
    retryMode: 'standard',
    maxAttempts: 8,
    // The files are compressed, and a compressed file has a checksum of its own.
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: usesPaths,
    ...(profile === undefined ? {} : { profile }),
  } as const;
  const first = new S3Client({
    ...settings,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: silenceMs,
      throwOnRequestTimeout: true,
      socketTimeout: silenceMs,
      httpsAgent: { maxSockets: connections },
      httpAgent: { maxSockets: connections },
    },
  });
  // Credentials are found once (a single sign-on, a program), connections are shared by all.
  const shared = { ...settings, requestHandler: first.config.requestHandler, credentials: first.config.credentials };
  const inRegion = remembered((region: string) => new S3Client({ ...shared, region }));
  const clientOf = remembered(async (bucket: string) => {
    const guess = await first.config.region().catch(() => FIRST_REGION);
    return inRegion(await regionOf(inRegion(guess), bucket, guess));
  });
  return {
    async list(request, abortSignal) {
      const client = await clientOf(request.bucket);
      return pageOf(request, await client.send(listCommand(request), { abortSignal }));
    },
    async read({ bucket, key, etag }, fromByte, abortSignal) {
      const client = await clientOf(bucket);
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(etag === '' ? {} : { IfMatch: etag }),
        ...(fromByte === 0 ? {} : { Range: `bytes=${fromByte}-` }),
      });
      const { Body } = await client.send(command, { abortSignal });
      if (Body === undefined) throw new Error('S3 answered without content');
      return Body as unknown as AsyncIterable<Uint8Array>; // in Node.js it is a stream, also to its type's surprise
    },
    close: () => first.destroy(),
  };
}

/**
 * Where a bucket is: every answer says it, a refusal too. Whatever is wrong besides, the first real request will tell.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
async function regionOf(client: S3Client, bucket: string, guess: string): Promise<string> {
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return BucketRegion ?? guess;
  } catch (error) {
    const { $response } = error as { $response?: { headers?: Record<string, string | undefined> } };
    const told = $response?.headers?.['x-amz-bucket-region'];
    return told !== undefined && /^[a-z0-9-]{1,40}$/.test(told) ? told : guess;
  }
}

function listCommand({ bucket, prefix, byFolder, startAfter, token, max }: ListRequest): ListObjectsV2Command {
  return new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    // Keys may hold what XML cannot: they come encoded.
    EncodingType: 'url',
    ...(byFolder === true ? { Delimiter: '/' } : {}),
    ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(max === undefined ? {} : { MaxKeys: max }),
  });
}

function pageOf({ bucket }: ListRequest, answer: ListAnswer): ListPage {
  return {
    objects: (answer.Contents ?? []).map(
      ({ Key = '', Size = 0, ETag = '', LastModified }): StoredObject => ({
        bucket,
        key: decoded(Key),
        sizeBytes: Size,
        etag: ETag,
        modifiedMs: LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
      }),
    ),
    folders: (answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => decoded(Prefix)),
    next: answer.IsTruncated === true ? answer.NextContinuationToken : undefined,
  };
}

type ListAnswer = import('@aws-sdk/client-s3').ListObjectsV2CommandOutput;

/** S3 writes a blank as `+`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // a server that does not encode
  }
}

/** The same answer for the same question. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const fresh = make(name);
    made.set(name, fresh);
    return fresh;
  };
}
