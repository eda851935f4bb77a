// The statements that answer a search: each walks a part of one index, as long as it is told, and says of what it met whether it fits.
// They have neither a join nor ORDER BY, nor a bound LIMIT: with one this SQLite (STAT4) prepares a statement anew for each new value, five times the
// price of running it. What one walk of one index gives comes in the index's order (test/unit/store/search.test.ts holds that it is one).

import type { Search, SearchPlace } from './store.ts';

/** What of a search is a column of the object. */
const columns = [
  ['slot', 'slot'],
  ['private', 'private'],
  ['class', 'class'],
  ['keyType', 'key_type'],
] as const satisfies readonly (readonly [keyof Search, string])[];

type Value = number | Uint8Array | null;
export interface Statement {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** What of the search is to be equal: the condition, and its values. */
function equal(search: Search, among: readonly (keyof Search)[]): Statement {
  const asked = columns.filter(([name]) => among.includes(name) && search[name] !== undefined);
  return { sql: asked.map(([, column]) => `o.${column} = ?`).join(' AND '), values: asked.map(([name]) => Number(search[name])) };
}

/**
 * Objects that have the first key, in the order of their ids: (id, class, key type, whether it has the other keys and is of the kind).
 * @param keys those of the search, the rarest first.
 */
export function keyStatement(search: Search, keys: readonly Uint8Array[], after: SearchPlace | undefined, most: number): Statement {
  const kind = equal(search, ['class', 'keyType']);
  const others = keys.slice(1);
  const probe =
    ' AND EXISTS (SELECT 1 FROM search t WHERE t.slot = s.slot AND t.private = s.private AND t.key = ? AND t.object = s.object)';
  // An object's row is a page of the largest tree: with a million objects to read it costs more than all the rest.
  const fits = kind.values.length === 0 ? '1' : `(SELECT ${kind.sql} FROM object o WHERE o.id = s.object)`;
  const sql = `SELECT s.object, 0, NULL, ${fits}${probe.repeat(others.length)}
    FROM search s WHERE s.slot = ? AND s.private = ? AND s.key = ? AND s.object > ? LIMIT ${most}`;
  return { sql, values: [...kind.values, ...others, search.slot, Number(search.private), keys[0]!, after?.id ?? 0] };
}

/**
 * Objects of a kind, one range of the index after the other, in its order: (id, class, key type, whether it is of the key type). The index is
 * ordered by class, then by key type (NULL first), then by id.
 */
export function kindStatements(search: Search, after: SearchPlace | undefined, most: number): Statement[] {
  const fixed = equal(search, ['slot', 'private']);
  const fits = search.keyType === undefined ? '1' : 'o.key_type = ?';
  const wanted = search.keyType === undefined ? [] : [search.keyType];
  return ranges(search, after).map(({ sql, values }) => ({
    sql: `SELECT o.id, o.class, o.key_type, ${fits} FROM object o INDEXED BY object_kind
      WHERE ${fixed.sql} AND ${sql} LIMIT ${most}`,
    values: [...wanted, ...fixed.values, ...values],
  }));
}

function ranges({ class: objectClass, keyType }: Search, after: SearchPlace | undefined): Statement[] {
  if (objectClass !== undefined && keyType !== undefined)
    return [{ sql: 'o.class = ? AND o.key_type = ? AND o.id > ?', values: [objectClass, keyType, after?.id ?? 0] }];
  const rest: Statement[] =
    after === undefined
      ? []
      : [
          { sql: 'o.class = ? AND o.key_type IS ? AND o.id > ?', values: [after.class, after.keyType, after.id] },
          { sql: 'o.class = ? AND o.key_type > ?', values: [after.class, after.keyType ?? -1] },
        ];
  if (objectClass !== undefined) return after === undefined ? [{ sql: 'o.class = ?', values: [objectClass] }] : rest;
  return [...rest, { sql: 'o.class > ?', values: [after?.class ?? -1] }];
}
