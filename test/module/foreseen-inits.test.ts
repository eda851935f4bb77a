// Every Init that the library may answer without asking (native/pkcs11/foreseen.c), as C calls it: nobody can tell it from a real one. That
// it was one shows where its key goes before the call that follows: that one begins the operation, and finds no key.
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Handle } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKK, CKM, CKO, CKU } from '../../src/protocol/constants.ts';
import { call, made, mechanism, must, read, structure, template, ulong } from '../support/cryptoki.ts';
import { openSession, slotOf } from '../support/module.ts';
import { modulePath } from '../support/paths.ts';
import { sharedTest as test } from '../support/token.ts';

const value = Buffer.from('an AES key of thirty-two bytes..');
const data = Buffer.from('sixteen bytes at a time: twice..');
const aad = Buffer.from('associated');
const TAG = 16;
const ROOM = 512;

/** A mechanism, and all the memory that its parameter is made of. */
interface Asked {
  readonly mechanism: Buffer;
  readonly memory: readonly Buffer[];
}
interface Row {
  readonly init: string;
  readonly whole: string;
  readonly permission?: number;
  readonly keyType?: number;
  /** No two turns have the same nonce, where there is one. */
  ask(turn: number): Asked;
  /** What is given, and what has to come out: undefined, where the answer is all. */
  input(turn: number): Buffer;
  output(turn: number): Buffer | undefined;
}

const plain = (type: number) => (): Asked => ({ mechanism: mechanism(type), memory: [] });
const nonceOf = (turn: number, length: number): Buffer => Buffer.alloc(length, turn + 1);

function gcm(turn: number, fields: Readonly<Record<string, number | Buffer | null>> = {}): Asked {
  const [nonce, associated] = [nonceOf(turn, 12), Buffer.from(aad)];
  const given = { pIv: nonce, ulIvLen: 12, ulIvBits: 96, pAAD: associated, ulAADLen: aad.length, ulTagBits: 8 * TAG, ...fields };
  const parameter = structure('CK_GCM_PARAMS', given);
  return { mechanism: mechanism(CKM.AES_GCM, parameter), memory: [nonce, associated, parameter] };
}
function sealed(turn: number): Buffer {
  const state = createCipheriv('aes-256-gcm', value, nonceOf(turn, 12)).setAAD(aad);
  return Buffer.concat([state.update(data), state.final(), state.getAuthTag()]);
}
const vector = (type: number, prefix: Buffer) => (turn: number) => {
  const parameter = Buffer.concat([prefix, nonceOf(turn, 16)]);
  return { mechanism: mechanism(type, parameter), memory: [parameter] };
};
const encrypted = (name: string) => (turn: number) => {
  const state = createCipheriv(name, value, nonceOf(turn, 16)).setAutoPadding(false);
  return Buffer.concat([state.update(data), state.final()]);
};
const code = createHmac('sha256', value).update(data).digest();

const encrypt = { init: 'C_EncryptInit', whole: 'C_Encrypt', permission: CKA.ENCRYPT, keyType: CKK.AES, input: () => data };
const decrypt = { init: 'C_DecryptInit', whole: 'C_Decrypt', permission: CKA.DECRYPT, keyType: CKK.AES, output: () => data };
const [cbc, ctr] = [vector(CKM.AES_CBC, Buffer.alloc(0)), vector(CKM.AES_CTR, ulong(128))];

const rows: readonly (readonly [string, Row])[] = [
  ['C_EncryptInit with CKM_AES_GCM', { ...encrypt, ask: gcm, output: sealed }],
  ['C_DecryptInit with CKM_AES_GCM', { ...decrypt, ask: gcm, input: sealed }],
  ['C_EncryptInit with CKM_AES_CBC', { ...encrypt, ask: cbc, output: encrypted('aes-256-cbc') }],
  ['C_DecryptInit with CKM_AES_CTR', { ...decrypt, ask: ctr, input: encrypted('aes-256-ctr') }],
  [
    'C_SignInit with CKM_SHA256_HMAC',
    {
      init: 'C_SignInit',
      whole: 'C_Sign',
      permission: CKA.SIGN,
      keyType: CKK.GENERIC_SECRET,
      ask: plain(CKM.SHA256_HMAC),
      input: () => data,
      output: () => code,
    },
  ],
  [
    'C_VerifyInit with CKM_SHA256_HMAC',
    {
      init: 'C_VerifyInit',
      whole: 'C_Verify',
      permission: CKA.VERIFY,
      keyType: CKK.GENERIC_SECRET,
      ask: plain(CKM.SHA256_HMAC),
      input: () => data,
      output: () => undefined,
    },
  ],
  [
    'C_DigestInit with CKM_SHA256',
    {
      init: 'C_DigestInit',
      whole: 'C_Digest',
      ask: plain(CKM.SHA256),
      input: () => data,
      output: () => createHash('sha256').update(data).digest(),
    },
  ],
];
const keyed = rows.filter(([, { keyType }]) => keyType !== undefined);
const withNonce = rows.filter(([, { ask }]) => ask(0).memory.length > 0);
const withOutput = rows.filter(([, { output }]) => output(0) !== undefined);

const createKey = (session: number, keyType: number, secret: Buffer = value): number =>
  made(
    'C_CreateObject',
    session,
    ...template({
      [CKA.CLASS]: CKO.SECRET_KEY,
      [CKA.KEY_TYPE]: keyType,
      [CKA.VALUE]: secret,
      [CKA.ENCRYPT]: true,
      [CKA.DECRYPT]: true,
      [CKA.SIGN]: true,
      [CKA.VERIFY]: true,
      [CKA.SENSITIVE]: false,
    }),
  );

const begin = ({ init, keyType }: Row, session: number, key: number, { mechanism }: Asked): string =>
  keyType === undefined ? call(init, session, mechanism) : call(init, session, mechanism, key);

/** The return value of the call that follows, or what came out. */
function carryOut({ whole, input, output }: Row, session: number, turn: number, room = ROOM): string | Buffer {
  const given = input(turn);
  if (output(turn) === undefined) return call(whole, session, given, given.length, code, code.length);
  const [bytes, length] = [Buffer.alloc(ROOM), ulong(room)];
  const rv = call(whole, session, given, given.length, bytes, length);
  return rv === 'OK' ? bytes.subarray(0, read(length)) : rv;
}
const right = ({ output }: Row, turn: number): string | Buffer => output(turn) ?? 'OK';

/** A key whose next Init is foreseen: its making was a change, so the first one after it was asked for. */
function used(row: Row, session: number): number {
  const key = row.keyType === undefined ? 0 : createKey(session, row.keyType);
  for (const turn of [100, 101]) {
    expect(begin(row, session, key, row.ask(turn))).toBe('OK');
    expect(carryOut(row, session, turn)).toEqual(right(row, turn));
  }
  return key;
}

/** Calls of another thread, one after another. */
async function elsewhere(calls: readonly (readonly [string, ...(number | bigint)[]])[]): Promise<number[]> {
  const source = `
    const { DynamicLibrary } = require('node:ffi');
    const { parentPort, workerData } = require('node:worker_threads');
    const library = new DynamicLibrary(workerData.modulePath);
    const type = 'uint64';
    parentPort.postMessage(workerData.calls.map(([name, ...args]) =>
      Number(library.getFunction(name, { arguments: args.map(() => type), return: type })(...args.map(BigInt)))));
  `;
  const worker = new Worker(source, { eval: true, workerData: { modulePath, calls } });
  const [answers] = (await once(worker, 'message')) as [number[]];
  await worker.terminate();
  return answers;
}

const numberOf = (handle: Handle): number => read(handle);

/** One token for all rows: it is what takes long to make. */
const ofEach = (title: string, of: typeof rows, body: (row: Row, own: Own) => void | Promise<void>) =>
  test(title, async ({ module, token, session }) => {
    for (const [name, row] of of) {
      const open = () => numberOf(openSession(module, slotOf(module, token.label)));
      try {
        await body(row, { session: numberOf(session), pin: Buffer.from(token.pin), open });
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
interface Own {
  readonly session: number;
  readonly pin: Buffer;
  /** A further session. */
  open(): number;
}

describe('a foreseen Init', () => {
  ofEach('does what a real one does, time after time', rows, (row, { session }) => {
    const key = used(row, session);
    for (let turn = 0; turn < 20; turn++) {
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
      expect(carryOut(row, session, turn)).toBe('OPERATION_NOT_INITIALIZED');
    }
  });

  ofEach('is an active operation: a second one is refused, the first goes on, and can be cancelled', rows, (row, { session }) => {
    const key = used(row, session);
    expect(begin(row, session, key, row.ask(1))).toBe('OK');
    expect(begin(row, session, key, row.ask(2))).toBe('OPERATION_ACTIVE');
    expect(carryOut(row, session, 1)).toEqual(right(row, 1));
    used(row, session);
    expect(begin(row, session, key, row.ask(3))).toMatch(/^OK$/);
    must('C_SessionCancel', session, CKF.ENCRYPT | CKF.DECRYPT | CKF.DIGEST | CKF.SIGN | CKF.VERIFY);
    expect(carryOut(row, session, 3)).toBe('OPERATION_NOT_INITIALIZED');
    for (const turn of [4, 5]) {
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
    expect(begin(row, session, key, row.ask(6))).toBe('OK');
    expect(row.keyType === undefined ? call(row.init, session, null) : call(row.init, session, null, 0)).toBe('OK');
    expect(carryOut(row, session, 6)).toBe('OPERATION_NOT_INITIALIZED');
  });

  ofEach('meets a call of another thread, and goes on', rows, async (row, { session }) => {
    const key = used(row, session);
    for (const turn of [1, 2, 3]) {
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      // Another call of the session's, and one of none.
      expect(
        await elsewhere([
          ['C_GenerateRandom', session, 0, 0],
          ['C_GetSlotList', 1, 0, 0],
        ]),
      ).toEqual([0, 7]);
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
    expect(begin(row, session, key, row.ask(4))).toBe('OK');
    expect(await elsewhere([['C_SessionCancel', session, CKF.ENCRYPT | CKF.DECRYPT | CKF.DIGEST | CKF.SIGN | CKF.VERIFY]])).toEqual([0]);
    expect(carryOut(row, session, 4)).toBe('OPERATION_NOT_INITIALIZED');
  });

  ofEach('goes with its session', rows, (row, { session, open }) => {
    const key = used(row, session);
    const other = open();
    for (const turn of [1, 2]) {
      expect(begin(row, other, key, row.ask(turn))).toBe('OK');
      expect(carryOut(row, other, turn)).toEqual(right(row, turn));
    }
    expect(begin(row, other, key, row.ask(3))).toBe('OK');
    must('C_CloseSession', other);
    expect(carryOut(row, other, 3)).toBe('SESSION_HANDLE_INVALID');
    expect(begin(row, other, key, row.ask(4))).toBe('SESSION_HANDLE_INVALID');
  });
});

describe('the key of a foreseen Init', () => {
  ofEach(
    'a key that is destroyed before the call that follows does nothing more, and its next Init fails',
    keyed,
    (row, { session, open }) => {
      const other = open();
      const key = used(row, session);
      expect(begin(row, session, key, row.ask(1))).toBe('OK');
      must('C_DestroyObject', other, key);
      expect(carryOut(row, session, 1)).toMatch(/^(OPERATION_NOT_INITIALIZED|KEY_HANDLE_INVALID)$/);
      expect(carryOut(row, session, 1)).toBe('OPERATION_NOT_INITIALIZED');
      expect(begin(row, session, key, row.ask(2))).toBe('KEY_HANDLE_INVALID');
      must('C_CloseSession', other);
    },
  );

  ofEach('a key that may not any more does nothing more, and its next Init fails', keyed, (row, { session, open }) => {
    const other = open();
    const key = used(row, session);
    const allow = (allowed: boolean) => must('C_SetAttributeValue', other, key, ...template({ [row.permission!]: allowed }));
    expect(begin(row, session, key, row.ask(1))).toBe('OK');
    allow(false);
    expect(carryOut(row, session, 1)).toBe('OPERATION_NOT_INITIALIZED');
    expect(begin(row, session, key, row.ask(2))).toBe('KEY_FUNCTION_NOT_PERMITTED');
    allow(true);
    for (const turn of [3, 4, 5]) {
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
    must('C_CloseSession', other);
  });

  ofEach('ends with the login', keyed, (row, { session, pin }) => {
    const key = used(row, session);
    expect(begin(row, session, key, row.ask(1))).toBe('OK');
    must('C_Logout', session);
    expect(carryOut(row, session, 1)).toMatch(/^(USER_NOT_LOGGED_IN|OPERATION_NOT_INITIALIZED|KEY_HANDLE_INVALID)$/);
    expect(begin(row, session, key, row.ask(2))).toBe('KEY_HANDLE_INVALID');
    must('C_Login', session, CKU.USER, pin, pin.length);
  });

  ofEach('is that key only: another is asked for, and refused at its Init', keyed, (row, { session }) => {
    const key = used(row, session);
    const foreign = createKey(session, row.keyType === CKK.AES ? CKK.GENERIC_SECRET : CKK.AES);
    expect(begin(row, session, foreign, row.ask(1))).toBe('KEY_TYPE_INCONSISTENT');
    expect(begin(row, session, key + 1_000_000, row.ask(1))).toBe('KEY_HANDLE_INVALID');
    const another = createKey(session, row.keyType!, Buffer.alloc(32, 7));
    used(row, session);
    expect(begin(row, session, another, row.ask(1))).toBe('OK');
    expect(carryOut(row, session, 1)).not.toEqual(right(row, 1));
  });
});

describe('the parameter of a foreseen Init', () => {
  ofEach('holds what the parameter was at Init, whatever becomes of that memory', withNonce, (row, { session }) => {
    const key = used(row, session);
    for (const turn of [1, 2, 3]) {
      const asked = row.ask(turn);
      expect(begin(row, session, key, asked)).toBe('OK');
      for (const memory of [...asked.memory, asked.mechanism]) memory.fill(0xff);
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
  });

  ofEach('made good by another call, still holds it', withNonce, (row, { session }) => {
    const key = used(row, session);
    const asked = row.ask(1);
    expect(begin(row, session, key, asked)).toBe('OK');
    for (const memory of [...asked.memory, asked.mechanism]) memory.fill(0xff);
    must('C_GetSessionInfo', session, Buffer.alloc(32));
    expect(carryOut(row, session, 1)).toEqual(right(row, 1));
  });
});

describe('the output after a foreseen Init', () => {
  ofEach('has the length that is asked for, however often, and with more or less data', withOutput, (row, { session }) => {
    const key = used(row, session);
    const length = ulong();
    for (let turn = 0; turn < 5; turn++) {
      const given = row.input(turn);
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      for (const part of [given, given, Buffer.concat([given, given]), given]) {
        must(row.whole, session, part, part.length, null, length);
        const grows = row.init.startsWith('C_Encrypt') || row.init.startsWith('C_Decrypt') ? part.length - given.length : 0;
        expect(read(length)).toBe(row.output(turn)!.length + grows);
      }
      expect(begin(row, session, key, row.ask(turn))).toBe('OPERATION_ACTIVE');
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
    // Once it was all that an operation was asked for, and the next thing is the result.
    for (let turn = 5; turn < 10; turn++) {
      const given = row.input(turn);
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      must(row.whole, session, given, given.length, null, length);
      expect(read(length)).toBe(row.output(turn)!.length);
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
  });

  ofEach('does not fit a buffer that is too small, and fits the next one', withOutput, (row, { session }) => {
    const key = used(row, session);
    for (const turn of [1, 2, 3]) {
      const size = row.output(turn)!.length;
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      expect(carryOut(row, session, turn, size - 1)).toBe('BUFFER_TOO_SMALL');
      expect(begin(row, session, key, row.ask(turn))).toBe('OPERATION_ACTIVE');
      expect(carryOut(row, session, turn, size)).toEqual(right(row, turn));
      expect(begin(row, session, key, row.ask(turn))).toBe('OK');
      expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
  });

  ofEach('has no place: CKR_ARGUMENTS_BAD, which ends the operation', withOutput, (row, { session }) => {
    const key = used(row, session);
    expect(begin(row, session, key, row.ask(1))).toBe('OK');
    const given = row.input(1);
    expect(call(row.whole, session, given, given.length, Buffer.alloc(ROOM), null)).toBe('ARGUMENTS_BAD');
    expect(carryOut(row, session, 1)).toBe('OPERATION_NOT_INITIALIZED');
  });
});

describe('what is another Init', () => {
  const [[, sealing]] = rows as readonly [(typeof rows)[0]];

  test('a parameter with another length, another number or a pointer less is asked for, and refused where it is wrong', ({
    session: handle,
  }) => {
    const session = numberOf(handle);
    const key = used(sealing, session);
    const wrong = [
      ['MECHANISM_PARAM_INVALID', { ulTagBits: 100 }],
      ['MECHANISM_PARAM_INVALID', { ulIvLen: 0 }],
      ['MECHANISM_PARAM_INVALID', { pIv: null, ulIvLen: 0 }],
      ['ARGUMENTS_BAD', { pIv: null }],
      ['ARGUMENTS_BAD', { pAAD: null }],
    ] as const;
    for (const [rv, fields] of wrong) {
      used(sealing, session);
      expect(begin(sealing, session, key, gcm(1, fields))).toBe(rv);
      expect(carryOut(sealing, session, 1)).toBe('OPERATION_NOT_INITIALIZED');
    }
    used(sealing, session);
    expect(begin(sealing, session, key, gcm(1, { ulTagBits: 96 }))).toBe('OK');
    expect(carryOut(sealing, session, 1)).toEqual(sealed(1).subarray(0, -4));
    used(sealing, session);
    const long = Buffer.alloc(1000, 5);
    expect(begin(sealing, session, key, gcm(1, { pAAD: long, ulAADLen: long.length }))).toBe('OK');
    expect(carryOut(sealing, session, 1)).not.toEqual(sealed(1));
  });

  test('a counter with another number of bits', ({ session: handle }) => {
    const row = rows.find(([name]) => name.includes('CTR'))![1];
    const session = numberOf(handle);
    const key = used(row, session);
    expect(begin(row, session, key, vector(CKM.AES_CTR, ulong(129))(1))).toBe('MECHANISM_PARAM_INVALID');
    used(row, session);
    expect(begin(row, session, key, vector(CKM.AES_CTR, ulong(64))(1))).toBe('OK');
    expect(carryOut(row, session, 1)).toEqual(data);
  });

  test('operations of two kinds, one begun while the other is promised, both go on', ({ session: handle }) => {
    const session = numberOf(handle);
    const kinds = rows.map(([, row]) => row).filter(({ init }, n, all) => all.findIndex((each) => each.init === init) === n);
    const keys = kinds.map((row) => used(row, session));
    for (let turn = 0; turn < 6; turn++) {
      for (const [n, row] of kinds.entries()) expect(begin(row, session, keys[n]!, row.ask(turn))).toBe('OK');
      for (const row of turn % 2 ? kinds : kinds.toReversed()) expect(carryOut(row, session, turn)).toEqual(right(row, turn));
    }
  });

  test('the other direction, with the same key and the same parameter', ({ session: handle }) => {
    const session = numberOf(handle);
    for (const pair of [rows.slice(0, 2), rows.slice(4, 6)]) {
      const key = used(pair[0]![1], session);
      for (let turn = 0; turn < 6; turn++)
        for (const [, row] of pair) {
          expect(begin(row, session, key, row.ask(turn))).toBe('OK');
          expect(carryOut(row, session, turn)).toEqual(right(row, turn));
        }
    }
  });

  test('parts follow a foreseen Init as they follow any other', ({ session: handle }) => {
    const session = numberOf(handle);
    const key = used(sealing, session);
    expect(begin(sealing, session, key, gcm(1))).toBe('OK');
    const [out, length] = [Buffer.alloc(ROOM), ulong(ROOM)];
    must('C_EncryptUpdate', session, data, 20, out, length);
    const first = out.subarray(0, read(length));
    expect(carryOut(sealing, session, 1)).toBe('OPERATION_ACTIVE');
    expect(Buffer.compare(first, sealed(1).subarray(0, first.length))).toBe(0);
  });
});
