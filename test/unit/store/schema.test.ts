import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { APPLICATION_ID, migrate, migrations, SCHEMA_VERSION } from '../../../src/store/schema.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import { closing, folder, key, object, token } from './fixture.ts';

function sqlite<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

const pragma = (path: string, name: string) => sqlite(path, (db) => db.pragma(name, { simple: true }));

describe('a store', () => {
  it('carries its mark and its version from the first day', () => {
    const path = join(folder(), 'store.db');
    openStore(path).close();
    expect(pragma(path, 'application_id')).toBe(APPLICATION_ID);
    expect(pragma(path, 'user_version')).toBe(SCHEMA_VERSION);
    expect(pragma(path, 'journal_mode')).toBe('wal');
  });

  it('is readable and writable by its owner alone, with its log and its shared index', () => {
    const path = join(folder(), 'store.db');
    const before = process.umask(0);
    try {
      closing(openStore(path)).putToken(token(1));
    } finally {
      process.umask(before);
    }
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it('of a newer version is refused in one sentence', () => {
    const path = join(folder(), 'store.db');
    openStore(path).close();
    sqlite(path, (db) => db.pragma(`user_version = ${SCHEMA_VERSION + 1}`));
    for (const readonly of [false, true]) {
      expect(() => openStore(path, { readonly })).toThrow(/^CKR_DEVICE_ERROR: \S+ was written by a newer Strongroom \(store version \d+, /);
    }
  });

  it('of an older version is not read as if it were of this one', () => {
    const path = join(folder(), 'store.db');
    sqlite(path, (db) => db.pragma(`application_id = ${APPLICATION_ID}`));
    for (const opening of [{ readonly: true }, { beside: true }])
      expect(() => openStore(path, opening)).toThrow(/must first be opened for writing/);
  });

  it('of an older version is brought to this one step by step, and what it holds stays', () => {
    const path = join(folder(), 'store.db');
    const history = ['CREATE TABLE a (n); INSERT INTO a VALUES (1)', 'UPDATE a SET n = n + 1', 'UPDATE a SET n = n * 10'];
    const steps = [1, 2, 3, 3].map((length) => sqlite(path, (db) => migrate(db, path, history.slice(0, length))));
    expect(steps).toHaveLength(4);
    expect(sqlite(path, (db) => db.prepare('SELECT n FROM a').pluck().get())).toBe(20);
    expect(pragma(path, 'user_version')).toBe(3);
  });

  it('of version 2 is searched as before, and what is changed or destroyed in it leaves the index', () => {
    const path = join(folder(), 'store.db');
    sqlite(path, (db) => {
      migrate(db, path, migrations.slice(0, 2));
      db.pragma('foreign_keys = OFF');
      const row = db.prepare('INSERT INTO object VALUES (?, 1, 3, 0, ?, 1, ?, NULL, NULL, ?, ?)');
      const entry = db.prepare('INSERT INTO search VALUES (1, ?, ?)');
      for (let id = 1; id <= 6; id++) {
        const keys = [key('all'), key(`own ${id}`)];
        row.run(id, id % 2, `${id}`, Buffer.concat(keys), Buffer.from('body'));
        for (const each of keys) entry.run(each, id);
      }
    });
    const store = closing(openStore(path));
    const find = (isPrivate: boolean, ...words: string[]) => store.find({ slot: 1, private: isPrivate, searchKeys: words.map(key) });
    expect([find(true, 'all'), find(false, 'all')]).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect([find(true, 'own 3', 'all'), find(false, 'own 3'), find(false, 'own 4')]).toEqual([[3], [], [4]]);
    store.putToken(token(1));
    store.commit([
      { change: 'delete', id: 3 },
      { change: 'replace', row: { ...object({ private: false, version: 2, searchKeys: [key('new')] }), id: 4 }, expected: 1 },
    ]);
    expect([find(true, 'all'), find(false, 'all'), find(false, 'own 4'), find(false, 'new')]).toEqual([[1, 5], [2, 6], [], [4]]);
    expect(sqlite(path, (db) => db.prepare('SELECT count(*) FROM search').pluck().get())).toBe(9);
  });

  it('stays what it was when a step fails', () => {
    const path = join(folder(), 'store.db');
    sqlite(path, (db) => migrate(db, path, ['CREATE TABLE a (n)']));
    const failing = ['CREATE TABLE a (n)', 'CREATE TABLE b (n)', 'CREATE TABLE b (n)'];
    expect(() => sqlite(path, (db) => migrate(db, path, failing))).toThrow(/already exists/);
    expect(pragma(path, 'user_version')).toBe(1);
    expect(sqlite(path, (db) => db.prepare('SELECT name FROM sqlite_schema').pluck().all())).toEqual(['a']);
  });

  it('keeps what it holds over a restart', () => {
    const path = join(folder(), 'store.db');
    const first = openStore(path);
    first.putToken(token(1));
    first.commit([{ change: 'insert', row: object() }]);
    first.close();
    expect(closing(openStore(path)).find({ slot: 1, private: true, searchKeys: [] })).toEqual([1]);
  });

  it('is what an empty file becomes, as a creator that died leaves one', () => {
    const path = join(folder(), 'store.db');
    writeFileSync(path, '');
    expect(closing(openStore(path)).tokens()).toEqual([]);
  });

  it('is not made by a reader', () => {
    const path = join(folder(), 'store.db');
    for (const opening of [{ readonly: true }, { beside: true }])
      expect(() => openStore(path, opening)).toThrow(/^CKR_DEVICE_ERROR: there is no store at /);
  });

  it('cannot be made where nothing can be made', () => {
    expect(() => openStore(join(folder(), 'missing', 'store.db'))).toThrow(/^CKR_DEVICE_ERROR: .* cannot be created: ENOENT/);
  });
});

describe('a file that is no store', () => {
  const refused = /^CKR_DEVICE_ERROR: \S+ is not a Strongroom store$/;

  it.each([
    ['a text', 'This is a letter, and it is longer than the header of a database has to be, which is a hundred bytes long.'],
    ['a short text', 'short'],
  ])('is refused and left as it is: %s', (_, text) => {
    const path = join(folder(), 'letter.txt');
    writeFileSync(path, text);
    expect(() => openStore(path)).toThrow(refused);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['with tables', 'CREATE TABLE bookmark (url TEXT)'],
    ['with a version', 'PRAGMA user_version = 1'],
    ['with another mark', 'PRAGMA application_id = 1'],
  ])('is refused and left as it is: another program’s database %s', (_, sql) => {
    const path = join(folder(), 'other.db');
    sqlite(path, (db) => db.exec(sql));
    const before = readFileSync(path);
    expect(() => openStore(path)).toThrow(refused);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is refused when it is a folder', () => {
    expect(() => openStore(folder())).toThrow(/^CKR_DEVICE_ERROR: the store failed: SQLITE_CANTOPEN/);
  });
});
