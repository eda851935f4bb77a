import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/store/schema.ts';
import { openStore, SqliteStore } from '../../../src/store/sqlite.ts';
import type { ObjectRow, Store } from '../../../src/store/store.ts';
import { VersionConflict } from '../../../src/store/store.ts';
import { closing, folder, key, object, token, wrapped } from './fixture.ts';

const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v)));

function store(): Store {
  const opened = closing(openStore(join(folder(), 'store.db')));
  opened.putToken(token(1));
  return opened;
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

const insert = (into: Store, ...rows: ReturnType<typeof object>[]) => into.commit(rows.map((row) => ({ change: 'insert', row })));
const everything = { slot: 1, private: true, searchKeys: [] };

describe('tokens', () => {
  it('come back as they were put', () => {
    const path = join(folder(), 'store.db');
    const rows = [token(1, { userPin: wrapped(2), soTries: 3, userTries: 4, label: Buffer.from('a label'.padEnd(32)) }), token(7)];
    const first = openStore(path);
    for (const row of rows) first.putToken(row);
    first.close();
    expect(plain(closing(openStore(path)).tokens())).toEqual(plain(rows));
  });

  it('are replaced slot by slot, and their objects stay', () => {
    const opened = store();
    insert(opened, object());
    const changed = token(1, { userPin: wrapped(9), userTries: 2 });
    opened.putToken(changed);
    expect(plain(opened.tokens())).toEqual(plain([changed]));
    expect(opened.find(everything)).toEqual([1]);
  });

  it('never share a serial number', () => {
    const opened = store();
    expect(() => opened.putToken(token(2, { serial: token(1).serial }))).toThrow(/^CKR_DEVICE_ERROR: .*SQLITE_CONSTRAINT/);
  });

  it('go with all their objects, and no others', () => {
    const opened = store();
    opened.putToken(token(2));
    insert(opened, object({ searchKeys: [key('a')] }), object({ slot: 2, private: true, searchKeys: [key('a')] }));
    opened.deleteToken(1);
    expect(opened.tokens().map(({ slot }) => slot)).toEqual([2]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('a')] })).toEqual([]);
    expect(opened.find({ slot: 2, private: true, searchKeys: [key('a')] })).toEqual([2]);
    expect(opened.object(1)).toBeUndefined();
  });

  it('have a counter that gives no number twice, also after they were made anew, until they go', () => {
    const path = join(folder(), 'store.db');
    const first = openStore(path);
    first.putToken(token(1));
    first.putToken(token(2));
    expect([first.counter(1), first.count(1), first.count(1), first.counter(1)]).toEqual([0, 1, 2, 2]);
    first.resetToken(token(1));
    first.close();
    const second = closing(openStore(path));
    expect([second.count(1), second.count(2)]).toEqual([3, 1]);
    second.deleteToken(1);
    second.putToken(token(1));
    expect([second.counter(1), second.counter(2)]).toEqual([0, 1]);
    expect(() => second.count(3)).toThrow('CKR_DEVICE_ERROR');
  });

  it('made anew have a new row and no objects', () => {
    const opened = store();
    insert(opened, object({ searchKeys: [key('a')] }));
    const row = token(1, { serial: 'another serial', soPin: wrapped(5) });
    opened.resetToken(row);
    expect(plain(opened.tokens())).toEqual(plain([row]));
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('a')] })).toEqual([]);
    expect(opened.find(everything)).toEqual([]);
  });

  it('made anew leave no trace of what they held, in the database or in its log', () => {
    const path = join(folder(), 'store.db');
    const opened = closing(openStore(path));
    const secret = Buffer.from('a wrapped key that must be gone');
    opened.putToken(token(1, { soPin: { ...wrapped(1), wrapped: secret } }));
    insert(opened, ...Array.from({ length: 20 }, () => object({ body: Buffer.concat(Array.from({ length: 300 }, () => secret)) })));
    const traces = () => [path, `${path}-wal`].filter((file) => readFileSync(file).includes(secret));
    expect(traces()).not.toEqual([]);
    opened.resetToken(token(1));
    expect(traces()).toEqual([]);
  });

  it('are there before their objects', () => {
    expect(() => insert(store(), object({ slot: 2 }))).toThrow(/^CKR_DEVICE_ERROR: .*FOREIGNKEY/);
  });
});

describe('objects', () => {
  it('come back as they were committed', () => {
    const opened = store();
    const rows = [
      object({ searchKeys: [key('a'), key('b')], body: Buffer.alloc(100_000, 7), uniqueId: 'x' }),
      object({ keyType: null, private: false, class: 0x8000_0000, version: 2 ** 40 }),
    ];
    expect(insert(opened, ...rows)).toEqual([1, 2]);
    expect(plain([opened.object(1), opened.object(2)])).toEqual(
      plain([
        { id: 1, ...rows[0] },
        { id: 2, ...rows[1] },
      ]),
    );
    expect(opened.object(3)).toBeUndefined();
  });

  it('never get an id that another had, even over a restart', () => {
    const path = join(folder(), 'store.db');
    const first = openStore(path);
    first.putToken(token(1));
    insert(first, object(), object());
    first.commit([{ change: 'delete', id: 2 }]);
    first.resetToken(token(1));
    first.close();
    expect(insert(closing(openStore(path)), object())).toEqual([3]);
  });

  it('are changed from the version that they have, and found by what they became', () => {
    const opened = store();
    const [id] = insert(opened, object({ searchKeys: [key('old'), key('same')] }));
    const row: ObjectRow = { ...object({ version: 2, searchKeys: [key('same'), key('new')], body: Buffer.from('b2') }), id: id! };
    opened.commit([{ change: 'replace', row, expected: 1 }]);
    expect(plain(opened.object(id!))).toEqual(plain(row));
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('old')] })).toEqual([]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('new'), key('same')] })).toEqual([id]);
  });

  it.each(['another version', 'no such object'])('are not changed from %s, and nothing else of that transaction happens', (reason) => {
    const opened = store();
    const [id] = insert(opened, object({ version: 5, searchKeys: [key('a')] }));
    const row = { ...object({ version: 6 }), id: reason === 'no such object' ? 99 : id! };
    const first = { change: 'insert', row: object({ searchKeys: [key('lost')] }) } as const;
    const deletion = { change: 'delete', id: id! } as const;
    expect(() => opened.commit([first, deletion, { change: 'replace', row, expected: 4 }])).toThrow(VersionConflict);
    expect(() => opened.commit([first, deletion, { change: 'delete', id: row.id, expected: 4 }])).toThrow(VersionConflict);
    expect(opened.object(id!)?.version).toBe(5);
    expect(opened.find(everything)).toEqual([id]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('lost')] })).toEqual([]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('a')] })).toEqual([id]);
  });

  it('are deleted without a version where whoever asks does not care, and twice is once', () => {
    const opened = store();
    const [id] = insert(opened, object({ searchKeys: [key('a')] }));
    for (let n = 0; n < 2; n++) expect(opened.commit([{ change: 'delete', id: id! }])).toEqual([]);
    expect(opened.object(id!)).toBeUndefined();
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('a')] })).toEqual([]);
  });

  it('are committed whole or not at all when the database itself refuses one', () => {
    const opened = store();
    const refused = object({ searchKeys: [Buffer.from('short')] });
    expect(() => insert(opened, object({ searchKeys: [key('a')] }), refused)).toThrow(/^CKR_DEVICE_ERROR/);
    expect(opened.find(everything)).toEqual([]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('a')] })).toEqual([]);
  });
});

describe('several requests made durable together', () => {
  it('are each done whole or not at all, and one that fails leaves the others alone', () => {
    const opened = store();
    const [id] = insert(opened, object({ version: 5 }));
    const lost = { change: 'insert', row: object({ searchKeys: [key('lost')] }) } as const;
    const kept = { change: 'insert', row: object({ searchKeys: [key('kept')] }) } as const;
    const refused = { change: 'insert', row: object({ searchKeys: [Buffer.from('short')] }) } as const;
    const outcomes = opened.commitTogether([
      [kept, kept],
      [lost, { change: 'delete', id: id!, expected: 4 }],
      [lost, refused],
      [kept, { change: 'delete', id: id!, expected: 5 }],
      [lost, { change: 'delete', id: id!, expected: 5 }],
    ]);
    expect(outcomes).toEqual([
      { ids: [2, 3] },
      { error: expect.any(VersionConflict) },
      { error: expect.objectContaining({ message: expect.stringMatching(/^CKR_DEVICE_ERROR/) }) },
      { ids: [expect.any(Number)] },
      { error: expect.any(VersionConflict) },
    ]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('lost')] })).toEqual([]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('kept')] })).toHaveLength(3);
    expect(opened.object(id!)).toBeUndefined();
  });

  it('are done one by one where the whole transaction cannot be had', () => {
    const db = new Database(join(folder(), 'store.db'));
    migrate(db, 'store.db');
    const opened = closing(new SqliteStore(db));
    opened.putToken(token(1));
    db.pragma('max_page_count = 40');
    // It does not fit, and SQLite may give up all that was begun with it.
    const large = { change: 'insert', row: object({ body: Buffer.alloc(1_000_000) }) } as const;
    const small = { change: 'insert', row: object({ searchKeys: [key('small')] }) } as const;
    const outcomes = opened.commitTogether([[small], [large], [small]]);
    expect(outcomes.map((outcome) => 'ids' in outcome)).toEqual([true, false, true]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('small')] })).toHaveLength(2);
  });
});

describe('a search', () => {
  it('narrows by class, key type and need of a login, ids ascending', () => {
    const opened = store();
    insert(
      opened,
      object({ class: 4, keyType: 0x1f }),
      object({ class: 3, keyType: 0 }),
      object({ class: 1, keyType: null, private: false }),
      object({ class: 3, keyType: 3, private: false }),
      object({ class: 2, keyType: 0, private: false }),
      object({ class: 2, keyType: 3, private: false }),
    );
    const open = { ...everything, private: false };
    expect(opened.find(everything)).toEqual([1, 2]);
    expect(opened.find(open)).toEqual([3, 4, 5, 6]);
    expect(opened.find({ ...open, class: 2 })).toEqual([5, 6]);
    expect(opened.find({ ...open, keyType: 3 })).toEqual([4, 6]);
    expect(opened.find({ ...open, class: 3, keyType: 3 })).toEqual([4]);
    expect(opened.find({ ...everything, class: 3, keyType: 3 })).toEqual([]);
    expect(opened.find({ ...everything, slot: 2 })).toEqual([]);
  });

  it('keeps private and public apart where both have the same search key, as session objects do', () => {
    const opened = store();
    insert(opened, object({ searchKeys: [key('a')] }), object({ private: false, searchKeys: [key('a')] }));
    expect(opened.find({ slot: 1, private: false, searchKeys: [key('a')] })).toEqual([2]);
    expect(opened.find({ slot: 1, private: true, searchKeys: [key('a')] })).toEqual([1]);
  });

  it('wants every search key, whichever of them is the rare one', () => {
    const opened = store();
    insert(
      opened,
      ...Array.from({ length: 200 }, (_, n) => object({ class: n % 2, searchKeys: [key('all'), key(`n${n}`), key(`tens${n % 10}`)] })),
    );
    const search = (...words: string[]) => ({ slot: 1, private: true, searchKeys: words.map(key) });
    expect(opened.find(search('all', 'n17'))).toEqual([18]);
    expect(opened.find(search('n17', 'all', 'tens7'))).toEqual([18]);
    expect(opened.find(search('n17', 'tens8'))).toEqual([]);
    expect(opened.find(search('all', 'all', 'n3'))).toEqual([4]);
    expect(opened.find(search('tens3', 'all'))).toEqual(Array.from({ length: 20 }, (_, n) => n * 10 + 4));
    expect(opened.find({ ...search('tens3', 'all'), class: 0 })).toEqual([]);
    expect(opened.find({ ...search('tens3'), class: 1, keyType: 0 })).toHaveLength(20);
    expect(opened.find(search('nobody', 'all'))).toEqual([]);
  });

  it('for more than any object can have finds nothing', () => {
    const opened = store();
    insert(opened, object({ searchKeys: [key('w0')] }));
    expect(opened.find({ slot: 1, private: true, searchKeys: Array.from({ length: 500 }, (_, n) => key(`w${n}`)) })).toEqual([]);
  });

  it('for a number that only C can hold finds nothing and breaks nothing', () => {
    const opened = store();
    insert(opened, object());
    expect(opened.find({ ...everything, class: 2 ** 64 })).toEqual([]);
    expect(opened.find({ ...everything, keyType: 2 ** 63 })).toEqual([]);
  });

  it('agrees with a plain list over a random history', () => {
    const opened = store();
    const model = new Map<number, ObjectRow>();
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff;
      return (seed >>> 8) % below;
    };
    const row = (version: number) => {
      const words = new Set(Array.from({ length: random(5) }, () => `w${random(6)}`));
      return object({ class: random(3), keyType: random(2) || null, private: random(2) === 0, version, searchKeys: [...words].map(key) });
    };
    for (let step = 0; step < 400; step++) {
      const known = [...model.keys()];
      const id = known[random(known.length || 1)];
      const what = id === undefined ? 0 : random(4);
      if (what < 2) {
        const made = row(1);
        const [given] = insert(opened, made);
        model.set(given!, { ...made, id: given! });
      } else if (what === 2) {
        const { version } = model.get(id!)!;
        const changed = { ...row(version + 1), id: id! };
        opened.commit([{ change: 'replace', row: changed, expected: version }]);
        model.set(id!, changed);
      } else {
        opened.commit([{ change: 'delete', id: id!, expected: model.get(id!)!.version }]);
        model.delete(id!);
      }
      const wanted = Array.from({ length: random(3) }, () => key(`w${random(6)}`));
      const [cls, isPrivate] = [random(3), random(2) === 0];
      const expected = [...model.values()]
        .filter((r) => r.class === cls && r.private === isPrivate)
        .filter((r) => wanted.every((w) => r.searchKeys.some((k) => Buffer.compare(k, w) === 0)))
        .map((r) => r.id)
        .sort((a, b) => a - b);
      expect(opened.find({ slot: 1, class: cls, private: isPrivate, searchKeys: wanted })).toEqual(expected);
    }
  });
});

describe('failures of the database', () => {
  function small(): SqliteStore {
    const db = new Database(':memory:');
    db.pragma('foreign_keys = OFF');
    migrate(db, 'test');
    db.pragma('max_page_count = 40');
    return closing(new SqliteStore(db));
  }

  it('become CKR_DEVICE_MEMORY when there is no room, with the cause, and nothing of the transaction stays', () => {
    const full = small();
    insert(full, object());
    const big = object({ body: Buffer.alloc(50_000) });
    const failed = (() => {
      try {
        insert(full, big, big, big, big);
      } catch (error) {
        return error;
      }
    })();
    expect(failed).toMatchObject({ message: expect.stringMatching(/^CKR_DEVICE_MEMORY/), cause: { code: 'SQLITE_FULL' } });
    expect(full.find(everything)).toEqual([1]);
    expect(insert(full, object())).toEqual([2]);
  });

  it('become CKR_DEVICE_ERROR where a reader writes', () => {
    const path = join(folder(), 'store.db');
    closing(openStore(path)).putToken(token(1));
    const reader = closing(openStore(path, { readonly: true }));
    expect(() => insert(reader, object())).toThrow(/^CKR_DEVICE_ERROR: the store failed: SQLITE_READONLY/);
  });

  it('become CKR_DEVICE_ERROR where pages were overwritten', () => {
    const path = join(folder(), 'store.db');
    const first = openStore(path);
    first.putToken(token(1));
    insert(first, ...Array.from({ length: 200 }, () => object({ body: Buffer.alloc(300) })));
    first.close();
    const db = new Database(path);
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'object'").pluck().get() as number;
    const pageSize = db.pragma('page_size', { simple: true }) as number;
    db.close();
    overwrite(path, (root - 1) * pageSize, Buffer.alloc(pageSize, 0xaa));
    expect(() => closing(openStore(path)).object(1)).toThrow(/^CKR_DEVICE_ERROR: the store failed: SQLITE_CORRUPT/);
  });
});

describe('a connection beside the store’s own', () => {
  it('writes what all others see, and leaves the log to it', () => {
    const path = join(folder(), 'store.db');
    const own = closing(openStore(path));
    own.putToken(token(1));
    const beside = closing(openStore(path, { beside: true }));
    const body = Buffer.alloc(200_000, 7);
    const before = statSync(path).size;
    // More than the log holds when it is moved.
    const ids = insert(beside, ...Array.from({ length: 100 }, () => object({ body })));
    expect(statSync(path).size).toBe(before);
    expect(own.object(ids.at(-1)!)?.body).toEqual(body);
    insert(own, object());
    expect(statSync(path).size).toBeGreaterThan(100 * body.length);
  });

  it('writes while it has the pen only, each transaction once', () => {
    const path = join(folder(), 'store.db');
    const writes: string[] = [];
    const pen = (name: string) => ({
      within<T>(work: () => T): T {
        writes.push(name);
        return work();
      },
    });
    const own = closing(openStore(path, { pen: pen('own') }));
    own.putToken(token(1));
    own.commitTogether([[{ change: 'insert', row: object() }], [{ change: 'insert', row: object() }]]);
    expect(own.count(1)).toBe(1);
    expect(writes).toEqual(['own', 'own', 'own']);
  });
});

describe('a thread that reads', () => {
  it('sees through its own connection what another thread committed, as soon as that was acknowledged', async () => {
    const path = join(folder(), 'store.db');
    const writer = closing(openStore(path));
    writer.putToken(token(1));
    const reader = new Worker(new URL('./reader.ts', import.meta.url), { workerData: path });
    const answer = async () => (await once(reader, 'message'))[0];
    try {
      for (let n = 1; n <= 50; n++) {
        const [id] = insert(writer, object({ searchKeys: [key('seen')], version: n }));
        reader.postMessage(id);
        expect(await answer()).toEqual({ version: n, found: n });
      }
    } finally {
      await reader.terminate();
    }
  });

  it('is never kept from reading by a writer, nor the other way round', async () => {
    const path = join(folder(), 'store.db');
    const writer = closing(openStore(path));
    writer.putToken(token(1));
    const held = new Database(path);
    held.exec('BEGIN IMMEDIATE; UPDATE token SET so_tries = 9');
    const reader = closing(openStore(path, { readonly: true }));
    expect(reader.tokens()[0]?.soTries).toBe(0);
    held.exec('COMMIT');
    held.close();
    expect(reader.tokens()[0]?.soTries).toBe(9);
  });
});
