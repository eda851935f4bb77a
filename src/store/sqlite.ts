// The store on SQLite. One connection of the process writes (the supervisor's); each other thread reads through its own.

import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { ensure, Pkcs11Error } from '../model/error.ts';
import { type ObjectColumns, objectColumns, objectRow, splitKeys, type TokenColumns, tokenColumns, tokenRow } from './rows.ts';
import { migrate, SCHEMA_VERSION, SEARCH_KEYS_MOST, schemaVersion } from './schema.ts';
import { keyStatement, kindStatements, type Statement } from './search.ts';
import { Snapshot, type Written } from './snapshot.ts';
import {
  type Change,
  type FoundPart,
  type NewObjectRow,
  type ObjectRow,
  type Outcome,
  type Search,
  type SearchPlace,
  type Store,
  type TokenRow,
  VersionConflict,
} from './store.ts';

/** Milliseconds that a statement waits for another process's lock (a backup, a second engine) before it fails. */
const BUSY_TIMEOUT = 5000;

/** Bytes of the write-ahead log's file that stay when a large transaction has been moved into the database. */
const LOG_KEPT = 32 * 1024 * 1024;

/**
 * Pages in the log at which a commit moves them into the database: half of what is kept, since workers write on until the supervisor does. What was written again and again moves
 * once, so a longer log costs less; who starts after a crash reads all of it, which takes milliseconds.
 */
const LOG_PAGES = 4000;

/** A key with so many entries is not rare; counting on would cost more than knowing helps. */
const RARE = 64;

/** The package would look for it in places that Node's permission model hides, and then make a whole report of this process to tell one C library from another. */
const nativeBinding = (): string => {
  const folder = dirname(dirname(createRequire(import.meta.url).resolve('better-sqlite3')));
  const compiled = join(folder, 'build', 'Release', 'better_sqlite3.node');
  return existsSync(compiled) ? compiled : join(folder, 'prebuilds', `linux-${process.arch}.node`);
};

/** Objects that find() looks at in one go. */
const AT_A_TIME = 4096;

type Walked = [id: number, objectClass: number, keyType: number | null, fits: number | null];

const pinColumns = ['salt', 'memory', 'passes', 'parallelism', 'wrapped', 'tries'];
const tokenUpdate = ['serial', 'label', ...pinColumns.map((name) => `so_${name}`), ...pinColumns.map((name) => `user_${name}`)]
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

/** SQLite's failures become the token's; the cause stays for the log. Anything else thrown is not SQLite's and passes. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause;
    throw new Pkcs11Error(cause.code === 'SQLITE_FULL' ? 'DEVICE_MEMORY' : 'DEVICE_ERROR', `the store failed: ${cause.code}`, { cause });
  }
}

export class SqliteStore implements Store {
  readonly #db: Database.Database;
  readonly #pen: Opening['pen'];
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();
  readonly #transaction: Database.Transaction<(work: () => unknown) => unknown>;
  readonly #snapshot: Snapshot | undefined;
  readonly #written: Written | undefined;

  constructor(db: Database.Database, { pen, snapshot, written }: Opening = {}) {
    this.#db = db;
    this.#pen = pen;
    this.#snapshot = snapshot && new Snapshot(db, snapshot);
    this.#written = written;
    this.#transaction = db.transaction((work: () => unknown) => work());
  }

  tokens(): TokenRow[] {
    return this.#read(() =>
      this.#sql('SELECT * FROM token ORDER BY slot')
        .all()
        .map((row) => tokenRow(row as TokenColumns)),
    );
  }

  putToken(row: TokenRow): void {
    this.#atomic(() => this.#putToken(row));
  }

  deleteToken(slot: number): void {
    this.#atomic(() => {
      this.#deleteObjects(slot);
      this.#run('DELETE FROM counter WHERE slot = ?', slot);
      this.#run('DELETE FROM token WHERE slot = ?', slot);
    });
    this.#truncateLog();
  }

  resetToken(row: TokenRow): void {
    this.#atomic(() => {
      this.#deleteObjects(row.slot);
      this.#putToken(row);
    });
    this.#truncateLog();
  }

  counter(slot: number): number {
    return this.#read(() => (this.#sql('SELECT value FROM counter WHERE slot = ?', 'pluck').get(slot) as number | undefined) ?? 0);
  }

  count(slot: number): number {
    const raised = 'INSERT INTO counter VALUES (?, 1) ON CONFLICT (slot) DO UPDATE SET value = value + 1 RETURNING value';
    return this.#atomic(() => this.#sql(raised, 'pluck').get(slot) as number);
  }

  object(id: number): ObjectRow | undefined {
    const row = this.#read(() => this.#sql('SELECT * FROM object WHERE id = ?').get(id));
    return row === undefined ? undefined : objectRow(row as ObjectColumns);
  }

  find(search: Search): number[] {
    const found: number[] = [];
    let part: FoundPart = { ids: [] };
    do {
      part = this.findSome(search, part.next, AT_A_TIME);
      for (const id of part.ids) found.push(id);
    } while (part.next !== undefined);
    return found.sort((a, b) => a - b);
  }

  findSome(search: Search, after: SearchPlace | undefined, most: number): FoundPart {
    return this.#read(() => {
      const keys = this.#rarestFirst(search);
      if (keys === null) return { ids: [] };
      const statements = keys.length > 0 ? [keyStatement(search, keys, after, most)] : kindStatements(search, after, most);
      return this.#walk(statements, most);
    });
  }

  lastId(): number {
    return this.#read(() => this.#sql('SELECT max(id) FROM object', 'pluck').get() as number | null) ?? 0;
  }

  commit(changes: readonly Change[]): number[] {
    return this.#atomic(() => this.#applyAll(changes));
  }

  commitTogether(requests: readonly (readonly Change[])[]): Outcome[] {
    try {
      // Nearly always nothing is refused. A savepoint for each would copy every page that it changes.
      return this.#atomic(() => requests.map((changes) => ({ ids: this.#applyAll(changes) })));
    } catch (error) {
      // Who is alone is told; among several only those are whose request it was.
      return requests.length === 1 ? [{ error }] : this.#eachByItself(requests);
    }
  }

  #eachByItself(requests: readonly (readonly Change[])[]): Outcome[] {
    try {
      return this.#atomic(() => requests.map((request) => this.#within(request)));
    } catch {
      // SQLite gave up the whole transaction (a full disk does that), or could not end it: who can be served without the others is.
      return requests.map((request) => this.#outcome(request));
    }
  }

  refresh(): void {
    this.#snapshot?.refresh();
  }

  close(): void {
    this.#statements.clear();
    this.#snapshot?.release();
    guarded(() => this.#db.close());
  }

  /** One range after the other, until so many objects were looked at. */
  #walk(statements: readonly Statement[], most: number): FoundPart {
    const ids: number[] = [];
    let looked = 0;
    for (const { sql, values } of statements) {
      const rows = this.#sql(sql, 'raw').all(...values) as Walked[];
      for (const [id, , , fits] of rows) if (fits === 1) ids.push(id);
      looked += rows.length;
      if (looked < most) continue;
      const [id, objectClass, keyType] = rows.at(-1)!;
      return { ids, next: { id, class: objectClass, keyType } };
    }
    return { ids };
  }

  #sql(source: string, shape: 'rows' | 'pluck' | 'raw' = 'rows'): Database.Statement<unknown[]> {
    let statement = this.#statements.get(source);
    if (statement === undefined) {
      statement = this.#db.prepare(source);
      if (shape === 'pluck') statement.pluck();
      if (shape === 'raw') statement.raw();
      this.#statements.set(source, statement);
    }
    return statement;
  }

  /** IMMEDIATE: the lock is had before anything was read, so that no transaction fails halfway because another wrote first. */
  #atomic<T>(work: () => T): T {
    this.#snapshot?.release();
    const isWhole = !this.#db.inTransaction;
    // Before it too: a commit moves the log only as far as the oldest state that is kept, which would always be the one before its own.
    if (isWhole) this.#written?.tell();
    try {
      return this.#held(() => guarded(() => this.#transaction.immediate(work) as T));
    } finally {
      if (isWhole) this.#written?.tell();
    }
  }

  #held<T>(work: () => T): T {
    return this.#pen === undefined || this.#db.inTransaction ? work() : this.#pen.within(work);
  }

  #read<T>(work: () => T): T {
    try {
      this.#snapshot?.look();
      return guarded(work);
    } catch (error) {
      this.#snapshot?.release();
      throw error;
    }
  }

  #run(source: string, ...values: unknown[]): Database.RunResult {
    return this.#sql(source).run(...values);
  }

  #outcome(request: readonly Change[]): Outcome {
    try {
      return { ids: this.commit(request) };
    } catch (error) {
      // Whose request it was is told; it is the only one that failed.
      return { error };
    }
  }

  /** A part of a transaction that goes on without it where it fails: inside one, SQLite makes the same a savepoint. */
  #within(request: readonly Change[]): Outcome {
    const outcome = this.#outcome(request);
    if (!this.#db.inTransaction) throw 'error' in outcome ? outcome.error : new Error('the transaction has ended');
    return outcome;
  }

  /** An update in place: a REPLACE would delete the row first, which its objects' reference to it forbids. */
  #putToken(row: TokenRow): void {
    const columns = tokenColumns(row);
    const places = columns.map(() => '?').join(', ');
    this.#run(`INSERT INTO token VALUES (${places}) ON CONFLICT (slot) DO UPDATE SET ${tokenUpdate}`, ...columns);
  }

  #deleteObjects(slot: number): void {
    this.#run('DELETE FROM search WHERE slot = ?', slot);
    this.#run('DELETE FROM object WHERE slot = ?', slot);
  }

  #applyAll(changes: readonly Change[]): number[] {
    return changes.flatMap((change) => this.#apply(change));
  }

  #apply(change: Change): number[] {
    if (change.change === 'insert') return [this.#insert(change.row, null)];
    const id = change.change === 'delete' ? change.id : change.row.id;
    const stored = this.#sql('SELECT slot, private, version, search_keys FROM object WHERE id = ?').get(id) as ObjectColumns | undefined;
    if (change.expected !== undefined && stored?.version !== change.expected) throw new VersionConflict(`object ${id} has changed`);
    if (stored === undefined) return [];
    for (const key of splitKeys(stored.search_keys))
      this.#run('DELETE FROM search WHERE (slot, private, key, object) = (?, ?, ?, ?)', stored.slot, stored.private, key, id);
    if (change.change === 'delete') this.#run('DELETE FROM object WHERE id = ?', id);
    else this.#replace(change.row);
    return [];
  }

  #insert(row: NewObjectRow, id: number | null): number {
    const { lastInsertRowid } = this.#run('INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', ...objectColumns(row, id));
    this.#index(row, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  #replace(row: ObjectRow): void {
    const [id, ...columns] = objectColumns(row, row.id);
    const updates =
      'slot = ?, class = ?, key_type = ?, private = ?, version = ?, unique_id = ?, application = ?, session = ?, search_keys = ?, body = ?';
    this.#run(`UPDATE object SET ${updates} WHERE id = ?`, ...columns, id);
    this.#index(row, row.id);
  }

  #index(row: NewObjectRow, id: number): void {
    for (const key of row.searchKeys) this.#run('INSERT INTO search VALUES (?, ?, ?, ?)', row.slot, Number(row.private), key, id);
  }

  /** Null: nothing can match. The rarest key leads, else a label that every object has would be walked to find one id. */
  #rarestFirst({ slot, private: isPrivate, searchKeys }: Search): Uint8Array[] | null {
    if (searchKeys.length < 2) return [...searchKeys];
    const distinct = new Map(searchKeys.map((key) => [Buffer.from(key).toString('latin1'), key]));
    // No object has more entries than that, whatever a template asks for; and SQLite joins 64 tables at most.
    if (distinct.size > SEARCH_KEYS_MOST) return null;
    const count = this.#sql(
      `SELECT count(*) FROM (SELECT 1 FROM search WHERE slot = ? AND private = ? AND key = ? LIMIT ${RARE})`,
      'pluck',
    );
    const counted = [...distinct.values()].map((key) => ({ key, entries: count.get(slot, Number(isPrivate), key) as number }));
    return counted.sort((a, b) => a.entries - b.entries).map(({ key }) => key);
  }

  /** What was deleted is overwritten (secure_delete); this drops its copies from the write-ahead log as well. */
  #truncateLog(): void {
    if (this.#db.memory) return;
    try {
      this.#held(() => this.#db.pragma('wal_checkpoint(TRUNCATE)'));
    } catch (cause) {
      // The change itself is durable and must not be reported as failed; the copies go with the next checkpoint.
      if (!(cause instanceof Database.SqliteError)) throw cause;
    }
  }
}

/**
 * SQLite gives its log and index the database's mode. O_EXCL, so that only a new file is ever opened here: closing a second descriptor
 * of a database that this process uses would drop SQLite's locks on it.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST') throw new Pkcs11Error('DEVICE_ERROR', `${path} cannot be created: ${code}`, { cause });
  }
}

function configure(db: Database.Database, path: string, { readonly, beside }: Opening): void {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('temp_store = MEMORY');
  // The tokens of session objects are rows of the durable store.
  db.pragma(`foreign_keys = ${db.memory ? 'OFF' : 'ON'}`);
  const version = schemaVersion(db, path);
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = FULL');
  db.pragma(`journal_size_limit = ${LOG_KEPT}`);
  if (readonly || beside) {
    ensure(version === SCHEMA_VERSION, 'DEVICE_ERROR', `${path} is of store version ${version} and must first be opened for writing`);
    db.pragma('wal_autocheckpoint = 0');
    return;
  }
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  ensure(mode === 'wal' || db.memory, 'DEVICE_ERROR', `${path} lies on a file system that cannot hold a store (no shared memory)`);
  db.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
  migrate(db, path);
}

export interface Opening {
  readonly readonly?: boolean;
  /** Another connection made the store and moves its log; this one only writes. */
  readonly beside?: boolean;
  /** Held while something is written. */
  readonly pen?: { within<T>(work: () => T): T };
  /** What readers and writers of the store share. Whoever gives it calls refresh() when rung for. */
  readonly snapshot?: SharedArrayBuffer;
  /** A writer's: how it tells readers. */
  readonly written?: Written;
}

export function openStore(path: string, opening: Opening = {}): Store {
  const { readonly = false, beside = false } = opening;
  // An absolute path is never read as a URI, whose parameters could switch the safety off.
  const place = path === ':memory:' ? path : resolve(path);
  if (place !== ':memory:' && !readonly && !beside) createPrivately(place);
  ensure(place === ':memory:' || existsSync(place), 'DEVICE_ERROR', `there is no store at ${path}`);
  return guarded(() => {
    const db = new Database(place, {
      readonly,
      fileMustExist: place !== ':memory:',
      timeout: BUSY_TIMEOUT,
      nativeBinding: nativeBinding(),
    });
    try {
      configure(db, path, opening);
      return new SqliteStore(db, opening);
    } catch (cause) {
      db.close();
      throw cause;
    }
  });
}
