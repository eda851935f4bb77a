// How fast the store is, on demand: `node test/unit/store/speed.ts [objects]`. Not a test: it says, it does not judge.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CKA } from '../../../src/protocol/constants.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import { openKeys, openObject, sealObject, searchKey, tokenKeys } from '../../../src/store/vault.ts';

const objects = Number(process.argv[2] ?? 100_000);
const BATCH = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'strongroom-speed-'));
const path = join(folder, 'store.db');
const keys = { open: openKeys(Buffer.alloc(32, 1), 'serial'), secret: tokenKeys(Buffer.alloc(32, 2), 'serial') };
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

function measured(what: string, times: number, work: (n: number) => void): void {
  const start = performance.now();
  for (let n = 0; n < times; n++) work(n);
  const took = performance.now() - start;
  console.log(`${what.padEnd(52)} ${((took * 1000) / times).toFixed(1).padStart(10)} µs`);
}

/** A private EC key as applications store it, about 25 attributes; every object has the same subject, an own label and an own id. */
function row(n: number) {
  const attributes = new Map(Array.from({ length: 20 }, (_, at) => [0x162 + at, new Uint8Array(1)]));
  const more: [number, string][] = [
    [CKA.LABEL, `key ${n}`],
    [CKA.ID, `id ${n}`],
    [CKA.SUBJECT, 'all'],
    [CKA.VALUE, 'x'.repeat(32)],
    [CKA.EC_PARAMS, 'p256 oid'],
  ];
  for (const [type, value] of more) attributes.set(type, bytes(value));
  return sealObject(keys, { slot: 1, class: 3, keyType: 3, private: true, version: 1, uniqueId: `${n}`, attributes }, new Set([CKA.VALUE]));
}

try {
  const store = openStore(path);
  const pin = { salt: new Uint8Array(16), cost: { memory: 8, passes: 1, parallelism: 1 }, wrapped: new Uint8Array(60) };
  store.putToken({ slot: 1, serial: 'serial', label: new Uint8Array(32), soPin: pin, userPin: null, soTries: 0, userTries: 0 });
  for (let from = 0; from < objects; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, objects - from) }, (_, n) => row(from + n));
    store.commit(rows.map((sealed) => ({ change: 'insert', row: sealed })));
  }
  console.log(`${objects} objects, ${(statSync(path).size / objects).toFixed(0)} bytes each`);
  const some = () => Math.floor(Math.random() * objects);
  const key = (type: number, text: string) => searchKey(keys.secret, type, bytes(text));
  const find = (...searchKeys: Uint8Array[]) => store.find({ slot: 1, private: true, searchKeys });
  measured('seal an object', 5000, row);
  measured('find by label', 5000, () => find(key(CKA.LABEL, `key ${some()}`)));
  measured('find by the common subject, label and id', 5000, () => {
    const n = some();
    if (find(key(CKA.SUBJECT, 'all'), key(CKA.LABEL, `key ${n}`), key(CKA.ID, `id ${n}`)).length !== 1) console.log(`${n} was not found`);
  });
  measured('find nothing', 5000, () => find(key(CKA.LABEL, 'nobody')));
  measured('find everything', 1, () => find());
  measured('read and open an object', 5000, () => openObject(keys, store.object(some() + 1)!));
  measured('commit one new object, durably', 200, (n) => store.commit([{ change: 'insert', row: row(objects + n) }]));
  store.close();
} finally {
  rmSync(folder, { recursive: true });
}
