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

/**
 * Unordered; and neither a join nor ORDER BY: with a bound value beside them this SQLite (STAT4) prepares the statement anew for each new
 * value, twenty times the price of running it.
 * @param keys those of the search, the rarest first.
 */
export function searchStatement(search: Search, keys: readonly Uint8Array[]): Statement {
  const asked = columns.filter(([name]) => search[name] !== undefined);
  const kind = asked.map(([, column]) => `o.${column} = ?`).join(' AND ');
  const values = asked.map(([name]) => Number(search[name]));
  // By kind alone: the index holds all that is asked of a token object.
  if (keys.length === 0) return { sql: `SELECT o.id FROM object o INDEXED BY object_kind WHERE ${kind}`, values };
  // The first key's entries are walked; for each the others are probed, and then the object.
  const probe = 'AND (SELECT 1 FROM search t WHERE t.slot = s.slot AND t.key = ? AND t.object = s.object)';
  const sql = `SELECT s.object FROM search s WHERE s.slot = ? AND s.key = ? ${probe.repeat(keys.length - 1)}
    AND (SELECT ${kind} FROM object o WHERE o.id = s.object)`;
  return { sql, values: [search.slot, ...keys, ...values] };
}
