// The store on SQLite. One connection of the process writes (the supervisor's); each other thread reads through its own.
// Session objects use the same class on ':memory:', where ids come with the rows.

import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { ensure, Pkcs11Error } from '../model/error.ts';
import { type ObjectColumns, objectColumns, objectRow, splitKeys, type TokenColumns, tokenColumns, tokenRow } from './rows.ts';
import { migrate, SCHEMA_VERSION, SEARCH_KEYS_MOST, schemaVersion } from './schema.ts';
import { searchStatement } from './search.ts';
import {
  type Change,
  type NewObjectRow,
  type ObjectRow,
  type Search,
  type SessionStore,
  type Store,
  type TokenRow,
  VersionConflict,
} from './store.ts';

/** Milliseconds that a statement waits for another process's lock (a backup, a second engine) before it fails. */
const BUSY_TIMEOUT = 5000;

/** A key with so many entries is not rare; counting on would cost more than knowing helps. */
const RARE = 64;

/** SQLite's failures become the token's; the cause stays for the log. Anything else thrown is not SQLite's and passes. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause;
    throw new Pkcs11Error(cause.code === 'SQLITE_FULL' ? 'DEVICE_MEMORY' : 'DEVICE_ERROR', `the store failed: ${cause.code}`, { cause });
  }
}

export class SqliteStore implements SessionStore {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();
  readonly #commit: Database.Transaction<(changes: readonly Change[]) => number[]>;
  readonly #emptyToken: Database.Transaction<(slot: number, replacement?: TokenRow) => void>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#commit = db.transaction((changes) => changes.flatMap((change) => this.#apply(change)));
    this.#emptyToken = db.transaction((slot, replacement) => {
      this.#run('DELETE FROM search WHERE slot = ?', slot);
      this.#run('DELETE FROM object WHERE slot = ?', slot);
      if (replacement === undefined) this.#run('DELETE FROM token WHERE slot = ?', slot);
      else this.#putToken(replacement);
    });
  }

  tokens(): TokenRow[] {
    return guarded(() =>
      this.#sql('SELECT * FROM token ORDER BY slot')
        .all()
        .map((row) => tokenRow(row as TokenColumns)),
    );
  }

  putToken(row: TokenRow): void {
    guarded(() => this.#putToken(row));
  }

  deleteToken(slot: number): void {
    guarded(() => {
      this.#emptyToken.immediate(slot);
      this.#forget();
    });
  }

  resetToken(row: TokenRow): void {
    guarded(() => {
      this.#emptyToken.immediate(row.slot, row);
      this.#forget();
    });
  }

  object(id: number): ObjectRow | undefined {
    const row = guarded(() => this.#sql('SELECT * FROM object WHERE id = ?').get(id));
    return row === undefined ? undefined : objectRow(row as ObjectColumns);
  }

  find(search: Search): number[] {
    return guarded(() => {
      const keys = this.#rarestFirst(search);
      if (keys === null) return [];
      const { sql, values } = searchStatement(search, keys);
      return this.#sql(sql, 'pluck').all(...values) as number[];
    });
  }

  commit(changes: readonly Change[]): number[] {
    return guarded(() => this.#commit.immediate(changes));
  }

  insertAs(row: ObjectRow): void {
    guarded(() => this.#db.transaction(() => this.#insert(row, row.id)).immediate());
  }

  deleteOwned(application: number, session?: number): number[] {
    const [where, values] = session === undefined ? ['', [application]] : [' AND session = ?', [application, session]];
    return guarded(() =>
      this.#db
        .transaction(() => {
          const ids = this.#sql(`SELECT id FROM object WHERE application = ?${where} ORDER BY id`, 'pluck').all(...values) as number[];
          for (const id of ids) this.#apply({ change: 'delete', id });
          return ids;
        })
        .immediate(),
    );
  }

  close(): void {
    this.#statements.clear();
    guarded(() => this.#db.close());
  }

  #sql(source: string, shape: 'rows' | 'pluck' = 'rows'): Database.Statement<unknown[]> {
    let statement = this.#statements.get(source);
    if (statement === undefined) {
      statement = this.#db.prepare(source);
      if (shape === 'pluck') statement.pluck();
      this.#statements.set(source, statement);
    }
    return statement;
  }

  #run(source: string, ...values: unknown[]): Database.RunResult {
    return this.#sql(source).run(...values);
  }

  /** An update in place: a REPLACE would delete the row first, which its objects' reference to it forbids. */
  #putToken(row: TokenRow): void {
    const columns = tokenColumns(row);
    const updates = PIN_AND_LABEL.map((column) => `${column} = excluded.${column}`).join(', ');
    const places = columns.map(() => '?').join(', ');
    this.#run(`INSERT INTO token VALUES (${places}) ON CONFLICT (slot) DO UPDATE SET ${updates}`, ...columns);
  }

  #apply(change: Change): number[] {
    if (change.change === 'insert') return [this.#insert(change.row, null)];
    const id = change.change === 'delete' ? change.id : change.row.id;
    const stored = this.#sql('SELECT slot, version, search_keys FROM object WHERE id = ?').get(id) as ObjectColumns | undefined;
    if (change.expected !== undefined && stored?.version !== change.expected) throw new VersionConflict(`object ${id} has changed`);
    if (stored === undefined) return [];
    for (const key of splitKeys(stored.search_keys))
      this.#run('DELETE FROM search WHERE slot = ? AND key = ? AND object = ?', stored.slot, key, id);
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
    for (const key of row.searchKeys) this.#run('INSERT INTO search VALUES (?, ?, ?)', row.slot, key, id);
  }

  /** Null: nothing can match. The rarest key leads, else a label that every object has would be walked to find one id. */
  #rarestFirst({ slot, searchKeys }: Search): Uint8Array[] | null {
    if (searchKeys.length < 2) return [...searchKeys];
    const distinct = new Map(searchKeys.map((key) => [Buffer.from(key).toString('latin1'), key]));
    // No object has more entries than that, whatever a template asks for; and SQLite joins 64 tables at most.
    if (distinct.size > SEARCH_KEYS_MOST) return null;
    const count = this.#sql(`SELECT count(*) FROM (SELECT 1 FROM search WHERE slot = ? AND key = ? LIMIT ${RARE})`, 'pluck');
    const counted = [...distinct.values()].map((key) => ({ key, entries: count.get(slot, key) as number }));
    return counted.sort((a, b) => a.entries - b.entries).map(({ key }) => key);
  }

  /** What was deleted is overwritten (secure_delete); this drops its copies from the write-ahead log as well. */
  #forget(): void {
    if (!this.#db.memory) this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }
}

const PIN_COLUMNS = ['salt', 'memory', 'passes', 'parallelism', 'wrapped', 'tries'];
const PIN_AND_LABEL = ['serial', 'label', ...PIN_COLUMNS.map((name) => `so_${name}`), ...PIN_COLUMNS.map((name) => `user_${name}`)];

/** SQLite gives its log and index the database's mode. Opened only to create: closing another descriptor of a database in use would drop its locks. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST') throw new Pkcs11Error('DEVICE_ERROR', `${path} cannot be created: ${code}`, { cause });
  }
}

function configure(db: Database.Database, path: string, readonly: boolean): void {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('temp_store = MEMORY');
  // The tokens of session objects are rows of the durable store.
  db.pragma(`foreign_keys = ${db.memory ? 'OFF' : 'ON'}`);
  const version = schemaVersion(db, path);
  if (readonly) {
    ensure(version === SCHEMA_VERSION, 'DEVICE_ERROR', `${path} is of store version ${version} and must first be opened for writing`);
    return;
  }
  db.pragma('secure_delete = ON');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  migrate(db, path);
}

export function openStore(path: ':memory:', options?: { readonly readonly?: false }): SessionStore;
export function openStore(path: string, options?: { readonly readonly?: boolean }): Store;
export function openStore(path: string, { readonly = false }: { readonly readonly?: boolean } = {}): Store {
  // An absolute path is never read as a URI, whose parameters could switch the safety off.
  const place = path === ':memory:' ? path : resolve(path);
  if (place !== ':memory:' && !readonly) createPrivately(place);
  return guarded(() => {
    const db = new Database(place, { readonly, fileMustExist: place !== ':memory:', timeout: BUSY_TIMEOUT });
    try {
      configure(db, path, readonly);
      return new SqliteStore(db);
    } catch (cause) {
      db.close();
      throw cause;
    }
  });
}
