// Signatures with their data in them, and two operations at once, through the library.
import { createHash, publicDecrypt } from 'node:crypto';
import type { Handle, PKCS11 } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKM, CKR } from '../../src/protocol/constants.ts';
import { generateKeyPair } from '../support/key-pair.ts';
import { sharedTest as test } from '../support/token.ts';

const sha256 = { mechanism: CKM.SHA256 };
const cbc = { mechanism: CKM.AES_CBC_PAD, parameter: Buffer.alloc(16, 1) };
const text = Buffer.from('sixteen bytes at a time, thirty-two..');

const aesKey = (module: PKCS11, session: Handle): Handle =>
  module.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [
    { type: CKA.VALUE_LEN, value: 16 },
    { type: CKA.ENCRYPT, value: true },
    { type: CKA.DECRYPT, value: true },
  ]);

test('C_SignRecover makes what C_VerifyRecover reads, and refuses what it did not make', ({ module, session }) => {
  const { privateKey, publicKey, key } = generateKeyPair(module, session, 'rsa');
  module.C_SetAttributeValue(session, privateKey, [{ type: CKA.SIGN_RECOVER, value: true }]);
  module.C_SetAttributeValue(session, publicKey, [{ type: CKA.VERIFY_RECOVER, value: true }]);
  module.C_SignRecoverInit(session, { mechanism: CKM.RSA_PKCS }, privateKey);
  expect(() => module.C_SignRecover(session, text, Buffer.alloc(255))).toThrow('CKR_BUFFER_TOO_SMALL');
  const signature = Buffer.from(module.C_SignRecover(session, text, Buffer.alloc(256)));
  expect(publicDecrypt(key, signature)).toEqual(text);

  module.C_VerifyRecoverInit(session, { mechanism: CKM.RSA_PKCS }, publicKey);
  expect(module.C_VerifyRecover(session, signature, Buffer.alloc(256))).toEqual(text);
  for (const [wrong, rv] of [
    [Buffer.alloc(256, 1), CKR.SIGNATURE_INVALID],
    [signature.subarray(1), CKR.SIGNATURE_LEN_RANGE],
  ] as const) {
    module.C_VerifyRecoverInit(session, { mechanism: CKM.RSA_PKCS }, publicKey);
    const refused = expect.objectContaining({ code: rv });
    expect(() => module.C_VerifyRecover(session, wrong, Buffer.alloc(256))).toThrow(refused);
    expect(() => module.C_VerifyRecover(session, signature, Buffer.alloc(256))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  }
});

describe('two operations at once', () => {
  test('digest what they encrypt, and what they decrypt', ({ module, session }) => {
    const key = aesKey(module, session);
    module.C_DigestInit(session, sha256);
    module.C_EncryptInit(session, cbc, key);
    const start = Buffer.from(module.C_DigestEncryptUpdate(session, text, Buffer.alloc(64)));
    const sealed = Buffer.concat([start, module.C_EncryptFinal(session, Buffer.alloc(32))]);
    const expected = createHash('sha256').update(text).digest();
    expect(module.C_DigestFinal(session, Buffer.alloc(32))).toEqual(expected);

    module.C_DigestInit(session, sha256);
    module.C_DecryptInit(session, cbc, key);
    const plain = Buffer.from(module.C_DecryptDigestUpdate(session, sealed, Buffer.alloc(64)));
    const rest = Buffer.from(module.C_DecryptFinal(session, Buffer.alloc(32)));
    expect(Buffer.concat([plain, rest])).toEqual(text);
    // The padded end comes with C_DecryptFinal: it is the application's to digest (C_DecryptDigestUpdate).
    module.C_DigestUpdate(session, rest);
    expect(module.C_DigestFinal(session, Buffer.alloc(32))).toEqual(expected);
  });

  test('sign what they encrypt, and verify what they decrypt', ({ module, session }) => {
    const key = aesKey(module, session);
    const { privateKey, publicKey } = generateKeyPair(module, session, 'ecdsa');
    const ecdsa = { mechanism: CKM.ECDSA_SHA256 };
    module.C_SignInit(session, ecdsa, privateKey);
    module.C_EncryptInit(session, cbc, key);
    const start = Buffer.from(module.C_SignEncryptUpdate(session, text, Buffer.alloc(64)));
    const sealed = Buffer.concat([start, module.C_EncryptFinal(session, Buffer.alloc(32))]);
    const signature = Buffer.from(module.C_SignFinal(session, Buffer.alloc(64)));

    module.C_VerifyInit(session, ecdsa, publicKey);
    module.C_DecryptInit(session, cbc, key);
    module.C_DecryptVerifyUpdate(session, sealed, Buffer.alloc(64));
    module.C_VerifyUpdate(session, module.C_DecryptFinal(session, Buffer.alloc(32)));
    expect(module.C_VerifyFinal(session, signature)).toBe(true);
  });

  test('take no plaintext twice where the buffer is too short', ({ module, session }) => {
    module.C_DigestInit(session, sha256);
    module.C_EncryptInit(session, cbc, aesKey(module, session));
    expect(() => module.C_DigestEncryptUpdate(session, text, Buffer.alloc(1))).toThrow('CKR_BUFFER_TOO_SMALL');
    module.C_DigestEncryptUpdate(session, text, Buffer.alloc(64));
    expect(module.C_DigestFinal(session, Buffer.alloc(32))).toEqual(createHash('sha256').update(text).digest());
  });

  test('need both', ({ module, session }) => {
    module.C_DigestInit(session, sha256);
    expect(() => module.C_DigestEncryptUpdate(session, text, Buffer.alloc(64))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });
});
