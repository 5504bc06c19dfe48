import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { visible } from '../../lambda/alerts/neutral';
import { type InputProblem, type ProblemDetails, ProblemLog, unreadable } from './input-problem';

/** Something to read: a file, or standard input. */
export interface Input {
  /** What to call it in messages; safe to print. */
  readonly name: string;
  readonly path: string | '-';
  /** As stored, compressed or not; 0 for standard input and pipes, whose size nobody knows. */
  readonly sizeBytes: number;
  /** When CloudTrail delivered the file, by its name (to the minute, UTC). */
  readonly deliveredAtMs?: number;
}

/** Files that were found and left out, without being a problem. */
export interface Skipped {
  /** CloudTrail's digest files: hashes of log files. */
  digests: number;
  /** CloudTrail's Insights and aggregated events: summaries of events, not events. */
  summaries: number;
  /** Other services' logs in the same bucket: `AWSLogs/<account>/Config/…`. */
  otherServices: number;
  /** Files in a folder whose names are not those of JSON logs. */
  otherFiles: number;
}

export interface ListedInputs {
  readonly inputs: Input[];
  readonly problems: InputProblem[];
  readonly skipped: Readonly<Skipped>;
}

/**
 * Finds what there is to read under files, folders (with all that is below), and `-` for standard input.
 *
 * All inputs, wherever they were found, come in the order of the delivery time in their names, so that event time
 * moves roughly forward; then those without one, by path; then standard input. What is reachable in several ways
 * (given twice, symbolic links, loops of them) is read once.
 *
 * Of a folder only files named like JSON logs are taken, compressed or not, and nothing hidden; a file given by name
 * is taken whatever it is called. Digests, summaries and other services' logs are left out even then, since a pattern
 * that a shell expands names them too; they are counted.
 */
export async function listInputs(paths: readonly string[]): Promise<ListedInputs> {
  const listing = new Listing();
  for (const path of paths) await listing.addPath(path);
  const { inputs, problems, skipped } = listing;
  if (paths.length > 0 && inputs.length + problems.length === 0) {
    const reason = 'nothing to read: only digests, summaries of events and logs of other services';
    listing.report(paths.join(' '), { reason, fix: WHAT_TO_GIVE, recordsLost: 0 });
  }
  inputs.sort(byDelivery);
  return { inputs, problems, skipped };
}

const WHAT_TO_GIVE = 'Give the files that CloudTrail delivers below AWSLogs/ACCOUNT/CloudTrail/, or the folder.';

class Listing {
  readonly inputs: Input[] = [];
  readonly problems: InputProblem[] = [];
  readonly skipped: Skipped = { digests: 0, summaries: 0, otherServices: 0, otherFiles: 0 };
  /** Files met so far that are, or would be, inputs; each as often as it was met. */
  private files = 0;
  /** Real paths of what was found so far. */
  private readonly seen = new Set<string>();

  /** Adds what a person named. */
  async addPath(path: string): Promise<void> {
    if (path === '-') {
      if (this.isNew(path)) this.inputs.push({ name: 'standard input', path, sizeBytes: 0 });
      return;
    }
    const found = await look(path);
    if ('error' in found) this.report(path, unreadable(found.error));
    else if (!found.isFolder) this.addFile(found);
    else {
      const isRepeated = this.seen.has(found.real);
      const before = this.files + this.problems.length;
      await this.addFolder(found);
      if (!isRepeated && this.files + this.problems.length === before) {
        this.report(path, { reason: 'no CloudTrail files in this folder', fix: WHAT_TO_GIVE, recordsLost: 0 });
      }
    }
  }

  report(path: string, details: ProblemDetails): void {
    const log = new ProblemLog(visible(path));
    log.add(details);
    this.problems.push(...log.take());
  }

  private async addFolder({ path, real }: Found): Promise<void> {
    if (!this.isNew(real)) return;
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      this.report(path, unreadable(error));
      return;
    }
    const wanted = entries.filter((entry) => this.isWanted(path, entry));
    const found = await Promise.all(wanted.map((entry) => look(join(path, entry.name), real, entry)));
    for (const entry of found.sort((a, b) => compare(a.path, b.path))) {
      if (!('error' in entry)) await (entry.isFolder ? this.addFolder(entry) : this.addFile(entry));
      else if (hasLogName(entry.path)) this.report(entry.path, unreadable(entry.error));
      else this.skipped.otherFiles += 1; // a link to nowhere that does not look like a log
    }
  }

  private isWanted(folder: string, entry: Dirent): boolean {
    if (entry.name.startsWith('.')) return false;
    if (entry.isDirectory() || entry.isSymbolicLink()) return true;
    const wanted = entry.isFile() && hasLogName(entry.name);
    if (!wanted) this.skipped[kindOf(resolve(folder, entry.name)) ?? 'otherFiles'] += 1;
    return wanted;
  }

  private addFile({ path, real, sizeBytes }: Found): void {
    this.files += 1;
    if (!this.isNew(real)) return;
    const kind = kindOf(resolve(path));
    if (kind !== undefined) {
      this.skipped[kind] += 1;
      return;
    }
    const deliveredAtMs = deliveryTime(basename(path));
    this.inputs.push({
      name: visible(path),
      path,
      sizeBytes,
      ...(deliveredAtMs === undefined ? {} : { deliveredAtMs }),
    });
  }

  private isNew(real: string): boolean {
    if (this.seen.has(real)) return false;
    this.seen.add(real);
    return true;
  }
}

interface Found {
  readonly path: string;
  /** The path without symbolic links. */
  readonly real: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number;
}

/** @param realFolder the real path of the folder that holds it, if known: saves a walk over all parent folders. */
async function look(
  path: string,
  realFolder?: string,
  entry?: Dirent,
): Promise<Found | { path: string; error: unknown }> {
  try {
    const stats = await stat(path);
    const isFolder = stats.isDirectory();
    // A pipe has a size of 0, and a path that leads nowhere when it is resolved (/dev/fd/63).
    if (!isFolder && !stats.isFile()) return { path, real: resolve(path), isFolder, sizeBytes: 0 };
    const known = realFolder !== undefined && entry?.isSymbolicLink() === false;
    const real = known ? join(realFolder, basename(path)) : await realpath(path);
    return { path, real, isFolder, sizeBytes: isFolder ? 0 : stats.size };
  } catch (error) {
    return { path, error };
  }
}

// `.gz` alone is what Firehose writes; `.tar.gz`, `.csv.gz` and the like are something else.
const LOG_NAME = /(?:\.(?:jsonl?|ndjson|log)(?:\.gz)?|^[^.]+\.gz)$/i;

/** Whether a file in a folder is taken, by its name. */
export function hasLogName(path: string): boolean {
  return LOG_NAME.test(basename(path));
}

/**
 * Why a file is left out although it may be named like a log, by where CloudTrail and others put theirs.
 * @param path from the root on
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export function kindOf(path: string): keyof Skipped | undefined {
  const whole = path.replaceAll('\\', '/');
  if (/[/_]CloudTrail-Digest[/_]/.test(whole)) return 'digests';
  if (/[/_]CloudTrail-(?:Insight|Aggregated)[/_]/.test(whole)) return 'summaries';
  const service = /\/AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/([^/]+)\//.exec(whole)?.[1];
  return service === undefined || service.startsWith('CloudTrail') ? undefined : 'otherServices';
}

/**
 * The time in `111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz`.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export function deliveryTime(name: string): number | undefined {
  const [, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(name) ?? [];
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** The order in which inputs are read. */
export function byDelivery(a: Input, b: Input): number {
  const [timeA, timeB] = [a, b].map((input) => input.deliveredAtMs ?? Number.MAX_SAFE_INTEGER) as [number, number];
  return timeA - timeB || Number(a.path === '-') - Number(b.path === '-') || compare(a.path, b.path);
}

/** By code units: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
