import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { lockMemory, ObjectLocks } from '../../../src/locks/object-locks.ts';
import { Versions, versionMemory } from '../../../src/locks/versions.ts';
import { boolBytes, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import type { Change, Store } from '../../../src/store/store.ts';
import { Objects } from '../../../src/token/objects.ts';
import { objectsOf, type Reading, session, WORD } from './reading.ts';

const CHANGES = 60;
const READERS = 2;
const [WRITER, SUPERVISOR] = [READERS, READERS + 1];

const made = new Map<number, Uint8Array>([
  [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
  [CKA.KEY_TYPE, ulongBytes(CKK.GENERIC_SECRET)],
  [CKA.UNIQUE_ID, Buffer.from('one')],
  [CKA.TOKEN, boolBytes(true)],
]);
const pin = { salt: new Uint8Array(16), cost: { memory: 8, passes: 1, parallelism: 1 }, wrapped: new Uint8Array(60) };

/** A store with a token, what the engine's threads share, and the objects of one worker whose changes `commit` makes. */
const furnished = (commit: (changes: readonly Change[], store: Store, publish: (id: number) => void) => Promise<number[]>) => {
  const folder = mkdtempSync(join(tmpdir(), 'sr-'));
  const path = join(folder, 'store.db');
  const store = openStore(path);
  store.putToken({ slot: 0, serial: '0123456789abcdef', label: new Uint8Array(32), soPin: pin, userPin: null, soTries: 0, userTries: 0 });
  const shared = { path, versions: versionMemory(), locks: lockMemory(SUPERVISOR + 1), words: new SharedArrayBuffer(16) };
  const versions = new Versions(shared.versions);
  const locks = new ObjectLocks(shared.locks, SUPERVISOR, { ring: () => undefined, contended: () => undefined });
  const publish = (id: number) => locks.publish(id, () => versions.bump(id));
  const supervisor = { commit: (changes: readonly Change[]) => commit(changes, store, publish) };
  const { from, close } = objectsOf({ ...shared, thread: WRITER }, supervisor);
  onTestFinished(() => {
    for (const end of [close, () => store.close(), () => rmSync(folder, { recursive: true })]) end();
  });
  return { shared, locks, objects: new Objects(from) };
};

test('nobody sees an object as it was once anybody has seen it as it is, however long its change takes to appear', {
  timeout: 60_000,
}, async () => {
  const { shared, objects } = furnished(async (changes, store, publish) => {
    const ids = store.commit(changes);
    // The store shows it by now.
    await pause(2);
    for (const change of changes) if (change.change === 'replace') publish(change.row.id);
    return ids;
  });
  const words = new Int32Array(shared.words);
  const [handle] = (await objects.create(session, [made])) as [number];
  const workers = Array.from({ length: READERS }, (_, thread) => {
    const workerData: Reading = { ...shared, handle, thread };
    return new Worker(new URL('./reading.ts', import.meta.url), { workerData });
  });
  onTestFinished(async () => void (await Promise.all(workers.map((worker) => worker.terminate()))));
  await expect.poll(() => words[WORD.READINGS], { timeout: 20_000 }).toBeGreaterThan(100);
  for (let n = 0; n < CHANGES; n++) await objects.change(session, handle, ({ attributes }) => attributes);
  Atomics.store(words, WORD.OVER, 1);
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  expect(words[WORD.OLDER]).toBe(0);
  expect(words[WORD.SEEN]).toBeGreaterThan(CHANGES / 2);
});

test('who changes an object that goes meanwhile, as with its token, is told so, and holds nothing any more', async () => {
  const { locks, objects } = furnished(async (changes, store, publish) => {
    for (const change of changes) {
      if (change.change !== 'replace') continue;
      store.commit([{ change: 'delete', id: change.row.id }]);
      publish(change.row.id);
    }
    return store.commit(changes);
  });
  const [handle] = (await objects.create(session, [made])) as [number];
  const changed = objects.change(session, handle, ({ attributes }) => attributes);
  await expect(changed).rejects.toThrow('CKR_OBJECT_HANDLE_INVALID');
  expect(locks.reserve(handle)).toBeTypeOf('number');
});
