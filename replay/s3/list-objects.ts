import { basename } from 'node:path';
import { visible } from '../../lambda/alerts/neutral';
import { type InputProblem, type ProblemDetails, ProblemLog } from '../reading/input-problem';
import { deliveryTime, hasLogName, kindOf, type Skipped } from '../reading/inputs';
import { dayOf, keySpan, locationOf, type Place, placeOf } from './layout';
import type { ListPage, ListRequest, ObjectStore, StoredObject } from './object-store';
import { refusalOf } from './refusal';

export interface Wanted {
  readonly urls: readonly string[];
  /** Of events, in milliseconds since 1970; infinite for no bound. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How long after `toMs` files may have been delivered, in milliseconds. */
  readonly delayMs: number;
  /** Empty: all. */
  readonly accounts: readonly string[];
  /** Regions of the files, not of the bucket. Empty: all. */
  readonly regions: readonly string[];
}

export interface ListedObject {
  readonly object: StoredObject;
  readonly deliveredAtMs: number | undefined;
}

export interface ListedObjects {
  readonly found: readonly ListedObject[];
  readonly problems: readonly InputProblem[];
  readonly skipped: Readonly<Skipped>;
  /** In which files were found, where the keys tell. */
  readonly accounts: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
  /** Requests to S3; each costs. */
  readonly requests: number;
}

/**
 * A file cannot hold what happened after it was delivered. The clocks of the services that write the times of events are
 * not that of the service that writes the names of files, hence some minutes.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
const CLOCKS_MS = 5 * 60_000;

/** Requests under way at once. */
const AT_ONCE = 16;

/** Levels of folders before `AWSLogs/` that are looked through, and folders of each. */
const DEPTH_MAX = 3;
const FOLDERS_MAX = 200;

/**
 * Finds the objects that may hold events of the time, accounts and regions that are wanted, with as few requests as can
 * be: what CloudTrail's layout tells is not listed, and within a region listing begins at the first file that may matter.
 * Of other places (a delivery stream's, a copy's), all is listed, and what is named like a log is taken.
 * @param onProgress is told how much was found so far
 */
export async function listObjects(
  store: ObjectStore,
  wanted: Wanted,
  signal: AbortSignal,
  onProgress: (objects: number, requests: number) => void = () => undefined,
): Promise<ListedObjects> {
  const listing = new Listing(store, wanted, signal, onProgress);
  for (const url of wanted.urls) {
    if (signal.aborted) break;
    await listing.addUrl(url);
  }
  return listing;
}

class Listing implements ListedObjects {
  readonly found: ListedObject[] = [];
  readonly problems: InputProblem[] = [];
  readonly skipped: Skipped = { digests: 0, summaries: 0, otherServices: 0, otherFiles: 0 };
  readonly accounts = new Set<string>();
  readonly regions = new Set<string>();
  requests = 0;
  private readonly seen = new Set<string>();
  private readonly limit = limiter(AT_ONCE);
  /** Of delivery. */
  private readonly fromMs: number;
  private readonly toMs: number;

  constructor(
    private readonly store: ObjectStore,
    private readonly wanted: Wanted,
    private readonly signal: AbortSignal,
    private readonly onProgress: (objects: number, requests: number) => void,
  ) {
    this.fromMs = wanted.fromMs - CLOCKS_MS;
    this.toMs = wanted.toMs + wanted.delayMs;
  }

  async addUrl(url: string): Promise<void> {
    const location = locationOf(url);
    if (location === undefined) {
      const fix = 'It looks like s3://BUCKET/PREFIX, with the name of a bucket.';
      this.report(url, { reason: 'that is no place in S3', fix, recordsLost: 'unknown' });
      return;
    }
    const before = this.found.length + this.problems.length;
    const skippedBefore = total(this.skipped);
    try {
      await this.addLocation(location.bucket, location.key);
    } catch (error) {
      if (this.signal.aborted) return;
      const { reason, fix } = refusalOf(error, { action: 's3:ListBucket', bucket: location.bucket });
      this.report(url, { reason, fix, recordsLost: 'unknown' });
    }
    if (this.found.length + this.problems.length > before || this.signal.aborted) return;
    const only = total(this.skipped) > skippedBefore ? ', only files that are none of CloudTrail’s logs' : '';
    this.report(url, {
      reason: `no CloudTrail files there${this.restrictions()}${only}`,
      fix: 'Give the folder that holds AWSLogs/, one below it, or a file.',
      recordsLost: 0,
    });
  }

  private restrictions(): string {
    const { accounts, regions, fromMs, toMs } = this.wanted;
    const parts = [
      ...(Number.isFinite(fromMs) || Number.isFinite(toMs) ? ['in this time'] : []),
      ...(accounts.length > 0 ? [`of ${accounts.join(', ')}`] : []),
      ...(regions.length > 0 ? [`of ${regions.join(', ')}`] : []),
    ];
    return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
  }

  private async addLocation(bucket: string, key: string): Promise<void> {
    if (key === '' || key.endsWith('/')) {
      await this.addFolder(bucket, key);
      return;
    }
    const [object] = (await this.page({ bucket, prefix: key, max: 1 })).objects;
    if (object?.key === key) this.addNamed(object);
    else await this.addFolder(bucket, `${key}/`);
  }

  private async addFolder(bucket: string, prefix: string): Promise<void> {
    const place = placeOf(prefix);
    if (place !== undefined) {
      await this.addPlace(bucket, prefix, place);
      return;
    }
    const roots = prefix.includes('AWSLogs/') ? [] : await this.logFolders(bucket, [prefix]);
    if (roots.length === 0) await this.addEverything(bucket, prefix);
    for (const root of roots) await this.addFolder(bucket, root);
  }

  /** Folders named `AWSLogs/` below others, not too deep: a bucket may hold anything else, and a lot of it. */
  private async logFolders(bucket: string, folders: readonly string[], depth = 0): Promise<string[]> {
    const below = (await Promise.all(folders.map((folder) => this.folders(bucket, folder)))).flat();
    const roots = below.filter((folder) => folder.endsWith('/AWSLogs/') || folder === 'AWSLogs/');
    const others = below.filter((folder) => !roots.includes(folder) && basename(folder) !== 'AWSLogs');
    const deeper =
      roots.length > 0 || depth === DEPTH_MAX || others.length === 0
        ? []
        : await this.logFolders(bucket, others.slice(0, FOLDERS_MAX), depth + 1);
    return [...roots, ...deeper];
  }

  private async addPlace(bucket: string, prefix: string, place: Place): Promise<void> {
    const { accounts, regions } = this.wanted;
    const isWanted = (names: readonly string[], name: string | undefined) =>
      name === undefined || names.length === 0 || names.includes(name);
    if (!isWanted(accounts, place.account) || !isWanted(regions, place.region)) return;
    if (place.service !== undefined && !isLogService(place.service)) {
      this.skipped[kindOf(`/${prefix}x/`) ?? 'otherServices'] += 1;
      return;
    }
    if (place.next === 'days') {
      await this.addDays(bucket, prefix, place);
      return;
    }
    // Of services only those named like CloudTrail are asked for.
    const below = await this.folders(bucket, place.next === 'services' ? `${prefix}CloudTrail` : prefix);
    await Promise.all(
      below.map(async (folder) => {
        const next = placeOf(folder);
        if (next !== undefined && next.folder === folder) await this.tryPlace(bucket, folder, next);
      }),
    );
  }

  /** Where only a part may be listed, the rest is read. */
  private async tryPlace(bucket: string, folder: string, place: Place): Promise<void> {
    try {
      await this.addPlace(bucket, folder, place);
    } catch (error) {
      const { kind, reason, fix } = refusalOf(error, { action: 's3:ListBucket', bucket });
      if (kind !== 'denied') throw error;
      this.report(`s3://${bucket}/${folder}`, { reason, fix, recordsLost: 'unknown' });
    }
  }

  private async addDays(bucket: string, prefix: string, place: Place): Promise<void> {
    const { startAfter, lastDay } = keySpan(place, this.fromMs, this.toMs);
    let token: string | undefined;
    do {
      const request = { bucket, prefix, token, ...(startAfter !== undefined && { startAfter }) };
      const { objects, next } = await this.page(request);
      const isPast = (key: string) => lastDay !== undefined && (dayOf(key, place) ?? '') > lastDay;
      for (const object of objects) {
        if (!isPast(object.key) && this.addFound(object)) {
          this.accounts.add(place.account ?? '');
          this.regions.add(place.region ?? '');
        }
      }
      token = isPast(objects.at(-1)?.key ?? '') ? undefined : next;
    } while (token !== undefined);
  }

  private async addEverything(bucket: string, prefix: string): Promise<void> {
    let token: string | undefined;
    do {
      const { objects, next } = await this.page({ bucket, prefix, token });
      for (const object of objects) this.addFound(object);
      token = next;
    } while (token !== undefined);
  }

  /** @returns whether it is wanted */
  private addFound(object: StoredObject): boolean {
    if (object.key.endsWith('/')) return false; // what the console calls a folder
    if (!hasLogName(object.key)) {
      this.skipped[kindOf(`/${object.key}`) ?? 'otherFiles'] += 1;
      return false;
    }
    const deliveredAtMs = deliveryTime(basename(object.key));
    // Written again later, by whoever copied it, never earlier.
    const writtenMs = deliveredAtMs ?? object.modifiedMs;
    if (writtenMs < this.fromMs || (deliveredAtMs !== undefined && deliveredAtMs > this.toMs)) return false;
    return this.add(object, deliveredAtMs);
  }

  /** What a person named is taken whatever its name. */
  private addNamed(object: StoredObject): void {
    this.add(object, deliveryTime(basename(object.key)));
  }

  private add(object: StoredObject, deliveredAtMs: number | undefined): boolean {
    const name = `${object.bucket}/${object.key}`;
    if (this.seen.has(name)) return true;
    this.seen.add(name);
    const kind = kindOf(`/${object.key}`);
    if (kind === undefined) this.found.push({ object, deliveredAtMs });
    else this.skipped[kind] += 1;
    return kind === undefined;
  }

  private async folders(bucket: string, prefix: string): Promise<string[]> {
    const all: string[] = [];
    let token: string | undefined;
    do {
      const { folders, next } = await this.page({ bucket, prefix, byFolder: true, token });
      all.push(...folders);
      token = next;
    } while (token !== undefined);
    return all;
  }

  private async page(request: ListRequest): Promise<ListPage> {
    const page = await this.limit(() => {
      this.signal.throwIfAborted();
      this.requests += 1;
      return this.store.list(request, this.signal);
    });
    if (page.next !== undefined && page.next === request.token) throw new Error('the pages go round in a circle');
    this.onProgress(this.found.length, this.requests);
    return page;
  }

  private report(url: string, details: ProblemDetails): void {
    const log = new ProblemLog(visible(url));
    log.add(details);
    this.problems.push(...log.take());
  }
}

function isLogService(service: string): boolean {
  return kindOf(`/AWSLogs/111122223333/${service}/x`) === undefined;
}

function total(skipped: Skipped): number {
  return Object.values(skipped).reduce((sum: number, count: number) => sum + count, 0);
}

/** Runs work, at most so much at once, in the order in which it was asked for. */
function limiter(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Whoever waits takes the place over, so that nobody slips in between.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
