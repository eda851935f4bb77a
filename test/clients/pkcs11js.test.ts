// pkcs11js: the module inside Node itself, from its main thread, from libuv's threads (the async calls) and from worker threads.
import { createDecipheriv, createPublicKey, createVerify, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pkcs11js, { type Handle, type PKCS11 } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKK, CKM, CKO, CKR } from '../../src/protocol/constants.ts';
import { load, logIn, openSession, slotOf } from '../support/module.ts';
import { sharedTest as test } from '../support/token.ts';

const rsaPublic = [
  { type: CKA.MODULUS_BITS, value: 2048 },
  { type: CKA.PUBLIC_EXPONENT, value: Buffer.of(1, 0, 1) },
  { type: CKA.VERIFY, value: true },
];

const rsaPrivate = [
  { type: CKA.TOKEN, value: true },
  { type: CKA.PRIVATE, value: true },
  { type: CKA.SIGN, value: true },
];

const generateRsa = (module: PKCS11, session: Handle) =>
  module.C_GenerateKeyPair(session, { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN }, rsaPublic, rsaPrivate);

const publicKey = (module: PKCS11, session: Handle, object: Handle): KeyObject => {
  const [modulus, exponent] = module.C_GetAttributeValue(session, object, [{ type: CKA.MODULUS }, { type: CKA.PUBLIC_EXPONENT }]);
  const part = (attribute: typeof modulus) => attribute!.value.toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: part(modulus), e: part(exponent) } });
};

const isSignature = (key: KeyObject, message: string, signature: Uint8Array) =>
  createVerify('sha256').update(message).verify(key, signature);

const messages = Array.from({ length: 25 }, (_, n) => `message ${n}`);

describe('calls on the main thread', () => {
  test('generate, sign and verify; node:crypto agrees', ({ module, session }) => {
    const pair = generateRsa(module, session);
    const key = publicKey(module, session, pair.publicKey);
    module.C_SignInit(session, { mechanism: CKM.SHA256_RSA_PKCS }, pair.privateKey);
    for (const message of messages) module.C_SignUpdate(session, Buffer.from(message));
    const signature = module.C_SignFinal(session, Buffer.alloc(256));
    expect(isSignature(key, messages.join(''), signature)).toBe(true);

    module.C_VerifyInit(session, { mechanism: CKM.SHA256_RSA_PKCS }, pair.publicKey);
    expect(module.C_Verify(session, Buffer.from(messages.join('')), signature)).toBe(true);
    module.C_VerifyInit(session, { mechanism: CKM.SHA256_RSA_PKCS }, pair.publicKey);
    expect(() => module.C_Verify(session, Buffer.from('another message'), signature)).toThrow('CKR_SIGNATURE_INVALID');
  });

  test('AES-GCM with parameters; node:crypto opens what the token sealed', ({ module, session }) => {
    const value = Buffer.alloc(32, 7);
    const key = module.C_CreateObject(session, [
      { type: CKA.CLASS, value: CKO.SECRET_KEY },
      { type: CKA.KEY_TYPE, value: CKK.AES },
      { type: CKA.VALUE, value },
      { type: CKA.ENCRYPT, value: true },
    ]);
    const [iv, aad] = [Buffer.alloc(12, 1), Buffer.from('of the header')];
    const parameter = { type: pkcs11js.CK_PARAMS_AES_GCM, iv, aad, ivBits: 96, tagBits: 128 };
    module.C_EncryptInit(session, { mechanism: CKM.AES_GCM, parameter }, key);
    const sealed = module.C_Encrypt(session, Buffer.from('the gold'), Buffer.alloc(100));

    const open = createDecipheriv('aes-256-gcm', value, iv).setAAD(aad).setAuthTag(sealed.subarray(-16));
    expect(open.update(sealed.subarray(0, -16), undefined, 'utf8') + open.final('utf8')).toBe('the gold');
  });

  test('an error names its return value', ({ module }) => {
    expect(() => module.C_GetSessionInfo(Buffer.alloc(8, 0x7f))).toThrow(expect.objectContaining({ code: CKR.SESSION_HANDLE_INVALID }));
  });

  test('initialised, finalised and loaded again, over and over, it finds what it stored', ({ token }) => {
    for (let round = 1; round <= 20; round += 1) {
      const module = load();
      module.C_Initialize();
      const session = logIn(module, token);
      module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.DATA }]);
      expect(module.C_FindObjects(session, 100)).toHaveLength(round - 1);
      module.C_FindObjectsFinal(session);
      module.C_CreateObject(session, [
        { type: CKA.CLASS, value: CKO.DATA },
        { type: CKA.TOKEN, value: true },
        { type: CKA.VALUE, value: `round ${round}` },
      ]);
      module.C_Finalize();
      module.close();
    }
  });
});

describe('asynchronous calls', () => {
  // pkcs11js promises nothing (flags 0) unless told to, and then calls from four threads all the same.
  for (const [name, flags] of [
    ['no flag', 0],
    ['CKF_OS_LOCKING_OK', CKF.OS_LOCKING_OK],
  ] as const) {
    test(`16 sessions sign with one key at once, initialised with ${name}`, async ({ token }) => {
      const module = load();
      module.C_Initialize({ flags });
      const session = logIn(module, token);
      const pair = await module.C_GenerateKeyPairAsync(session, { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN }, rsaPublic, rsaPrivate);
      const key = publicKey(module, session, pair.publicKey);
      const sessions = Array.from({ length: 16 }, () => openSession(module, slotOf(module, token.label)));
      const sign = async (own: Handle) => {
        const signatures: Buffer[] = [];
        for (const message of messages) {
          module.C_SignInit(own, { mechanism: CKM.SHA256_RSA_PKCS }, pair.privateKey);
          signatures.push(await module.C_SignAsync(own, Buffer.from(message), Buffer.alloc(256)));
        }
        return signatures;
      };
      for (const signatures of await Promise.all(sessions.map(sign))) {
        expect(signatures.map((signature, n) => isSignature(key, messages[n]!, signature))).toEqual(messages.map(() => true));
      }
      module.C_Finalize();
      module.close();
    });
  }

  test('a digest of a megabyte in the background', async ({ module, session }) => {
    module.C_DigestInit(session, { mechanism: CKM.SHA256 });
    const digest = await module.C_DigestAsync(session, Buffer.alloc(1_000_000, 'a'), Buffer.alloc(32));
    // FIPS 180-2, appendix B.3.
    expect(digest.toString('hex')).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
  });
});

describe('worker threads', () => {
  test('four of them, each with a session of its own, sign with one key', async ({ token, module, session }) => {
    const pair = generateRsa(module, session);
    const key = publicKey(module, session, pair.publicKey);
    const sign = async () => {
      const worker = new Worker(new URL('./pkcs11js-signer.ts', import.meta.url), { workerData: { label: token.label, messages } });
      const [[signatures]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [[Uint8Array[]], unknown];
      return signatures;
    };
    for (const signatures of await Promise.all([sign(), sign(), sign(), sign()])) {
      expect(signatures!.map((signature, n) => isSignature(key, messages[n]!, signature))).toEqual(messages.map(() => true));
    }
    expect(module.C_GetSessionInfo(session)).toMatchObject({ state: 3 });
  });
});
