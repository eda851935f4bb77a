// The statement that answers a search: one index lookup, then only rows that match it.

import type { Search } from './store.ts';

/** What of a search is a column of the object. */
const columns = [
  ['slot', 'slot'],
  ['private', 'private'],
  ['class', 'class'],
  ['keyType', 'key_type'],
  ['application', 'application'],
] as const satisfies readonly (readonly [keyof Search, string])[];

export interface Statement {
  readonly sql: string;
  readonly values: readonly (number | Uint8Array)[];
}

/** @param keys those of the search, the rarest first. */
export function searchStatement(search: Search, keys: readonly Uint8Array[]): Statement {
  const asked = columns.filter(([name]) => search[name] !== undefined);
  const kind = asked.map(([, column]) => `o.${column} = ?`).join(' AND ');
  const values = asked.map(([name]) => Number(search[name]));
  // By kind alone: the index holds all that is asked of a token object.
  if (keys.length === 0) return { sql: `SELECT o.id FROM object o INDEXED BY object_kind WHERE ${kind} ORDER BY o.id`, values };
  // CROSS JOIN makes SQLite keep this order: the first key's entries are walked in order, the other tables are probed for each.
  const probes = keys.slice(1).map((_, n) => `CROSS JOIN search s${n} ON (s${n}.slot, s${n}.key, s${n}.object) = (s.slot, ?, s.object)`);
  const sql = `SELECT s.object FROM search s ${probes.join(' ')} CROSS JOIN object o ON o.id = s.object AND ${kind}
    WHERE s.slot = ? AND s.key = ? ORDER BY s.object`;
  return { sql, values: [...keys.slice(1), ...values, search.slot, keys[0]!] };
}
