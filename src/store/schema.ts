// The database's shape and its history. A migration that was released is never edited: a store made by it exists somewhere.

import Database from 'better-sqlite3';
import { ensure, Pkcs11Error } from '../model/error.ts';

/** "Strm", in the file's header: this file is ours. */
export const APPLICATION_ID = 0x5374726d;

/** One search entry's bytes, and the most of them that an object has; `search_keys` is their concatenation. */
export const SEARCH_KEY_SIZE = 16;
export const SEARCH_KEYS_MOST = 16;

/**
 * Entry n leads from version n to n + 1. What a search reads stands before the body, so that it never touches overflow pages.
 * `search` repeats `object.search_keys` the other way round: an entry is removed by its own primary key, without an index by object.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE token (
    slot INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    label BLOB NOT NULL,
    so_salt BLOB NOT NULL,
    so_memory INTEGER NOT NULL,
    so_passes INTEGER NOT NULL,
    so_parallelism INTEGER NOT NULL,
    so_wrapped BLOB NOT NULL,
    so_tries INTEGER NOT NULL,
    user_salt BLOB,
    user_memory INTEGER,
    user_passes INTEGER,
    user_parallelism INTEGER,
    user_wrapped BLOB,
    user_tries INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE object (
    -- A handle outlives its object: an id is never given twice. It carries 29 bits of it: no id is ever larger.
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 536870912),
    slot INTEGER NOT NULL REFERENCES token (slot),
    class INTEGER NOT NULL,
    key_type INTEGER,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    version INTEGER NOT NULL,
    unique_id TEXT NOT NULL,
    application INTEGER,
    session INTEGER,
    search_keys BLOB NOT NULL CHECK (length(search_keys) % ${SEARCH_KEY_SIZE} = 0 AND length(search_keys) <= ${SEARCH_KEY_SIZE * SEARCH_KEYS_MOST}),
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX object_kind ON object (slot, private, class, key_type);
  CREATE INDEX object_owner ON object (application, session) WHERE application IS NOT NULL;

  CREATE TABLE search (
    slot INTEGER NOT NULL,
    key BLOB NOT NULL CHECK (length(key) = ${SEARCH_KEY_SIZE}),
    object INTEGER NOT NULL,
    PRIMARY KEY (slot, key, object)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- C_InitToken leaves it alone: a counter is never reset.
  CREATE TABLE counter (
    slot INTEGER PRIMARY KEY REFERENCES token (slot),
    value INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- What is looked for among public and among private objects has two keys, at random places: where a token has hardly any of one kind, all of
  -- those look at one page.
  CREATE TABLE searched (
    slot INTEGER NOT NULL,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    key BLOB NOT NULL CHECK (length(key) = ${SEARCH_KEY_SIZE}),
    object INTEGER NOT NULL,
    PRIMARY KEY (slot, private, key, object)
  ) STRICT, WITHOUT ROWID;
  -- Not a look at each object: of a million it would take minutes.
  INSERT INTO searched
    SELECT slot, object NOT IN (SELECT id FROM object INDEXED BY object_kind WHERE private = 0), key, object FROM search;
  DROP TABLE search;
  ALTER TABLE searched RENAME TO search;
  `,
];

export const SCHEMA_VERSION = migrations.length;

function numberOf(db: Database.Database, pragma: string, path: string): number {
  try {
    return Number(db.pragma(pragma, { simple: true }));
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) || cause.code !== 'SQLITE_NOTADB') throw cause;
    throw new Pkcs11Error('DEVICE_ERROR', `${path} is not a Strongroom store`, { cause });
  }
}

/** Refuses what is not ours before anything is written to it. Gives the version found; 0: an empty file. */
export function schemaVersion(db: Database.Database, path: string, known = SCHEMA_VERSION): number {
  const version = numberOf(db, 'user_version', path);
  const id = numberOf(db, 'application_id', path);
  const blank = id === 0 && version === 0 && numberOf(db, 'schema_version', path) === 0;
  ensure(blank || id === APPLICATION_ID, 'DEVICE_ERROR', `${path} is not a Strongroom store`);
  const newer = `${path} was written by a newer Strongroom (store version ${version}, this one reads up to ${known})`;
  ensure(version <= known, 'DEVICE_ERROR', newer);
  return version;
}

/** Brings the store to this version, all steps or none; a second opener waits and then finds nothing left to do. */
export function migrate(db: Database.Database, path: string, history = migrations): void {
  const steps = db.transaction(() => {
    for (const sql of history.slice(schemaVersion(db, path, history.length))) db.exec(sql);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${history.length}`);
  });
  if (schemaVersion(db, path, history.length) < history.length) steps.immediate();
}
