import type { PosturePermission } from '../config/posture-permissions';
import type { Reader } from './reader';

/** Where facts come from: calls to AWS, and the permissions that they need. */
export interface Source<T> {
  /** `account`: asked once. `region`: in every region. */
  readonly scope: 'account' | 'region';
  /** What it reads, for people. */
  readonly about: string;
  readonly permissions: readonly PosturePermission[];
  /** @throws {ReadError} when nothing can be said; problems of parts are the reader's `problems` */
  read(reader: Reader): Promise<T>;
}

/** `read` can ask only for what is in `permissions`. */
export function defineSource<const P extends PosturePermission, T>(source: {
  readonly scope: 'account' | 'region';
  readonly about: string;
  readonly permissions: readonly P[];
  readonly read: (reader: Reader<P>) => Promise<T>;
}): Source<T> {
  return { ...source, read: (reader) => source.read(reader as unknown as Reader<P>) };
}
