import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Io } from '../../bin/io';
import { run } from '../../bin/trailhound';
import { RULES } from '../../lambda/rules';
import { but, call, later, repeat } from '../../lambda/rules/sample';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-'));
let files = 0;

/** A file with this content; objects as JSON. */
function file(content: unknown, name = `${files++}.json`): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return path;
}

/** Runs a command line; no terminal, no colours, one thread (threads need the built bundle). */
async function trailhound(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: (text) => {
      out.stdout += text;
    },
    stderr: (text) => {
      out.stderr += text;
    },
    stderrIsTerminal: false,
    stdoutIsTerminal: false,
    cwd: folder,
    nowMs: () => Date.parse('2026-03-20T00:00:00Z'),
    env: {},
    onInterrupt: () => undefined,
  };
  const code = await run(args[0] === 'replay' ? [...args, '--workers', '1'] : args, io);
  return { code, ...out };
}

const stopped = call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } });
const benign = call('ec2.amazonaws.com', 'DescribeRegions');

describe('trailhound replay', () => {
  it('tells people what happened, and fails on alerts', async () => {
    const { code, stdout } = await trailhound('replay', file({ Records: [benign, stopped] }));
    expect(stdout).toContain('CRITICAL  2026-03-10 10:00:00  CloudTrail logging stopped  111122223333 us-east-1');
    expect(stdout).toContain('arn:aws:iam::111122223333:user/alice called StopLogging on trail org-trail');
    expect(stdout).toContain('1 alert (1 critical)\nin 2 events of 1 file');
    expect(code).toBe(1);
  });

  it('writes a page that needs no network', async () => {
    const { stdout, stderr, code } = await trailhound('replay', file([stopped]), '--format', 'html');
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*"rule":"cloudtrail-stopped"[\s\S]*<\/html>\n$/);
    expect(stderr).toContain('1 alert (1 critical)');
    expect(code).toBe(1);
  });

  it('writes alerts as JSON with all that other programs were promised', async () => {
    const { stdout } = await trailhound('replay', file([stopped]), '--format', 'jsonl', '--rule', 'cloudtrail-stopped');
    expect(JSON.parse(stdout)).toMatchObject({
      alertId: expect.stringMatching(/^[0-9a-hjkmnp-tv-z]{26}$/) as string,
      rule: 'cloudtrail-stopped',
      severity: 'critical',
      mode: 'live',
      suppressed: null,
      actor: 'arn:aws:iam::111122223333:user/alice',
      account: '111122223333',
      region: 'us-east-1',
      firstEventTime: '2026-03-10T10:00:00Z',
      lastEventTime: '2026-03-10T10:00:00Z',
      count: 1,
      eventIds: [stopped['eventID']],
      continues: null,
      headline: 'arn:aws:iam::111122223333:user/alice called StopLogging on trail org-trail',
    });
  });

  it('gives the same alerts in every format and shape of input', async () => {
    const records = [benign, stopped];
    const id = async (path: string) => {
      const { stdout } = await trailhound('replay', path, '--format', 'json');
      return (JSON.parse(stdout) as { alertId: string }[]).map(({ alertId }) => alertId);
    };
    const expected = await id(file({ Records: records }));
    expect(expected).toHaveLength(1);
    const lines = records.map((record) => JSON.stringify(record)).join('\n');
    const envelopes = records.map((detail) => ({
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.ec2',
      account: '111122223333',
      region: 'us-east-1',
      detail,
    }));
    const lookup = { Events: records.map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) };
    for (const content of [records, lines, envelopes, lookup, gzipSync(JSON.stringify({ Records: records }))]) {
      expect(await id(file(content))).toEqual(expected);
    }
    const { stdout: csv } = await trailhound('replay', file(records), '--format', 'csv');
    expect(csv.split('\r\n')[0]).toMatch(/^alertId,rule,severity,/);
    expect(csv).toContain(expected[0]);
  });

  it.each([
    [['--fail-on', 'none'], 0],
    [['--fail-on', 'critical'], 1],
    [['--rule', 'root-console-login'], 0],
    [['--from', '2026-03-11'], 0],
    [['--to', '2026-03-10T10:00:00Z'], 0],
    [['--to', '2026-03-10T10:00:01Z'], 1],
  ])('%j exits with %i', async (options, expected) => {
    expect((await trailhound('replay', file([stopped]), ...options)).code).toBe(expected);
  });

  it('lists no less than --min-severity, and info only on request', async () => {
    const world = call('ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', {
      requestParameters: {
        groupId: 'sg-0123456789abcdef0',
        ipPermissions: {
          items: [{ ipProtocol: 'tcp', fromPort: 443, toPort: 443, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
        },
      },
      responseElements: { _return: true },
    });
    const path = file([world]);
    const severities = async (...options: string[]) =>
      (
        JSON.parse((await trailhound('replay', path, '--format', 'json', ...options)).stdout) as { severity: string }[]
      ).map((alert) => alert.severity);
    expect(await severities()).toEqual([]);
    expect(await severities('--min-severity', 'info')).toEqual(['info']);
    expect((await trailhound('replay', path)).code).toBe(0);
  });

  it('writes to a file on request, and the summary to stderr', async () => {
    const out = join(folder, 'alerts.jsonl');
    const { stdout, stderr } = await trailhound('replay', file([stopped]), '--format', 'jsonl', '--out', out);
    expect(stdout).toBe('');
    expect(stderr).toContain('1 alert (1 critical)');
    expect(readFileSync(out, 'utf8')).toContain('cloudtrail-stopped');
    expect(existsSync(`${out}.part`)).toBe(false);
  });

  describe('with input that is not what it should be', () => {
    it.each<[string, () => string, string]>([
      [
        'truncated gzip',
        () => file(gzipSync(JSON.stringify({ Records: repeat(benign, 50, 1_000) })).subarray(0, 300)),
        'truncated',
      ],
      ['invalid JSON', () => file('{"Records": [{"eventID": }]}'), 'JSON'],
      [
        'a record without eventTime',
        () => file([but(benign, { eventTime: undefined }), stopped]),
        'record 1: no eventTime',
      ],
      ['a record without eventID', () => file([stopped, { ...benign, eventID: undefined }]), 'record 2: no eventID'],
      ['a time that is none', () => file([but(benign, { eventTime: 'soon' })]), 'eventTime "soon" is not a time'],
      ['a file that is not there', () => join(folder, 'missing.json'), 'missing.json'],
    ])('%s: says where and what, and exits with 3', async (_what, path, said) => {
      const { code, stderr } = await trailhound('replay', path(), file([stopped]));
      expect(stderr).toContain(said);
      expect(code).toBe(3);
    });

    it('loses nothing else', async () => {
      const { stdout, stderr, code } = await trailhound(
        'replay',
        file([42, stopped, { eventID: 'x' }]),
        '--format',
        'jsonl',
      );
      expect(JSON.parse(stdout)).toMatchObject({ rule: 'cloudtrail-stopped' });
      expect(stderr.match(/record \d/g)?.length ?? 0).toBeGreaterThanOrEqual(1);
      expect(code).toBe(3);
    });

    it('neutralises what attackers write to the terminal', async () => {
      const hostile = but(stopped, {
        requestParameters: { name: '\u001b]0;owned\u0007\u202etxt.exe' },
        userAgent: '\u001b[31m',
      });
      const { stdout, stderr } = await trailhound('replay', file([hostile]));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    });

    it('disarms formulas in spreadsheets', async () => {
      const formula = but(stopped, {
        userIdentity: { type: 'IAMUser', arn: '=cmd|calc!A0', accountId: '111122223333' },
      });
      const { stdout } = await trailhound('replay', file([formula]), '--format', 'csv');
      expect(stdout).toContain(`"'=cmd|calc!A0"`);
    });

    it('treats __proto__ as the name of a field', async () => {
      const record = JSON.stringify(stopped).replace(
        /^\{/,
        '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}},',
      );
      const { code } = await trailhound('replay', file(`[${record}]`));
      expect(code).toBe(1);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });

    it('reads a record of 300 KB', async () => {
      const large = but(stopped, { userAgent: 'x'.repeat(300_000) });
      const { code, stdout } = await trailhound('replay', file([large]));
      expect(code).toBe(1);
      expect(stdout.length).toBeLessThan(5_000);
    });
  });

  it('counts what comes too late, and judges it', async () => {
    const { stderr, stdout } = await trailhound(
      'replay',
      file([later(benign, 3 * 86_400_000), stopped]),
      '--format',
      'jsonl',
    );
    expect(stderr).toContain('1 event came more than 24 h of event time after later ones');
    expect(stdout).toContain('cloudtrail-stopped');
  });
});

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [[], ''],
    [['repaly'], 'unknown command repaly (did you mean replay?)'],
    [['replay'], 'nothing to read'],
    [['replay', 'x', '--fromat', 'json'], 'unknown option --fromat (did you mean --format?)'],
    [['replay', 'x', '--format', 'xml'], '--format: expected table, json, jsonl, csv'],
    [['replay', 'x', '--rule', 'cloudtrail-stoped'], 'did you mean cloudtrail-stopped?'],
    [['replay', 'x', '--from', 'yesterday'], '--from: expected a date'],
    [['replay', 'x', '--from', '2026-03-11', '--to', '2026-03-10'], '--from must be before --to'],
    [['replay', 'x', '--fail-on', 'info'], '--fail-on: expected'],
    [['replay', 'x', '--lateness', '-1'], 'lateness'],
    [['rules', 'no-such'], 'there is no rule "no-such"'],
    [['config', 'chek'], 'did you mean check?'],
    [['replay', 'x', '--config', 'none.yaml'], 'none.yaml'],
  ])('%j exits with 2 and says what to do', async (args, said) => {
    const { code, stdout, stderr } = await trailhound(...args);
    expect(code).toBe(2);
    expect(stderr + (said === '' ? stdout : '')).toContain(said);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('trailhound rules', () => {
  it('lists every rule with what other programs were promised', async () => {
    const { stdout } = await trailhound('rules', '--format', 'json');
    const listed = JSON.parse(stdout) as Record<string, unknown>[];
    expect(listed.map(({ id }) => id).sort()).toEqual(RULES.map(({ id }) => id).sort());
    for (const rule of listed) {
      expect(rule).toMatchObject({
        severity: expect.stringMatching(/^(info|low|medium|high|critical)$/) as string,
        mode: expect.stringMatching(/^(live|shadow|off)$/) as string,
      });
      for (const name of ['rows', 'attack', 'needs']) expect((rule[name] as unknown[]).length).toBeGreaterThan(0);
    }
  });

  it('tells which rules wait for a setting, and for which', async () => {
    const { stdout } = await trailhound('rules');
    expect(stdout).toMatch(/^honey-role-taken +critical +asleep /m);
    expect(stdout).toMatch(/^cloudtrail-stopped +critical +live /m);
    const explained = await trailhound('rules', 'honey-role-taken');
    expect(explained.stdout).toContain('Mode       live, asleep until there is an entry in honeyRoles');
  });

  it('explains one', async () => {
    const { stdout, code } = await trailhound('rules', 'cloudtrail-stopped');
    expect(stdout).toContain('CloudTrail logging stopped (cloudtrail-stopped)');
    expect(stdout).toContain('Blind spots');
    expect(code).toBe(0);
  });
});

it('knows its version and its help', async () => {
  expect((await trailhound('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const args of [['--help'], ['replay', '--help'], ['rules', '--help'], ['config', '--help']]) {
    expect(await trailhound(...args.slice(0, 1), ...args.slice(1))).toMatchObject({ code: 0 });
  }
});
