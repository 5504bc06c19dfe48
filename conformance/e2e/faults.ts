import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort, pythonWith, type Service, scratch, startService } from '../tools';

/** A proxy in front of the emulator that fails as AWS does, in the wire format that the SDK reads. */
const MICROBURST = 'microburst==0.10.0';

const WRITES = ['PutItem', 'UpdateItem'];

/** `response.abort_bytes: 0`: the request was carried out, and nobody hears of it. */
const RULES = [
  { service: 'dynamodb', probability: 0.06, error: { code: 'ThrottlingException' } },
  { service: 'dynamodb', probability: 0.03, error: { code: 'InternalServerError', status: 500 } },
  ...WRITES.map((operation) => ({ service: 'dynamodb', operation, probability: 0.08, response: { abort_bytes: 0 } })),
  { service: 'sns', operation: 'Publish', probability: 0.1, error: { code: 'InternalError', status: 500 } },
  { service: 'sns', operation: 'Publish', probability: 0.15, response: { abort_bytes: 0 } },
];

export interface Faults {
  readonly endpoint: string;
  readonly service: Service;
  /** How often each kind of fault came about. */
  fired(): Promise<{ readonly what: string; readonly times: number }[]>;
}

export async function startFaults(upstream: string): Promise<Faults> {
  const bin = pythonWith(MICROBURST);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const config = join(scratch(), 'faults.yaml');
  writeFileSync(config, JSON.stringify({ upstream, port, rules: RULES }));
  const service = startService(join(bin, 'microburst'), [
    ...['--upstream', upstream, '--port', String(port), '--host', '127.0.0.1', '--config', config],
  ]);
  const rules = async () => (await (await fetch(`${endpoint}/_microburst/rules`)).json()) as unknown;
  await eventually('the proxy answers', 60_000, async () => {
    if (service.process.exitCode !== null) throw new Error(`the proxy ended: ${service.printed()}`);
    return await rules().then(
      () => true,
      () => undefined,
    );
  });
  return {
    endpoint,
    service,
    async fired() {
      const counted = (await rules()) as { operation?: string; service: string; error?: object; fired_count: number }[];
      return counted.map(({ service: of, operation, error, fired_count: times }) => {
        const what = error === undefined ? 'response lost' : 'refused';
        return { what: `${of} ${operation ?? 'any'}: ${what}`, times };
      });
    },
  };
}
