import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Snapshot, snapshotMemory, Written } from '../../../src/store/snapshot.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import { closing, folder, object, token } from './fixture.ts';

const QUIET = 60;
const insert = (store: Store, body = Buffer.alloc(60)) => store.commit([{ change: 'insert', row: object({ body }) }])[0]!;

/** A writer, and a reader that has kept what it saw since the store was last written to. */
function opened({ ring = () => {} } = {}) {
  const path = join(folder(), 'store.db');
  const snapshot = snapshotMemory();
  const writer = closing(openStore(path, { written: new Written(snapshot, () => ring()) }));
  writer.putToken(token(1));
  const reader = closing(openStore(path, { readonly: true, snapshot }));
  const settle = () => {
    reader.lastId();
    vi.advanceTimersByTime(QUIET);
    return reader.lastId();
  };
  return { path, snapshot, writer, reader, settle };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a reader that keeps what it sees', () => {
  it('reads without asking the file, until something is written', () => {
    const { path, writer, reader, settle } = opened();
    insert(writer);
    expect(settle()).toBe(1);
    // Behind everybody's back: nobody is told, so that it shows whether the reader looks.
    const other = new Database(path);
    other.exec('UPDATE object SET version = 77');
    other.close();
    expect(reader.object(1)?.version).toBe(1);
    insert(writer);
    expect(reader.object(1)?.version).toBe(77);
  });

  it('sees each change once it is made, whoever made it', () => {
    const { writer, reader, settle } = opened();
    for (let n = 1; n <= 20; n++) {
      settle();
      expect(insert(writer)).toBe(n);
      expect(reader.object(n)?.id).toBe(n);
    }
    settle();
    writer.commit([{ change: 'delete', id: 3 }]);
    expect(reader.object(3)).toBeUndefined();
    settle();
    expect(writer.count(1)).toBe(1);
    expect(reader.counter(1)).toBe(1);
    settle();
    writer.putToken({ ...token(1), userTries: 5 });
    expect(reader.tokens()[0]?.userTries).toBe(5);
  });

  it('is rung for by a writer, and else is not', () => {
    let heard: Store | undefined;
    const ring = vi.fn(() => heard?.refresh());
    const { writer, reader, settle } = opened({ ring });
    heard = reader;
    insert(writer);
    expect(ring).not.toHaveBeenCalled();
    settle();
    insert(writer);
    expect(ring).toHaveBeenCalledTimes(1);
    reader.refresh();
    insert(writer);
    expect(ring).toHaveBeenCalledTimes(1);
    settle();
    reader.close();
    insert(writer);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('writes by itself too, durably, and is seen by the others', () => {
    let heard: Store | undefined;
    const ring = vi.fn(() => heard?.refresh());
    const { path, snapshot, writer, reader, settle } = opened();
    heard = reader;
    const both = closing(openStore(path, { beside: true, snapshot, written: new Written(snapshot, ring) }));
    settle();
    both.lastId();
    vi.advanceTimersByTime(QUIET);
    expect(both.lastId()).toBe(0);
    insert(writer);
    expect(both.commitTogether([[{ change: 'insert', row: object({}) }], [{ change: 'insert', row: object({}) }]])).toEqual([
      { ids: [2] },
      { ids: [3] },
    ]);
    // By a connection that has nothing to do with them.
    const other = closing(openStore(path, { readonly: true }));
    expect(other.lastId()).toBe(3);
    expect(writer.commit([{ change: 'delete', id: 3 }])).toEqual([]);
    expect(both.object(3)).toBeUndefined();
    settle();
    ring.mockClear();
    insert(both);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('does not keep the log from being emptied, though it reads all the time', () => {
    let reader: Store | undefined;
    const all = opened({ ring: () => reader?.refresh() });
    reader = all.reader;
    const { writer, path, settle } = all;
    const body = Buffer.alloc(200_000);
    settle();
    for (let n = 0; n < 400; n++) {
      insert(writer, body);
      reader.lastId();
      if (n % 50 === 0) settle();
    }
    // 80 MB were written.
    expect(statSync(`${path}-wal`).size).toBeLessThan(24e6);
  });

  it('does not keep it from being emptied either where nobody writes for a while between two changes', () => {
    let reader: Store | undefined;
    const all = opened({ ring: () => reader?.refresh() });
    reader = all.reader;
    const { writer, path, settle } = all;
    const body = Buffer.alloc(200_000);
    for (let n = 0; n < 400; n++) {
      settle();
      insert(writer, body);
    }
    // 80 MB were written.
    expect(statSync(`${path}-wal`).size).toBeLessThan(24e6);
  });

  it('does not hold up a token that is made anew, whose log is emptied at once', () => {
    let reader: Store | undefined;
    const all = opened({ ring: () => reader?.refresh() });
    reader = all.reader;
    insert(all.writer);
    all.settle();
    all.writer.resetToken(token(1));
    expect(statSync(`${all.path}-wal`).size).toBe(0);
    expect(reader.object(1)).toBeUndefined();
  });

  it('begins anew after a failure', () => {
    const { path, snapshot } = opened();
    const db = new Database(path, { readonly: true });
    const kept = new Snapshot(db, snapshot);
    kept.look();
    vi.advanceTimersByTime(QUIET);
    kept.look();
    expect(db.inTransaction).toBe(true);
    db.exec('ROLLBACK');
    kept.release();
    kept.look();
    expect(db.inTransaction).toBe(true);
    kept.release();
    expect(db.inTransaction).toBe(false);
    db.close();
  });
});
