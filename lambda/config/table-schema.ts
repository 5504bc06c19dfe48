/**
 * Keys of the three tables: what the stores write and what the stack deploys. All are strings but `ttl`.
 * Changing one loses what is stored.
 */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'ttl' } as const;

/** Sparse index of the alerts table: messages that are not sent, most severe first. Projects everything. */
export const PENDING_INDEX = { name: 'pending', partition: 'pending', sort: 'pendingOrder' } as const;
