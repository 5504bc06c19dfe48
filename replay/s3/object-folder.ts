import { createHash } from 'node:crypto';
import {
  type Dirent,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StoredObject } from './object-store';

/** A folder cannot be used as it is: a person must change something. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** What was used within this time may be in use by another run, in milliseconds. */
const IN_USE_MS = 60 * 60_000;

interface Held {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Objects as files in a folder of our own, under the hash of bucket, key, ETag and size: the same content has the same
 * name, and what anybody calls an object is no part of any path.
 *
 * Holds `maxBytes`; beyond it, what is not in use goes: first what this run does not want, the oldest first, then what it
 * has read. Files come into being whole, by renaming, so that several runs may share a folder.
 */
export class ObjectFolder {
  private heldBytes = 0;
  private parts = 0;
  private readonly paths = new WeakMap<StoredObject, string>();
  /** Folders that are known to be there. */
  private readonly made = new Set<string>();
  /** Files of other runs, the oldest first. */
  private strangers: Held[] = [];
  /** Of this run, read and not in use, by path. */
  private readonly released = new Map<string, Held>();
  /** Of this run: how many use them. */
  private readonly uses = new Map<string, number>();

  private constructor(
    private readonly root: string,
    private readonly maxBytes: number,
    private readonly isTemporary: boolean,
  ) {}

  /** A folder that goes with {@link close}. @throws {FolderError} when it cannot be made */
  static temporary(maxBytes: number): ObjectFolder {
    try {
      return new ObjectFolder(mkdtempSync(join(tmpdir(), 'trailhound-s3-')), maxBytes, true);
    } catch (error) {
      throw new FolderError(`no temporary folder: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }

  /**
   * A folder that stays, for its owner only.
   * @param wanted objects that this run reads
   * @throws {FolderError} when it cannot be made, or others may write to it
   */
  static kept(folder: string, maxBytes: number, wanted: readonly StoredObject[]): ObjectFolder {
    const root = join(folder, 'trailhound-s3');
    try {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      const { mode, uid } = lstatSync(root);
      const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
      if (!isOurs) throw new Error(`others may write to ${root}`);
    } catch (error) {
      throw new FolderError(error instanceof Error ? error.message : String(error), { cause: error });
    }
    const kept = new ObjectFolder(root, maxBytes, false);
    kept.look(new Set(wanted.map((object) => kept.pathOf(object))));
    return kept;
  }

  pathOf(object: StoredObject): string {
    const known = this.paths.get(object);
    if (known !== undefined) return known;
    const { bucket, key, etag, sizeBytes } = object;
    const name = createHash('sha256')
      .update(JSON.stringify([bucket, key, etag, sizeBytes]))
      .digest('hex');
    const path = join(this.root, name.slice(0, 2), name.slice(2));
    this.paths.set(object, path);
    return path;
  }

  /** Whether the object is here, whole; if so it counts as used now. */
  has(object: StoredObject): boolean {
    const path = this.pathOf(object);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || found.size !== object.sizeBytes) return false;
    const now = new Date();
    if (!this.isTemporary) utimesSync(path, now, now);
    return true;
  }

  /** A new file to write the object to, for {@link keep}. */
  begin(object: StoredObject): { readonly part: string; readonly descriptor: number } {
    const path = this.pathOf(object);
    const folder = dirname(path);
    if (!this.made.has(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.made.add(folder);
    const part = `${path}.${process.pid}-${this.parts++}.part`;
    return { part, descriptor: openSync(part, 'wx', 0o600) };
  }

  /** Puts the whole object into its place. */
  keep(object: StoredObject, part: string): void {
    renameSync(part, this.pathOf(object));
    this.heldBytes += object.sizeBytes;
    this.makeRoom();
  }

  discard(part: string): void {
    rmSync(part, { force: true });
  }

  /** The object is needed until as many calls of {@link release}. */
  use(object: StoredObject): void {
    const path = this.pathOf(object);
    this.uses.set(path, (this.uses.get(path) ?? 0) + 1);
    this.released.delete(path);
  }

  release(object: StoredObject): void {
    const path = this.pathOf(object);
    const others = (this.uses.get(path) ?? 1) - 1;
    if (others > 0) {
      this.uses.set(path, others);
      return;
    }
    this.uses.delete(path);
    this.released.set(path, { path, sizeBytes: object.sizeBytes });
    this.makeRoom();
  }

  close(): void {
    if (this.isTemporary) rmSync(this.root, { recursive: true, force: true });
  }

  private makeRoom(): void {
    while (this.heldBytes > this.maxBytes) {
      const [next] = this.strangers.length > 0 ? [this.strangers.shift()] : this.released.values();
      if (next === undefined) return;
      this.released.delete(next.path);
      rmSync(next.path, { force: true });
      this.heldBytes -= next.sizeBytes;
    }
  }

  /** Takes stock, and clears away what runs left that were killed. */
  private look(wanted: ReadonlySet<string>): void {
    const longAgoMs = Date.now() - IN_USE_MS;
    const strangers: (Held & { readonly usedMs: number })[] = [];
    for (const folder of foldersOf(this.root)) {
      for (const entry of entriesOf(join(this.root, folder))) {
        const path = join(this.root, folder, entry.name);
        const isObject = /^[0-9a-f]{62}$/.test(entry.name);
        // What we did not write, we do not touch.
        if (!entry.isFile() || !(isObject || /^[0-9a-f]{62}\.\d+-\d+\.part$/.test(entry.name))) continue;
        const found = statSync(path, { throwIfNoEntry: false });
        if (found === undefined) continue;
        const isOld = found.mtimeMs < longAgoMs;
        if (!isObject) {
          if (isOld) rmSync(path, { force: true });
          continue;
        }
        this.heldBytes += found.size;
        if (!wanted.has(path) && isOld) strangers.push({ path, sizeBytes: found.size, usedMs: found.mtimeMs });
      }
    }
    this.strangers = strangers.sort((a, b) => a.usedMs - b.usedMs);
  }
}

function foldersOf(root: string): string[] {
  return entriesOf(root).flatMap((entry) =>
    entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name) ? [entry.name] : [],
  );
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // another run cleared it away
  }
}
