/** The part of dynalite (DynamoDB in process, for tests) that the tests use; the package carries no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Folder to persist to; in memory when left out. */
    path?: string;
    /** Milliseconds a table stays in CREATING, DELETING or UPDATING; 500 when left out. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
    /** Largest item, in kilobytes; 400 as in AWS when left out. */
    maxItemSizeKb?: number;
  }

  export default function dynalite(options?: DynaliteOptions): Server;
}
