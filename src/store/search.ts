// The statement that answers a search: one index lookup, then only rows that match it.

import type { Search } from './store.ts';

const filters = [
  ['class', 'class'],
  ['keyType', 'key_type'],
  ['private', 'private'],
  ['application', 'application'],
] as const satisfies readonly (readonly [keyof Search, string])[];

export interface Statement {
  readonly sql: string;
  readonly values: readonly (number | Uint8Array)[];
}

/** By kind alone; the index holds all that is asked of a token object. */
function byKind(search: Search, given: readonly string[], values: readonly number[]): Statement {
  const where = ['slot = ?', ...given.map((column) => `${column} = ?`)].join(' AND ');
  return { sql: `SELECT id FROM object INDEXED BY object_kind WHERE ${where} ORDER BY id`, values: [search.slot, ...values] };
}

/** CROSS JOIN makes SQLite keep this order: the first key's entries are walked, the other tables are probed for each. */
function byKeys(search: Search, keys: readonly Uint8Array[], given: readonly string[], values: readonly number[]): Statement {
  const joined = keys
    .slice(1)
    .map((_, n) => `CROSS JOIN search k${n + 1} ON k${n + 1}.slot = k0.slot AND k${n + 1}.key = ? AND k${n + 1}.object = k0.object`);
  const kinds =
    given.length === 0 ? [] : [`CROSS JOIN object o ON o.id = k0.object${given.map((column) => ` AND o.${column} = ?`).join('')}`];
  const sql = ['SELECT k0.object FROM search k0', ...joined, ...kinds, 'WHERE k0.slot = ? AND k0.key = ? ORDER BY k0.object'].join(' ');
  return { sql, values: [...keys.slice(1), ...values, search.slot, keys[0]!] };
}

/** `keys`: those of the search, the rarest first. */
export function searchStatement(search: Search, keys: readonly Uint8Array[]): Statement {
  const present = filters.filter(([name]) => search[name] !== undefined);
  const given = present.map(([, column]) => column);
  const values = present.map(([name]) => Number(search[name]));
  return keys.length === 0 ? byKind(search, given, values) : byKeys(search, keys, given, values);
}
