/** An object in a bucket, as a listing names it. Its key is anybody's text: never a path, never printed as it is. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Changes with the content. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
  readonly etag: string;
  /** When it was written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Tell what is below a further `/` as folders. */
  readonly byFolder?: boolean;
  /** Only keys behind this one, in the order of their bytes. */
  readonly startAfter?: string | undefined;
  /** Of the page before. */
  readonly token?: string | undefined;
  /** At most so many (default: as many as S3 gives, 1,000). */
  readonly max?: number;
}

export interface ListPage {
  readonly objects: readonly StoredObject[];
  /** Prefixes that end in `/`. */
  readonly folders: readonly string[];
  /** Gives the next page; undefined behind the last. */
  readonly next: string | undefined;
}

/** What replay asks of S3. Rejects with the errors of the AWS SDK, or of the network. */
export interface ObjectStore {
  list(request: ListRequest, signal: AbortSignal): Promise<ListPage>;
  /** The content from this byte on, as long as the object is the same. */
  read(object: StoredObject, fromByte: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Closes connections. */
  close(): void;
}
