import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runLane } from './lane';
import { run, scratch } from './tools';

/**
 * `npm run conformance:fresh`: a clone of what is committed, README's commands to the letter with nothing on the PATH but
 * Node and npm, and the published package in an empty folder. Needs the npm registry.
 */

const ROOT = join(__dirname, '..');
const EACH_MS = 480_000;
/** The second command of README runs all tests, as `npm test` does by itself: here only some that need few seconds. */
const SOME_TESTS =
  ' -- test/rules/feeds.test.ts test/lib/deployed-pattern.test.ts test/replay/reading/json-scan.test.ts';

runLane('fresh', 15, async (lane) => {
  const folder = scratch();
  const clone = join(folder, 'trailhound');
  run('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone], EACH_MS);
  const env = cleanEnvironment(folder);
  const shell = (command: string, cwd: string) => {
    const startedMs = Date.now();
    const { status, stdout, stderr } = spawnSync(join(folder, 'bin/sh'), ['-c', command], {
      cwd,
      env,
      encoding: 'utf8',
      timeout: EACH_MS,
      maxBuffer: 256 * 1024 * 1024,
    });
    lane.note(`${Math.round((Date.now() - startedMs) / 1_000)} s: ${command}`);
    return { status, stdout, all: `${stdout}\n${stderr}` };
  };

  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  const [demo = '', test = '', own = ''] = commandsOf(readme);
  lane.check(
    'README begins with a demo, the tests and files of your own',
    /demo/.test(demo) && /test/.test(test) && /replay/.test(own),
  );

  const shown = shell(demo, clone);
  lane.check(demo, shown.status === 0, shown.all.slice(-3_000));
  const { command, mail } = mailOf(readme);
  const mailed = shell(command, clone);
  lane.check(`README shows what this prints: ${command}`, mail !== '' && mailed.stdout.includes(mail), {
    promised: mail,
    printed: mailed.all.slice(0, 3_000),
  });

  const tested = shell(test + SOME_TESTS, clone);
  lane.check(`${test}${SOME_TESTS}`, tested.status === 0 && /\d+ passed/.test(tested.all), tested.all.slice(-3_000));

  cpSync(join(clone, 'examples/incident'), join(folder, 'home/cloudtrail'), { recursive: true });
  for (const line of own.split('\n')) {
    const replayed = shell(line, clone);
    lane.check(`${line}: 1, for it finds alerts`, replayed.status === 1, replayed.all.slice(-3_000));
    const [, page] = / --out (\S+)/.exec(line) ?? [];
    if (page === undefined) continue;
    const written = existsSync(join(clone, page)) ? readFileSync(join(clone, page), 'utf8') : '';
    lane.check(`${page} is a page`, /^<!doctype html>[\s\S]*<\/html>\s*$/.test(written), written.slice(0, 500));
  }

  const packed = shell('npm pack --silent --pack-destination ..', clone);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  lane.check('npm pack', packed.status === 0 && tarball !== undefined, packed.all);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const published = shell(
    `npx --yes --package=../${tarball} trailhound replay ../trailhound/examples/incident --fail-on none`,
    empty,
  );
  lane.check(
    'the package alone says the same as the demo',
    published.status === 0 && sameAlerts(published.stdout, shown.stdout),
    {
      status: published.status,
      printed: published.all.slice(-3_000),
    },
  );
  const { dependencies } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')) as { dependencies?: object };
  lane.check('the package has no dependencies to install', Object.keys(dependencies ?? {}).length === 0, dependencies);
});

/** The blocks of shell commands under the first heading. */
function commandsOf(readme: string): string[] {
  const section = readme.split(/^## /m)[1] ?? '';
  return [...section.matchAll(/```sh\n(.*?)\n```/gs)].map(([, command = '']) => command);
}

/** The mail that README shows, and the command that it comes from. */
function mailOf(readme: string): { readonly command: string; readonly mail: string } {
  const [, command = '', mail = ''] = /to the letter \(`([^`]+)`\):\n\n```text\n(.*?)\n```/s.exec(readme) ?? [];
  return { command, mail };
}

function sameAlerts(one: string, other: string): boolean {
  const alerts = (text: string) => text.split('\n').filter((line) => /^(CRITICAL|HIGH|MEDIUM|LOW) /.test(line));
  return alerts(one).length > 0 && alerts(one).join() === alerts(other).join();
}

/** Node, npm and a shell to run them, a home of its own, and whatever reaching the registry needs. */
function cleanEnvironment(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  const home = join(folder, 'home');
  mkdirSync(bin);
  mkdirSync(home);
  const which = (name: string) => run('sh', ['-c', `command -v ${name}`], 10_000).trim();
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const name of ['npm', 'npx', 'sh']) symlinkSync(which(name), join(bin, name));
  const userconfig = run('npm', ['config', 'get', 'userconfig'], 60_000, { cwd: dirname(folder) }).trim();
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|https?_proxy|no_proxy)$/i.test(name),
  );
  return { ...Object.fromEntries(kept), PATH: bin, HOME: home, npm_config_userconfig: userconfig, LANG: 'C.UTF-8' };
}
