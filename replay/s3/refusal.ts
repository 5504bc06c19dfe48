import { visible } from '../../lambda/alerts/neutral';

/** Why S3 did not give something, and what a person can do. */
export interface Refusal {
  /** What problems have in common: they are told together. */
  readonly kind: string;
  readonly reason: string;
  readonly fix?: string;
  /** Whatever else is asked for will be refused, too. */
  readonly isGeneral: boolean;
}

/** What was asked, for a message that names permission and resource. */
export type Asked = { readonly bucket: string } & (
  | { readonly action: 's3:ListBucket' }
  | { readonly action: 's3:GetObject'; readonly key: string }
);

/** The parts that errors of the SDK and of Node.js have, and those of S3's own that tell more. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** Of Node.js: what the system was asked. */
  readonly syscall?: string;
  readonly Code?: string;
  readonly Region?: string;
  readonly StorageClass?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const LOGIN =
  /^(?:ExpiredToken|ExpiredTokenException|TokenRefreshRequired|InvalidToken|InvalidAccessKeyId|SignatureDoesNotMatch|RequestExpired|CredentialsProviderError|SSOTokenProviderFailure|AuthorizationHeaderMalformed|UnrecognizedClientException|InvalidClientTokenId)$/;

/** Errors of Node.js about files. */
const ON_DISK = /^(?:EACCES|EPERM|EROFS|ENOTDIR|ENOENT|EMFILE|ENFILE|EIO)$/;

/**
 * What an error means for the person who asked.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function refusalOf(thrown: unknown, asked: Asked): Refusal {
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as SdkError;
  const { message = '', code } = error;
  const name = error.Code ?? error.name ?? '';
  const status = error.$metadata?.httpStatusCode;
  const said = visible(message.split('\n')[0] ?? '').slice(0, 300);
  if (LOGIN.test(name)) {
    return {
      kind: 'login',
      reason: `AWS does not accept the credentials (${name}: ${said})`,
      fix: 'Log in again, or name a profile with --profile.',
      isGeneral: true,
    };
  }
  if (name === 'RequestTimeTooSkewed') {
    return { kind: 'clock', reason: 'this machine’s clock is wrong', fix: 'Set it.', isGeneral: true };
  }
  if (name === 'NoSuchBucket') {
    return { kind: name, reason: 'there is no such bucket', fix: 'Check its name.', isGeneral: true };
  }
  if (name === 'InvalidObjectState') {
    const tier = error.StorageClass === undefined ? '' : ` (${visible(error.StorageClass)})`;
    return {
      kind: 'archived',
      reason: `it lies in an archive${tier} and cannot be read from there`,
      fix: 'Restore it first: aws s3api restore-object.',
      isGeneral: false,
    };
  }
  if (name === 'AccessDenied' || name === 'Forbidden' || status === 403) return denied(asked, said);
  if (name === 'PreconditionFailed' || status === 412) {
    return { kind: 'changed', reason: 'it was changed after it was listed', fix: 'Run it again.', isGeneral: false };
  }
  if (name === 'NoSuchKey' || name === 'NotFound' || status === 404) {
    return { kind: 'gone', reason: 'it was deleted after it was listed', isGeneral: false };
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      kind: 'full',
      reason: 'no room is left on the disk for what is downloaded',
      fix: 'Name a folder with more room with --cache, or make room.',
      isGeneral: true,
    };
  }
  if (ON_DISK.test(code ?? '') && error.syscall !== 'connect') {
    return {
      kind: 'folder',
      reason: `what is downloaded cannot be written (${said})`,
      fix: 'Name a folder that is yours with --cache.',
      isGeneral: true,
    };
  }
  if (code === 'ENOTFOUND' || code === 'ECONNREFUSED' || code === 'EAI_AGAIN') {
    return {
      kind: 'network',
      reason: `S3 cannot be reached (${said})`,
      fix: 'Check the network, a proxy, and AWS_ENDPOINT_URL if it is set.',
      isGeneral: true,
    };
  }
  return { kind: `failed ${name}`, reason: `S3 failed (${visible(name)}: ${said})`, isGeneral: false };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
function denied(asked: Asked, said: string): Refusal {
  const isKey = /kms/i.test(said);
  const resource =
    asked.action === 's3:ListBucket'
      ? `arn:aws:s3:::${asked.bucket}`
      : `arn:aws:s3:::${asked.bucket}/${visible(asked.key)}`;
  const permission = isKey
    ? 'kms:Decrypt on the key that the objects are encrypted with'
    : `${asked.action} on ${resource}`;
  return {
    kind: isKey ? 'denied by the key' : 'denied',
    reason: `access denied${said === '' || said === 'Access Denied' ? '' : ` (${said})`}`,
    fix: `Needs ${permission}; the policies of the bucket${isKey || asked.action === 's3:GetObject' ? ' and of its key' : ''} must allow it, too.`,
    isGeneral: asked.action === 's3:ListBucket',
  };
}

/** Whether the same may go well if it is asked again soon: the connection broke, or S3 is busy. */
export function isPassing(thrown: unknown): boolean {
  const { name = '', code = '', message = '', $metadata } = thrown as SdkError;
  return (
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    name === 'TimeoutError' ||
    /^(?:ECONNRESET|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE|ECONNABORTED)$/.test(code) ||
    /^(?:aborted|socket hang up)$/.test(message)
  );
}
