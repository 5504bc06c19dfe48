import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted, megabytes } from '../replay/counts';
import type { InputProblem } from '../replay/reading/input-problem';
import { byDelivery, type Input, type ListedInputs, listInputs, type Skipped } from '../replay/reading/inputs';
import type { AwsObjectStoreOptions } from '../replay/s3/aws-object-store';
import { Downloads, nameOf } from '../replay/s3/downloads';
import { type ListedObjects, listObjects } from '../replay/s3/list-objects';
import { FolderError, ObjectFolder } from '../replay/s3/object-folder';
import type { ObjectStore, StoredObject } from '../replay/s3/object-store';
import type { Supply } from '../replay/supply';
import { regionOf, wholeNumber } from './args';
import { type Io, UsageError } from './io';
import type { ProgressLine } from './progress-line';

/** Options of every command that reads from S3. */
export const S3_OPTIONS = {
  account: { type: 'string', multiple: true },
  region: { type: 'string', multiple: true },
  profile: { type: 'string' },
  'late-files': { type: 'string' },
  cache: { type: 'string' },
  'cache-size': { type: 'string' },
} as const;

const LATE_FILES_HOURS = 2;
const CACHE_GB = 20;

/** As they stand in a command's help. */
export const S3_HELP = `From S3: s3://bucket, or a folder or a file below it. Needs s3:ListBucket and s3:GetObject there, and kms:Decrypt where
objects are encrypted with a key. Of CloudTrail's layout only what is asked for is listed and downloaded:
  --account <id>           only files of this account; repeat for several
  --region <region>        only files of this region; repeat for several
  --profile <name>         profile of your AWS configuration (default: that of the environment)
  --late-files <hours>     how long after --to files may have been delivered (default: ${LATE_FILES_HOURS}; CloudTrail takes minutes)
  --cache <folder>         keep what is downloaded, for you alone to read: whatever reads it again, as the same command
                           after an interrupt, downloads only what is missing. Without it, files go to a temporary
                           folder and are cleared away as they are read: read twice, they are downloaded twice, and
                           of very many the page of --format html lacks some records
  --cache-size <GB>        what the folder may hold (default: ${CACHE_GB}); beyond it, what is not in use goes, oldest first`;

/** Objects that are downloaded at once: S3 answers each in some 50 ms, whatever else it does. */
const DOWNLOADS = 32;

/** What may lie in the temporary folder, which may be in memory. */
const TEMPORARY_BYTES = 256_000_000;

/** What is downloaded before a reader asks for it. */
const AHEAD_BYTES = 64_000_000;

export interface S3Asked {
  readonly account?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly profile?: string | undefined;
  readonly 'late-files'?: string | undefined;
  readonly cache?: string | undefined;
  readonly 'cache-size'?: string | undefined;
}

/** Opens S3; a test brings its own. */
export type OpenStore = (options: AwsObjectStoreOptions) => ObjectStore;

export interface GatherOptions {
  readonly paths: readonly string[];
  readonly asked: S3Asked;
  readonly io: Io;
  /** Of events. */
  readonly span: { readonly fromMs: number; readonly toMs: number };
  /** Stops listing and downloading; aborted, too, when S3 gives nothing more. */
  readonly stop: AbortController;
  readonly progress: ProgressLine | undefined;
  readonly openStore?: OpenStore;
}

/** Inputs, wherever they are. To be closed. */
export interface Gathered extends ListedInputs {
  /** Brings those that are in S3; undefined when none is. */
  readonly supply: Supply | undefined;
  /** What there is to download; undefined when nothing is in S3. */
  readonly listing: string | undefined;
  /** What went wrong with downloads and was not told with an input. To be asked once, when all is read. */
  troubles(): InputProblem[];
  /** What was downloaded, and how to go on after an interrupt. */
  report(interrupted: boolean): string | undefined;
  close(): void;
}

/**
 * Lists what there is to read. Objects in S3 become inputs whose files come into being when they are asked for.
 * @throws {UsageError} when options make no sense, or the cache cannot be used
 */
export async function gatherInputs(options: GatherOptions): Promise<Gathered> {
  const { paths, asked, io, span, stop, progress } = options;
  const urls = paths.filter(isUrl);
  const accounts = (asked.account ?? []).flatMap((text) => text.split(',')).map(accountOf);
  const regions = (asked.region ?? []).flatMap((text) => text.split(',')).map(regionOf);
  const lateHours = wholeNumber('late-files', asked['late-files'], 0, 24 * 31) ?? LATE_FILES_HOURS;
  const cacheBytes = (wholeNumber('cache-size', asked['cache-size'], 1, 100_000) ?? CACHE_GB) * 1e9;
  const local = await listInputs(
    paths.filter((path) => !isUrl(path)).map((path) => (path === '-' ? path : resolve(io.cwd, path))),
  );
  if (urls.length === 0) {
    const given = Object.entries(asked).find(([name, value]) => name in S3_OPTIONS && value !== undefined)?.[0];
    if (given !== undefined) throw new UsageError(`--${given} is for reading from S3: give s3://BUCKET/PREFIX`);
    return { ...local, supply: undefined, listing: undefined, troubles: () => [], report: nothing, close: nothing };
  }
  const store = (options.openStore ?? openAws)({
    profile: asked.profile,
    connections: DOWNLOADS,
    usesPaths: Boolean(io.env['AWS_ENDPOINT_URL_S3'] || io.env['AWS_ENDPOINT_URL']),
  });
  try {
    const listed = await listObjects(
      store,
      { urls, ...span, delayMs: lateHours * 3_600_000, accounts, regions },
      stop.signal,
      (objects, requests) => progress?.listing(objects, requests),
    );
    progress?.clear();
    const objects = listed.found.map(({ object }) => object);
    const folder = openFolder(asked.cache && resolve(io.cwd, asked.cache), cacheBytes, objects);
    const { inputs, objectOf } = merged(local.inputs, listed, folder);
    const downloads = new Downloads({
      store,
      folder,
      objects: objectOf,
      atOnce: DOWNLOADS,
      aheadBytes: AHEAD_BYTES,
      signal: stop.signal,
      onRefused: (problem) => {
        refused = problem;
        stop.abort();
      },
      sleep,
    });
    let refused: InputProblem | undefined;
    return {
      inputs,
      problems: [...local.problems, ...listed.problems],
      skipped: added(local.skipped, listed.skipped),
      supply: downloads,
      listing: listingText(listed, folder, asked.cache !== undefined),
      troubles: () => [...(refused === undefined ? [] : [refused]), ...downloads.untold()],
      report: (interrupted) => reportText(downloads.counts, interrupted, objects.length, asked.cache),
      close: () => {
        folder.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    if (error instanceof FolderError) throw new UsageError(`--cache: ${error.message}`, { cause: error });
    throw error;
  }
}

const nothing = () => undefined;

function isUrl(path: string): boolean {
  return path.startsWith('s3://');
}

/** Beside the command line, in a file of its own, since its library is large. */
function openAws(options: AwsObjectStoreOptions): ObjectStore {
  const { awsObjectStore } = require(join(__dirname, 's3-cloud.js')) as typeof import('./s3-cloud');
  return awsObjectStore(options);
}

function openFolder(cache: string | undefined, maxBytes: number, objects: readonly StoredObject[]): ObjectFolder {
  return cache === undefined ? ObjectFolder.temporary(TEMPORARY_BYTES) : ObjectFolder.kept(cache, maxBytes, objects);
}

/** All inputs in the order in which they are read, and which object each is. */
function merged(
  local: readonly Input[],
  { found }: ListedObjects,
  folder: ObjectFolder,
): { inputs: Input[]; objectOf: (StoredObject | undefined)[] } {
  const remote = new Map<Input, StoredObject>();
  for (const { object, deliveredAtMs } of found) {
    const input: Input = {
      name: nameOf(object),
      path: folder.pathOf(object),
      sizeBytes: object.sizeBytes,
      ...(deliveredAtMs === undefined ? {} : { deliveredAtMs }),
    };
    remote.set(input, object);
  }
  const inputs = [...local, ...remote.keys()].sort(byDelivery);
  return { inputs, objectOf: inputs.map((input) => remote.get(input)) };
}

function listingText(
  { found, accounts, regions, requests }: ListedObjects,
  folder: ObjectFolder,
  isKept: boolean,
): string {
  const bytes = (objects: typeof found) => objects.reduce((sum, { object }) => sum + object.sizeBytes, 0);
  const where =
    accounts.size === 0 ? '' : ` of ${counted(accounts.size, 'account')} in ${counted(regions.size, 'region')}`;
  const missing = isKept ? found.filter(({ object }) => !folder.has(object)) : found;
  const rest =
    missing.length < found.length
      ? `; ${counted(missing.length, 'file')}, ${megabytes(bytes(missing))} to download, the rest is in the cache`
      : '';
  return `S3: ${counted(found.length, 'file')}, ${megabytes(bytes(found))}${where} (${counted(requests, 'request')} to list them)${rest}`;
}

function reportText(
  { fetched, fetchedBytes, kept, keptBytes }: Downloads['counts'],
  interrupted: boolean,
  objects: number,
  cache: string | undefined,
): string {
  const fromCache =
    kept > 0 && cache !== undefined ? `; ${counted(kept, 'file')}, ${megabytes(keptBytes)} from the cache` : '';
  const goOn = !interrupted
    ? ''
    : cache === undefined
      ? '. With --cache FOLDER, the same command would go on where it stopped'
      : `. The same command again goes on: ${counted(Math.max(objects - fetched - kept, 0), 'file')} to download`;
  return `S3: ${counted(fetched, 'file')}, ${megabytes(fetchedBytes)} downloaded${fromCache}${goOn}`;
}

function added(a: Readonly<Skipped>, b: Readonly<Skipped>): Skipped {
  return {
    digests: a.digests + b.digests,
    summaries: a.summaries + b.summaries,
    otherServices: a.otherServices + b.otherServices,
    otherFiles: a.otherFiles + b.otherFiles,
  };
}

/** @throws UsageError */
function accountOf(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new UsageError(`--account: expected twelve digits; found ${JSON.stringify(text.slice(0, 60))}`);
}
