// A search walks a part of one index, however large the store is: no statement scans or sorts a table.
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../../src/store/schema.ts';
import { keyStatement, kindStatements, type Statement } from '../../../src/store/search.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import type { Search, SearchPlace } from '../../../src/store/store.ts';

const key = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.padEnd(16)));

const all: Search = { slot: 1, private: true, searchKeys: [] };
const kinds: Record<string, Search> = {
  everything: all,
  'a class': { ...all, class: 3 },
  'a key type': { ...all, keyType: 3 },
  'a class and a key type': { ...all, class: 3, keyType: 3 },
};
const places: readonly (SearchPlace | undefined)[] = [undefined, { id: 7, class: 3, keyType: 3 }, { id: 7, class: 3, keyType: null }];

const planned = (db: Database.Database, { sql, values }: Statement): string[] =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map((row) => (row as { detail: string }).detail);

describe('the plan of a search', () => {
  const db = new Database(':memory:');
  for (const sql of migrations) db.exec(sql);

  it.each(Object.entries(kinds))('for %s seeks in the covering index of kinds, wherever it goes on', (_, search) => {
    for (const after of places) {
      for (const statement of kindStatements(search, after, 10)) {
        const plan = planned(db, statement);
        expect(plan).toHaveLength(1);
        expect(plan[0]).toMatch(/^SEARCH o USING COVERING INDEX object_kind \(slot=\? AND private=\? AND class/);
      }
    }
  });

  it.each([1, 2, 5])('for %i attributes seeks each in the index of attributes, and the object by its id', (count) => {
    const keys = Array.from({ length: count }, (_, n) => key(`${n}`));
    for (const search of Object.values(kinds)) {
      for (const after of places) {
        const plan = planned(db, keyStatement(search, keys, after, 10)).join('\n');
        expect(plan).toContain('SEARCH s USING PRIMARY KEY (slot=? AND private=? AND key=? AND object>?)');
        expect(plan.match(/SEARCH t USING PRIMARY KEY \(slot=\? AND private=\? AND key=\? AND object=\?\)/g) ?? []).toHaveLength(count - 1);
        const isTold = search.class === undefined && search.keyType === undefined;
        expect(plan.includes('SEARCH o USING INTEGER PRIMARY KEY (rowid=?)')).toBe(!isTold);
        expect(plan).not.toMatch(/SCAN |TEMP B-TREE|AUTOMATIC/);
      }
    }
  });
});

it('by attributes of a token object alone reads no object', () => {
  const db = new Database(':memory:');
  for (const sql of migrations) db.exec(sql);
  expect(planned(db, keyStatement(all, [key('a'), key('b')], undefined, 10)).join('\n')).not.toContain('INTEGER PRIMARY KEY');
  const ofClass = planned(db, keyStatement({ ...all, class: 3 }, [key('a')], undefined, 10));
  expect(ofClass.join('\n')).toContain('SEARCH o USING INTEGER PRIMARY KEY (rowid=?)');
});

describe('a search in parts', () => {
  const store = openStore(':memory:');
  const kindOf = (n: number) => ({ class: n % 4, keyType: n % 3 === 0 ? null : n % 5 });
  store.commit(
    Array.from({ length: 500 }, (_, n) => ({
      change: 'insert',
      row: {
        ...kindOf(n),
        slot: 1,
        private: n % 2 === 0,
        version: 1,
        uniqueId: `${n}`,
        body: new Uint8Array(1),
        searchKeys: [key('all'), key(`tens ${n % 10}`)],
      },
    })),
  );

  const inParts = (search: Search, most: number) => {
    const [ids, looked]: [number[], number[]] = [[], []];
    let part = store.findSome(search, undefined, most);
    for (;;) {
      ids.push(...part.ids);
      looked.push(part.ids.length);
      if (part.next === undefined) return { ids, looked };
      part = store.findSome(search, part.next, most);
    }
  };

  it.each([1, 2, 3, 7, 100, 249, 250, 251, 1000])('of %i objects at a time gives each once, whatever is searched for', (most) => {
    for (const isPrivate of [true, false]) {
      for (const objectClass of [undefined, 0, 1, 9]) {
        for (const keyType of [undefined, 0, 2, 9]) {
          for (const searchKeys of [[], [key('all')], [key('all'), key('tens 4')], [key('tens 3')], [key('none')]]) {
            const search: Search = {
              slot: 1,
              private: isPrivate,
              searchKeys,
              ...(objectClass === undefined ? {} : { class: objectClass }),
              ...(keyType === undefined ? {} : { keyType }),
            };
            const expected = Array.from({ length: 500 }, (_, n) => n)
              .filter((n) => (n % 2 === 0) === isPrivate)
              .filter((n) => objectClass === undefined || kindOf(n).class === objectClass)
              .filter((n) => keyType === undefined || kindOf(n).keyType === keyType)
              .filter((n) => searchKeys.every((each) => [key('all'), key(`tens ${n % 10}`)].some((own) => Buffer.compare(own, each) === 0)))
              .map((n) => n + 1);
            const { ids, looked } = inParts(search, most);
            expect(ids.toSorted((a, b) => a - b)).toEqual(expected);
            expect(store.find(search)).toEqual(expected);
            // A range that is begun may add as many once more.
            expect(Math.max(...looked)).toBeLessThanOrEqual(2 * most);
          }
        }
      }
    }
  });
});
