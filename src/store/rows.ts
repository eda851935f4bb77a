// What the rows of the interface look like as columns, and back. Nothing here knows what a body holds.

import { SEARCH_KEY_SIZE } from './schema.ts';
import type { ObjectRow, TokenRow, WrappedKey } from './store.ts';

type Column = string | number | Uint8Array | null;

export interface TokenColumns {
  slot: number;
  serial: string;
  label: Uint8Array;
  so_salt: Uint8Array;
  so_memory: number;
  so_passes: number;
  so_parallelism: number;
  so_wrapped: Uint8Array;
  so_tries: number;
  user_salt: Uint8Array | null;
  user_memory: number | null;
  user_passes: number | null;
  user_parallelism: number | null;
  user_wrapped: Uint8Array | null;
  user_tries: number;
}

export interface ObjectColumns {
  id: number;
  slot: number;
  class: number;
  key_type: number | null;
  private: number;
  version: number;
  unique_id: string;
  application: number | null;
  session: number | null;
  search_keys: Uint8Array;
  body: Uint8Array;
}

const pinColumns = (pin: WrappedKey | null): Column[] =>
  pin === null ? [null, null, null, null, null] : [pin.salt, pin.cost.memory, pin.cost.passes, pin.cost.parallelism, pin.wrapped];

/** In the order of the table's columns. */
export const tokenColumns = (row: TokenRow): Column[] => [
  row.slot,
  row.serial,
  row.label,
  ...pinColumns(row.soPin),
  row.soTries,
  ...pinColumns(row.userPin),
  row.userTries,
];

const pinOf = (salt: Uint8Array, memory: number, passes: number, parallelism: number, wrapped: Uint8Array): WrappedKey => ({
  salt,
  cost: { memory, passes, parallelism },
  wrapped,
});

export const tokenRow = (c: TokenColumns): TokenRow => ({
  slot: c.slot,
  serial: c.serial,
  label: c.label,
  soPin: pinOf(c.so_salt, c.so_memory, c.so_passes, c.so_parallelism, c.so_wrapped),
  // A user PIN is written whole or not at all, so one column tells of all five.
  userPin: c.user_salt === null ? null : pinOf(c.user_salt, c.user_memory!, c.user_passes!, c.user_parallelism!, c.user_wrapped!),
  soTries: c.so_tries,
  userTries: c.user_tries,
});

/** In the order of the table's columns; an id of null lets the database give one. */
export const objectColumns = (row: Omit<ObjectRow, 'id'>, id: number | null): Column[] => [
  id,
  row.slot,
  row.class,
  row.keyType,
  row.private ? 1 : 0,
  row.version,
  row.uniqueId,
  // Session objects once lay in the same table.
  null,
  null,
  Buffer.concat(row.searchKeys),
  row.body,
];

export const splitKeys = (joined: Uint8Array): Uint8Array[] =>
  Array.from({ length: joined.length / SEARCH_KEY_SIZE }, (_, n) => joined.subarray(n * SEARCH_KEY_SIZE, (n + 1) * SEARCH_KEY_SIZE));

export const objectRow = (c: ObjectColumns): ObjectRow => ({
  id: c.id,
  slot: c.slot,
  class: c.class,
  keyType: c.key_type,
  private: c.private === 1,
  version: c.version,
  uniqueId: c.unique_id,
  body: c.body,
  searchKeys: splitKeys(c.search_keys),
});
