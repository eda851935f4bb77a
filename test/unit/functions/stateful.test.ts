// A key with a state between two workers: each step is one signature's, and nobody signs with a step that is not durable.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { handlers } from '../../../src/functions/index.ts';
import { type LockMemory, lockMemory, ObjectLocks } from '../../../src/locks/object-locks.ts';
import { Versions, versionMemory } from '../../../src/locks/versions.ts';
import type { StatefulSigning } from '../../../src/mechanisms/mechanism.ts';
import { boolBytes, readUlong, ulongBytes } from '../../../src/model/attribute.ts';
import { ensure } from '../../../src/model/error.ts';
import { Needed } from '../../../src/protocol/codec.ts';
import { CKA, CKK, CKO, CKR } from '../../../src/protocol/constants.ts';
import { QUERY } from '../../../src/protocol/reader.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import { ApplicationBoard } from '../../../src/token/board.ts';
import type { Context } from '../../../src/token/context.ts';
import { Keyring } from '../../../src/token/keyring.ts';
import { Objects } from '../../../src/token/objects.ts';
import { Operations } from '../../../src/token/operation.ts';

const COUNTING = 0x8000_0001;
const STEPS = 40;
const rows = new Map<number, unknown>();

const countOf = (attributes: ReadonlyMap<number, Uint8Array>): number => readUlong(attributes.get(CKA.OTP_COUNTER)!);

/** Signs with the count, and with as much of the data as there was. */
const counting: StatefulSigning = {
  size: 16,
  step(attributes) {
    const count = countOf(attributes);
    ensure(count < STEPS, 'KEY_EXHAUSTED', 'every step was taken');
    return new Map([[CKA.OTP_COUNTER, ulongBytes(count + 1)]]);
  },
  sign: (data, attributes) => Buffer.concat([ulongBytes(countOf(attributes)), ulongBytes(data.length)]),
};

let store: Store;
/** The two workers', and the supervisor's. */
let locks: ObjectLocks[];
let hKey: number;
let workers: Context[];

const SUPERVISOR = 2;
const ring = (thread: number) => void setImmediate(() => locks[thread]!.serve());
const locksOf = (memory: LockMemory, thread: number) => new ObjectLocks(memory, thread, { ring, contended: () => undefined });

/** One worker of the engine: its own cache of objects, the one store, the one version table. */
function worker(versions: Versions, thread: number): Context {
  const objects = new Objects({
    durable: store,
    session: openStore(':memory:'),
    versions,
    locks: locks[thread],
    keyring: new Keyring(new Uint8Array(32), new Uint8Array(32)),
    tokens: { serial: () => '0123456789abcdef' },
    builtIns: { at: () => undefined },
    supervisor: {
      async commit(changes: Parameters<Store['commit']>[0]) {
        await new Promise((resolve) => setImmediate(resolve));
        const ids = store.commit(changes);
        for (const change of changes) {
          if (change.change === 'insert') continue;
          const id = change.change === 'replace' ? change.row.id : change.id;
          locks[SUPERVISOR]!.publish(id, () => versions.bump(id));
        }
        return ids;
      },
    },
  } as unknown as ConstructorParameters<typeof Objects>[0]);
  const session = {
    operations: new Operations(),
    generation: 0,
    login: 1,
    slot: 0,
    readWrite: true,
    application: { id: 1, board: new ApplicationBoard() },
  };
  return { application: session.application, sessions: { get: () => session }, objects, mechanisms: rows } as unknown as Context;
}

/** The session that C_OpenSession would have made. */
const sessionIn = (context: Context) => context.sessions.get(context.application, 1);

beforeEach(async () => {
  rows.set(COUNTING, { keyType: CKK.GENERIC_SECRET, keySize: [0, 0], operations: { signStateful: () => counting } });
  const memory = lockMemory(SUPERVISOR + 1);
  locks = [0, 1, SUPERVISOR].map((thread) => locksOf(memory, thread));
  store = openStore(':memory:');
  store.putToken({ slot: 0, serial: '0123456789abcdef', label: new Uint8Array(32), soPin: pin, userPin: null, soTries: 0, userTries: 0 });
  const versions = new Versions(versionMemory());
  workers = [worker(versions, 0), worker(versions, 1)];
  const key = new Map<number, Uint8Array>([
    [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulongBytes(CKK.GENERIC_SECRET)],
    [CKA.UNIQUE_ID, Buffer.from('one')],
    [CKA.TOKEN, boolBytes(true)],
    [CKA.SIGN, boolBytes(true)],
    [CKA.OTP_COUNTER, ulongBytes(0)],
  ]);
  [hKey] = (await workers[0]!.objects.create(sessionIn(workers[0]!), [key])) as [number];
  for (const context of workers) Object.assign(sessionIn(context), { readWrite: false });
});
const pin = { salt: new Uint8Array(16), cost: { memory: 8, passes: 1, parallelism: 1 }, wrapped: new Uint8Array(60) };
afterEach(() => {
  rows.clear();
  store.close();
});

const init = (context: Context) => handlers.C_SignInit!(context, { hSession: 1, pMechanism: { type: COUNTING, parameter: null }, hKey });
const signature = async (answer: unknown): Promise<[count: number, length: number]> => {
  const { pSignature } = (await answer) as { pSignature: Uint8Array };
  return [readUlong(pSignature.subarray(0, 8)), readUlong(pSignature.subarray(8))];
};
function sign(context: Context, data = new Uint8Array(3), pSignature = 16) {
  init(context);
  return handlers.C_Sign!(context, { hSession: 1, pData: data, pSignature });
}
const stored = () => countOf(workers[1]!.objects.get(sessionIn(workers[1]!), hKey).attributes);

describe('a key with a state', () => {
  test('gives each signature a step of its own, whichever worker is asked, and from read-only sessions', async () => {
    const both = workers.map(async (context) => {
      const counts: number[] = [];
      for (let n = 0; n < STEPS / 2; n++) counts.push((await signature(sign(context)))[0]);
      return counts;
    });
    const counts = (await Promise.all(both)).flat();
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: STEPS }, (_, n) => n));
    await expect(sign(workers[0]!)).rejects.toMatchObject({ rv: CKR.KEY_EXHAUSTED });
    expect(stored()).toBe(STEPS);
  });

  test('has taken its step durably when it signs', async () => {
    let seen = 0;
    const watched: StatefulSigning = {
      ...counting,
      sign(...args) {
        seen = stored();
        return counting.sign(...args);
      },
    };
    rows.set(COUNTING, { keyType: CKK.GENERIC_SECRET, keySize: [0, 0], operations: { signStateful: () => watched } });
    expect((await signature(sign(workers[0]!)))[0]).toBe(0);
    expect(seen).toBe(1);
  });

  test('takes no step for the question how long, for too little room, or for data that is never complete', async () => {
    const [context] = workers as [Context, Context];
    init(context);
    for (const space of [QUERY, 15]) {
      expect(handlers.C_Sign!(context, { hSession: 1, pData: null, pSignature: space })).toEqual({
        pSignature: new Needed(16, space === 15),
      });
    }
    handlers.C_SignUpdate!(context, { hSession: 1, pPart: new Uint8Array(3) });
    expect(handlers.C_SignFinal!(context, { hSession: 1, pSignature: QUERY })).toEqual({ pSignature: new Needed(16, false) });
    handlers.C_SignInit!(context, { hSession: 1, pMechanism: undefined, hKey });
    expect(stored()).toBe(0);
  });

  test('takes data in parts, and keeps what it was given', async () => {
    const [context] = workers as [Context, Context];
    init(context);
    for (let n = 0; n < 3; n++) handlers.C_SignUpdate!(context, { hSession: 1, pPart: new Uint8Array(5) });
    expect(await signature(handlers.C_SignFinal!(context, { hSession: 1, pSignature: 16 }))).toEqual([0, 15]);
    expect(() => handlers.C_Sign!(context, { hSession: 1, pData: null, pSignature: 16 })).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });

  test('that was destroyed under its operation signs nothing', async () => {
    const [context, other] = workers as [Context, Context];
    init(context);
    Object.assign(sessionIn(other), { readWrite: true });
    await other.objects.destroy(sessionIn(other), hKey, () => undefined);
    const late = handlers.C_Sign!(context, { hSession: 1, pData: null, pSignature: 16 });
    await expect(late).rejects.toMatchObject({ rv: CKR.FUNCTION_FAILED });
  });
});
