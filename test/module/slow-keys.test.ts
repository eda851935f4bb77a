// Keys with which everything takes long, RSA's from 8192 bits on: used off the worker's thread, and in everything else as any other.
import { constants, createHash, createPublicKey, publicDecrypt, publicEncrypt, verify } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect } from 'vitest';
import { CKF, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { WORKERS } from '../../src/protocol/layout.ts';
import { call, mechanism, must, read, ulong } from '../support/cryptoki.ts';
import { largePrivate, largePublic } from '../support/large-rsa.ts';
import { privateKey, template, type User } from '../support/operations.ts';
import { sharedTest as test } from '../support/user.ts';

const data = Buffer.from('some data');
const SIZE = 1024;
const uses = { SIGN: true, SIGN_RECOVER: true, DECRYPT: true, UNWRAP: true, DECAPSULATE: true };
const jwk = { kty: 'RSA', n: largePublic.MODULUS.toString('base64url'), e: largePublic.PUBLIC_EXPONENT.toString('base64url') };
const node = createPublicKey({ key: jwk, format: 'jwk' });

const large = (user: User): number => user.create(privateKey('RSA', { ...largePrivate, ...uses }));
const pkcs1 = { mechanism: CKM.RSA_PKCS };
const PKCS1 = constants.RSA_PKCS1_PADDING;
const encrypted = (plain: Uint8Array): Buffer => publicEncrypt({ key: node, padding: PKCS1 }, plain);
const aes = template({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES, EXTRACTABLE: true, SENSITIVE: false });

describe('a slow key', () => {
  test('signs: at once, in parts, with recovery, and message by message', ({ user }) => {
    const { module, session } = user;
    const key = large(user);
    const isRight = (signature: Uint8Array) => verify('sha256', data, node, signature);
    const hashed = { mechanism: CKM.SHA256_RSA_PKCS };
    expect(isRight(user.signEveryWay(hashed, key, data))).toBe(true);

    module.C_SignRecoverInit(session, pkcs1, key);
    expect(call('C_SignRecover', session, data, data.length, Buffer.alloc(SIZE), ulong(SIZE - 1))).toBe('BUFFER_TOO_SMALL');
    expect(publicDecrypt({ key: node, padding: PKCS1 }, module.C_SignRecover(session, data)[0])).toEqual(data);
    expect(() => module.C_SignRecover(session, data)).toThrow('CKR_OPERATION_NOT_INITIALIZED');

    module.C_MessageSignInit(session, hashed, key);
    for (let n = 0; n < 2; n += 1) expect(isRight(module.C_SignMessage(session, null, data)[0])).toBe(true);
    module.C_SignMessageBegin(session, null);
    expect(call('C_SignMessageNext', session, null, 0, data, 4, null, null)).toBe('OK');
    const [out, length] = [Buffer.alloc(SIZE), ulong(SIZE)];
    expect(call('C_SignMessageNext', session, null, 0, data.subarray(4), 5, out, length)).toBe('OK');
    expect([read(length), isRight(out)]).toEqual([SIZE, true]);
    module.C_MessageSignFinal(session);
  });

  test('decrypts once, however often it is asked for the length', ({ user }) => {
    const { module, session } = user;
    const key = large(user);
    const sealed = encrypted(data);
    module.C_DecryptInit(session, pkcs1, key);
    const length = ulong();
    expect(call('C_Decrypt', session, sealed, SIZE, null, length)).toBe('OK');
    expect(read(length)).toBe(SIZE - 11);
    const short = ulong(4);
    expect(call('C_Decrypt', session, sealed, SIZE, Buffer.alloc(4), short)).toBe('BUFFER_TOO_SMALL');
    expect(read(short)).toBe(data.length);
    const [plain, exact] = [Buffer.alloc(data.length), ulong(data.length)];
    expect(call('C_Decrypt', session, sealed, SIZE, plain, exact)).toBe('OK');
    expect(plain).toEqual(data);
    expect(call('C_Decrypt', session, sealed, SIZE, plain, exact)).toBe('OPERATION_NOT_INITIALIZED');
    const oaep = { mechanism: CKM.RSA_PKCS_OAEP, parameter: Buffer.alloc(0) };
    expect(() => module.C_DecryptInit(session, oaep, key)).toThrow('CKR_MECHANISM_PARAM_INVALID');
  });

  test('ends its operation with a wrong ciphertext', ({ user }) => {
    const { module, session } = user;
    module.C_DecryptInit(session, { mechanism: CKM.RSA_X_509 }, large(user));
    expect(() => module.C_Decrypt(session, Buffer.alloc(SIZE - 1))).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE');
    expect(() => module.C_Decrypt(session, Buffer.alloc(SIZE))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });

  test('unwraps and decapsulates', ({ user }) => {
    const { module, session } = user;
    const key = large(user);
    const value = createHash('sha256').update(data).digest();
    const [unwrapped] = module.C_UnwrapKey(session, pkcs1, key, encrypted(value), aes);
    expect(user.valueOf(unwrapped)).toEqual(value);
    const [decapsulated] = module.C_DecapsulateKey(session, pkcs1, key, aes, encrypted(value));
    expect(user.valueOf(decapsulated)).toEqual(value);
    expect(() => module.C_UnwrapKey(session, pkcs1, key, Buffer.alloc(SIZE - 1), aes)).toThrow('CKR_WRAPPED_KEY_LEN_RANGE');
  });
});

const TIMES = 4;
test('a signature of 8192 bits holds up no other session of its worker', async ({ user }) => {
  const { module, session } = user;
  const [slot, key] = [read(module.C_GetSessionInfo(session)[0]), large(user)];
  const other = (): number => {
    const handle = ulong();
    must('C_OpenSession', slot, CKF.SERIAL_SESSION, null, null, handle);
    return read(handle) % WORKERS === session % WORKERS ? read(handle) : other();
  };
  const beside = other();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { session, key, mechanism: mechanism(CKM.SHA256_RSA_PKCS), times: TIMES, done };
  const thread = new Worker(new URL('./slow-signer.ts', import.meta.url), { workerData });
  const end = once(thread, 'exit');
  let calls = 0;
  for (let over = false; !over; over = await Promise.race([end.then(() => true), tick(false)])) {
    must('C_GenerateRandom', beside, Buffer.alloc(8), 8);
    const signed = Atomics.load(done, 0);
    if (signed > 0 && signed < TIMES) calls += 1;
  }
  expect(Atomics.load(done, 0)).toBe(TIMES);
  // Where they took turns it would be one or two a signature.
  expect(calls).toBeGreaterThan(5 * TIMES);
});
