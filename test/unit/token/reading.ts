// A worker thread that reads one object again and again, now from its cache, now from the store.
import { parentPort, workerData } from 'node:worker_threads';
import { type LockMemory, ObjectLocks } from '../../../src/locks/object-locks.ts';
import { Versions } from '../../../src/locks/versions.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import { Keyring } from '../../../src/token/keyring.ts';
import { Objects } from '../../../src/token/objects.ts';
import type { Session } from '../../../src/token/session.ts';

export interface Reading {
  readonly path: string;
  readonly thread: number;
  readonly handle: number;
  readonly versions: SharedArrayBuffer;
  readonly locks: LockMemory;
  readonly words: SharedArrayBuffer;
}

/** What `words` has in it: the newest version that anybody has seen, how often an older one was seen after it, that it is over. */
export const WORD = { SEEN: 0, OLDER: 1, READINGS: 2, OVER: 3 } as const;

/** The objects of one worker. */
export function objectsOf(
  { path, locks, versions, thread }: Pick<Reading, 'path' | 'locks' | 'versions' | 'thread'>,
  supervisor: object = {},
) {
  const durable = openStore(path, { readonly: true });
  const own = new ObjectLocks(locks, thread, { ring: () => undefined, contended: () => undefined });
  const from = {
    durable,
    versions: new Versions(versions),
    locks: own,
    keyring: new Keyring(new Uint8Array(32), new Uint8Array(32)),
    tokens: { serial: () => '0123456789abcdef' },
    builtIns: { at: () => undefined },
    supervisor,
  } as unknown as ConstructorParameters<typeof Objects>[0];
  return { from, close: () => durable.close() };
}

export const session = { generation: 0, login: 1, slot: 0, readWrite: true, application: { id: 1 } } as unknown as Session;

if (parentPort) {
  const given = workerData as Reading;
  const words = new Int32Array(given.words);
  const { from, close } = objectsOf(given);
  let objects = new Objects(from);
  for (let n = 0; Atomics.load(words, WORD.OVER) === 0; n++) {
    // A worker that has nothing cached reads the store.
    if (n % 3 === 0) objects = new Objects(from);
    const before = Atomics.load(words, WORD.SEEN);
    const { version } = objects.get(session, given.handle);
    if (version < before) Atomics.add(words, WORD.OLDER, 1);
    for (let seen = before; seen < version; )
      seen = Atomics.compareExchange(words, WORD.SEEN, seen, version) === seen ? version : Atomics.load(words, WORD.SEEN);
    Atomics.add(words, WORD.READINGS, 1);
  }
  close();
}
