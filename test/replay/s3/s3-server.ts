import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Stored {
  readonly body: Buffer;
  readonly modifiedMs: number;
  readonly etag: string;
}

/** One answer in the place of the usual one; undefined: the usual one. */
export type Trouble = (request: { readonly url: URL; readonly key: string; readonly method: string }) =>
  | undefined
  | {
      readonly status: number;
      readonly code?: string;
      readonly headers?: Record<string, string>;
      readonly extra?: string;
      readonly message?: string;
    }
  /** Begins the usual answer, and breaks off after so many bytes: by closing the connection, or by falling silent. */
  | { readonly breakAfter: number; readonly silently?: boolean };

/**
 * The part of S3 that replay uses, on a port of this machine: listings in pages with prefix, delimiter and start, objects
 * with ranges and conditions. Buckets are named in the path.
 */
export class S3Server {
  readonly objects = new Map<string, Stored>();
  readonly requests: { method: string; path: string; query: URLSearchParams; range: string | undefined }[] = [];
  pageSize = 1_000;
  trouble: Trouble = () => undefined;
  /** Milliseconds before an object is answered. */
  latencyMs: (key: string) => number = () => 0;
  private readonly server: Server;

  constructor(
    readonly bucket = 'logs',
    readonly region = 'eu-west-1',
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  put(key: string, body: string | Buffer, modifiedMs = Date.UTC(2026, 2, 10)): void {
    const bytes = Buffer.from(body);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    this.objects.set(key, { body: bytes, modifiedMs, etag });
  }

  /** Requests of one kind so far. */
  count(kind: 'list' | 'get'): number {
    return this.requests.filter(({ method, query }) => method === 'GET' && query.has('list-type') === (kind === 'list'))
      .length;
  }

  /** Prefixes that were listed, in order. */
  listed(): string[] {
    return this.requests.flatMap(({ query }) => (query.has('list-type') ? [query.get('prefix') ?? ''] : []));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const { method = '' } = request;
    this.requests.push({ method, path: url.pathname, query: url.searchParams, range: request.headers.range });
    response.setHeader('x-amz-request-id', '1');
    const trouble = this.trouble({ url, key, method });
    if (trouble !== undefined && 'status' in trouble) {
      refuse(response, method, trouble);
      return;
    }
    if (bucket !== this.bucket) {
      refuse(response, method, { status: 404, code: 'NoSuchBucket' });
      return;
    }
    const signedFor = /Credential=[^/]+\/\d+\/([a-z0-9-]+)\//.exec(request.headers.authorization ?? '')?.[1];
    if (signedFor !== this.region) {
      refuse(response, method, {
        status: 301,
        code: 'PermanentRedirect',
        headers: { 'x-amz-bucket-region': this.region },
      });
      return;
    }
    if (key === '') {
      if (method === 'HEAD') response.setHeader('x-amz-bucket-region', this.region).end();
      else this.list(url.searchParams, response);
      return;
    }
    const latencyMs = this.latencyMs(key);
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs).unref());
    this.get(key, request, response, trouble);
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter');
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const max = Math.min(Number(query.get('max-keys') ?? this.pageSize), this.pageSize);
    const contents: string[] = [];
    const folders = new Set<string>();
    let last = '';
    let more = false;
    const bytes = (text: string) => Buffer.from(text);
    for (const key of [...this.objects.keys()].sort((a, b) => Buffer.compare(bytes(a), bytes(b)))) {
      if (!key.startsWith(prefix) || Buffer.compare(bytes(key), bytes(after)) <= 0) continue;
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      const folder = end < 0 ? undefined : key.slice(0, end + 1);
      // A token that is a folder stands for all that is in it.
      if (folder !== undefined && (folders.has(folder) || after === folder)) continue;
      if (contents.length + folders.size === max) {
        more = true;
        break;
      }
      last = folder ?? key;
      if (folder !== undefined) folders.add(folder);
      else {
        const { body, etag, modifiedMs } = this.objects.get(key) as Stored;
        contents.push(
          `<Contents><Key>${encoded(key)}</Key><LastModified>${new Date(modifiedMs).toISOString()}</LastModified>` +
            `<ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
        );
      }
    }
    const common = [...folders].map((folder) => `<CommonPrefixes><Prefix>${encoded(folder)}</Prefix></CommonPrefixes>`);
    response.setHeader('content-type', 'application/xml');
    response.end(
      `<?xml version="1.0"?><ListBucketResult><Name>${this.bucket}</Name><Prefix>${encoded(prefix)}</Prefix><EncodingType>url</EncodingType>` +
        `<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${last.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</NextContinuationToken>` : ''}` +
        `${contents.join('')}${common.join('')}</ListBucketResult>`,
    );
  }

  private get(key: string, request: IncomingMessage, response: ServerResponse, trouble: ReturnType<Trouble>): void {
    const found = this.objects.get(key);
    if (found === undefined) {
      refuse(response, 'GET', { status: 404, code: 'NoSuchKey' });
      return;
    }
    const { 'if-match': ifMatch, range } = request.headers;
    if (ifMatch !== undefined && ifMatch !== found.etag) {
      refuse(response, 'GET', { status: 412, code: 'PreconditionFailed' });
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const body = found.body.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { etag: found.etag, 'content-length': body.length });
    if (trouble !== undefined && 'breakAfter' in trouble && body.length > trouble.breakAfter) {
      response.write(body.subarray(0, trouble.breakAfter), () => {
        if (trouble.silently !== true) response.destroy();
      });
    } else response.end(body);
  }
}

function refuse(
  response: ServerResponse,
  method: string,
  {
    status,
    code = 'Failed',
    headers = {},
    extra = '',
    message = code.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
  }: Exclude<ReturnType<Trouble>, undefined | { breakAfter: number }>,
): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers });
  response.end(
    method === 'HEAD'
      ? undefined
      : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${extra}</Error>`,
  );
}

/** As S3 encodes keys when it is asked to. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}
