import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that a lane installs for itself: outside the checkout, so that a fresh clone finds them again. */

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'trailhound-conformance');

const INSTALL_MS = 240_000;

/**
 * Jars of a pom.xml with all that they need, as a class path. Needs Java 11 or later with its compiler, and Maven.
 * @throws {ToolsMissing} when Maven cannot get them
 */
export function jarsOf(pom: string): string {
  const folder = installed(`maven ${readFileSync(pom, 'utf8')}`, (into) => {
    run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`], INSTALL_MS);
  });
  return join(folder, '*');
}

/**
 * The `bin` folder of a Python environment with these packages (`cfn-lint==1.58.0`). Needs Python 3.10 or later.
 * @throws {ToolsMissing} when pip cannot get them
 */
export function pythonWith(...packages: readonly string[]): string {
  const folder = installed(`python ${packages.join(' ')}`, (into) => {
    run('python3', ['-m', 'venv', into], INSTALL_MS);
    run(join(into, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages], INSTALL_MS);
  });
  return join(folder, 'bin');
}

/**
 * The `node_modules` folder of these npm packages (`puppeteer-core@24.43.1`) and what they need. Nothing of theirs runs
 * while they are installed.
 * @throws {ToolsMissing} when npm cannot get them
 */
export function nodeWith(...packages: readonly string[]): string {
  const folder = installed(`npm ${packages.join(' ')}`, (into) => {
    const quietly = ['--silent', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    run('npm', ['install', ...quietly, '--prefix', into, ...packages], INSTALL_MS, { cwd: into });
  });
  return join(folder, 'node_modules');
}

/** Tools that this machine does not get: nothing was proven, and nothing refuted. */
export class ToolsMissing extends Error {}

/**
 * A folder that `install` filled completely once; where it failed half-way, it starts anew. Registries fail for a moment
 * now and then: one failure is tried again.
 * @throws {ToolsMissing}
 */
export function installed(what: string, install: (folder: string) => void): string {
  const folder = join(CACHE, createHash('sha256').update(what).digest('hex').slice(0, 16));
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  for (let attempt = 1; ; attempt++) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      install(folder);
      break;
    } catch (error) {
      if (attempt === 2) throw new ToolsMissing(`${what.slice(0, 60)}: ${String(error)}`, { cause: error });
    }
  }
  writeFileSync(complete, what);
  return folder;
}

/** Runs a program to its end and returns what it printed; its complaints go to ours. */
export function run(
  program: string,
  args: readonly string[],
  timeout: number,
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    timeout,
    maxBuffer: 512 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
}

/**
 * Runs a program to its end, beside others, and returns what it printed.
 * @param fine exit codes that are no failure
 * @throws with its complaints, when it ends otherwise
 */
export function runBeside(
  program: string,
  args: readonly string[],
  timeout: number,
  { fine = [0], ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; fine?: readonly number[] } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { encoding: 'utf8', timeout, maxBuffer: 512 * 1024 * 1024 } as const;
    const child = execFile(program, args, { ...limits, ...options }, (error, stdout, stderr) => {
      process.off('exit', stop);
      if (child.exitCode !== null && fine.includes(child.exitCode)) resolve(stdout);
      else reject(new Error(`${program} ended with ${child.exitCode ?? error?.signal}\n${stdout}\n${stderr}`));
    });
    const stop = () => child.kill();
    process.on('exit', stop);
  });
}

/** A folder that is gone when the process ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trailhound-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that runs beside us until it is stopped, at our exit at the latest. */
export interface Service {
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  printed(): string;
  stop(): void;
}

export function startService(program: string, args: readonly string[], options: SpawnOptions = {}): Service {
  // In a process group of its own, so that what it started stops with it.
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-2_000_000);
    });
  }
  const stop = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.on('exit', stop);
  return { process: child, printed: () => text, stop };
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * Asks again and again until the answer is not undefined.
 * @throws when it is still undefined after `limitMs`
 */
export async function eventually<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | undefined>,
  everyMs = 200,
): Promise<T> {
  const untilMs = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > untilMs) throw new Error(`${what}: not within ${limitMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
