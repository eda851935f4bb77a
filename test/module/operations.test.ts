// Operations and templates through the library: what is refused and with which word, and what a refusal leaves as it was.
import { createCipheriv, createHash } from 'node:crypto';
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKC, CKK, CKM, CKO, CKR } from '../../src/protocol/constants.ts';
import { generateKeyPair, kinds } from '../support/key-pair.ts';
import { sharedTest as test } from '../support/token.ts';

const sha256 = { mechanism: CKM.SHA256 };
/** Of everything that was made and not told otherwise; the token's own objects (profiles) do not have it. */
const everythingMade: Template = [{ type: CKA.DESTROYABLE, value: true }];
const NO_SUCH_MECHANISM = 0x7fff_0001;

const aesKey = (module: PKCS11, session: Handle, more: Template = []) =>
  module.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [{ type: CKA.VALUE_LEN, value: 16 }, ...more]);

describe('a template', () => {
  const refused: [string, string, Template][] = [
    ['without a class', 'TEMPLATE_INCOMPLETE', [{ type: CKA.LABEL, value: 'x' }]],
    ['of a class that there is not', 'ATTRIBUTE_VALUE_INVALID', [{ type: CKA.CLASS, value: 0x77 }]],
    [
      'with an attribute that there is not',
      'ATTRIBUTE_TYPE_INVALID',
      [
        { type: CKA.CLASS, value: CKO.DATA },
        { type: 0x7777, value: 'x' },
      ],
    ],
    [
      'of a key without its value',
      'TEMPLATE_INCOMPLETE',
      [
        { type: CKA.CLASS, value: CKO.SECRET_KEY },
        { type: CKA.KEY_TYPE, value: CKK.AES },
      ],
    ],
    [
      'with an attribute of another class',
      'TEMPLATE_INCONSISTENT',
      [
        { type: CKA.CLASS, value: CKO.DATA },
        { type: CKA.MODULUS, value: Buffer.alloc(9, 1) },
      ],
    ],
    [
      'with an attribute that the token sets',
      'ATTRIBUTE_READ_ONLY',
      [
        { type: CKA.CLASS, value: CKO.DATA },
        { type: CKA.UNIQUE_ID, value: 'x' },
      ],
    ],
    [
      'with a boolean of two bytes',
      'ATTRIBUTE_VALUE_INVALID',
      [
        { type: CKA.CLASS, value: CKO.DATA },
        { type: CKA.TOKEN, value: Buffer.of(1, 0) },
      ],
    ],
    [
      'that gives one attribute twice',
      'TEMPLATE_INCONSISTENT',
      [
        { type: CKA.CLASS, value: CKO.DATA },
        { type: CKA.LABEL, value: 'a' },
        { type: CKA.LABEL, value: 'b' },
      ],
    ],
    [
      'of a certificate without its subject',
      'TEMPLATE_INCOMPLETE',
      [
        { type: CKA.CLASS, value: CKO.CERTIFICATE },
        { type: CKA.CERTIFICATE_TYPE, value: CKC.X_509 },
      ],
    ],
  ];
  for (const [name, rv, template] of refused) {
    test(`${name} is refused with ${rv}, and no object is made`, ({ module, session }) => {
      expect(() => module.C_CreateObject(session, template)).toThrow(`CKR_${rv}`);
      module.C_FindObjectsInit(session, everythingMade);
      expect(module.C_FindObjects(session, 10)).toEqual([]);
    });
  }

  test('for a key pair whose halves contradict its mechanism makes neither', ({ module, session }) => {
    const generate = (publicKey: Template, privateKey: Template) =>
      module.C_GenerateKeyPair(session, { mechanism: CKM.EC_KEY_PAIR_GEN }, publicKey, privateKey);
    const [parameters] = kinds.ecdsa.parameters;
    expect(() => generate([], [])).toThrow('CKR_TEMPLATE_INCOMPLETE');
    expect(() => generate([parameters, { type: CKA.KEY_TYPE, value: CKK.RSA }], [])).toThrow('CKR_TEMPLATE_INCONSISTENT');
    expect(() => generate([parameters], [{ type: CKA.CLASS, value: CKO.PUBLIC_KEY }])).toThrow('CKR_TEMPLATE_INCONSISTENT');
    // pkcs11js has no name for this one.
    const unknownCurve = [{ type: CKA.EC_PARAMS, value: Buffer.from('0603551d0f', 'hex') }];
    expect(() => generate(unknownCurve, [])).toThrow(expect.objectContaining({ code: CKR.CURVE_NOT_SUPPORTED }));
    module.C_FindObjectsInit(session, everythingMade);
    expect(module.C_FindObjects(session, 10)).toEqual([]);
  });

  test('cannot lower what guards a key', ({ module, session }) => {
    const key = aesKey(module, session, [
      { type: CKA.SENSITIVE, value: true },
      { type: CKA.EXTRACTABLE, value: false },
    ]);
    expect(() => module.C_GetAttributeValue(session, key, [{ type: CKA.VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
    expect(() => module.C_SetAttributeValue(session, key, [{ type: CKA.SENSITIVE, value: false }])).toThrow('CKR_ATTRIBUTE_READ_ONLY');
    expect(() => module.C_SetAttributeValue(session, key, [{ type: CKA.EXTRACTABLE, value: true }])).toThrow('CKR_ATTRIBUTE_READ_ONLY');
    expect(() => module.C_GetAttributeValue(session, key, [{ type: CKA.VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
  });
});

describe('an operation', () => {
  test('with a mechanism that there is not is refused everywhere', ({ module, session }) => {
    const mechanism = { mechanism: NO_SUCH_MECHANISM };
    const key = aesKey(module, session);
    expect(() => module.C_DigestInit(session, mechanism)).toThrow('CKR_MECHANISM_INVALID');
    expect(() => module.C_EncryptInit(session, mechanism, key)).toThrow('CKR_MECHANISM_INVALID');
    expect(() => module.C_SignInit(session, mechanism, key)).toThrow('CKR_MECHANISM_INVALID');
    expect(() => module.C_GenerateKey(session, mechanism, [])).toThrow('CKR_MECHANISM_INVALID');
    expect(() => module.C_DigestInit(session, { mechanism: CKM.RSA_PKCS })).toThrow('CKR_MECHANISM_INVALID');
  });

  test('with a key of another kind, or one that may not, is refused', ({ module, session }) => {
    const { privateKey, publicKey } = generateKeyPair(module, session, 'ecdsa');
    expect(() => module.C_SignInit(session, { mechanism: CKM.RSA_PKCS }, privateKey)).toThrow('CKR_KEY_TYPE_INCONSISTENT');
    expect(() => module.C_SignInit(session, { mechanism: CKM.ECDSA }, publicKey)).toThrow(
      /CKR_(KEY_FUNCTION_NOT_PERMITTED|KEY_TYPE_INCONSISTENT)/,
    );
    const idle = aesKey(module, session, [{ type: CKA.ENCRYPT, value: false }]);
    expect(() => module.C_EncryptInit(session, { mechanism: CKM.AES_ECB }, idle)).toThrow('CKR_KEY_FUNCTION_NOT_PERMITTED');
  });

  test('is not begun twice, and not ended where none was begun', ({ module, session }) => {
    expect(() => module.C_Digest(session, Buffer.of(1), Buffer.alloc(32))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
    module.C_DigestInit(session, sha256);
    expect(() => module.C_DigestInit(session, sha256)).toThrow('CKR_OPERATION_ACTIVE');
    module.C_DigestUpdate(session, Buffer.from('abc'));
    expect(module.C_DigestFinal(session, Buffer.alloc(32))).toEqual(createHash('sha256').update('abc').digest());
    expect(() => module.C_DigestFinal(session, Buffer.alloc(32))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });
});

describe('a buffer that is too short ends nothing', () => {
  test('of a digest', ({ module, session }) => {
    module.C_DigestInit(session, sha256);
    expect(() => module.C_Digest(session, Buffer.from('abc'), Buffer.alloc(31))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(module.C_Digest(session, Buffer.from('abc'), Buffer.alloc(32))).toEqual(createHash('sha256').update('abc').digest());
  });

  test('of a signature, one-part and multi-part', ({ module, session }) => {
    const { privateKey, key } = generateKeyPair(module, session, 'ecdsa');
    module.C_SignInit(session, { mechanism: CKM.ECDSA_SHA256 }, privateKey);
    expect(() => module.C_Sign(session, Buffer.from('abc'), Buffer.alloc(63))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(kinds.ecdsa.isSignature(key, Buffer.from('abc'), module.C_Sign(session, Buffer.from('abc'), Buffer.alloc(64)))).toBe(true);

    module.C_SignInit(session, { mechanism: CKM.ECDSA_SHA256 }, privateKey);
    module.C_SignUpdate(session, Buffer.from('abc'));
    expect(() => module.C_SignFinal(session, Buffer.alloc(1))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(kinds.ecdsa.isSignature(key, Buffer.from('abc'), module.C_SignFinal(session, Buffer.alloc(64)))).toBe(true);
  });

  test('of a ciphertext', ({ module, session }) => {
    const value = Buffer.alloc(16, 5);
    const key = module.C_CreateObject(session, [
      { type: CKA.CLASS, value: CKO.SECRET_KEY },
      { type: CKA.KEY_TYPE, value: CKK.AES },
      { type: CKA.VALUE, value },
      { type: CKA.ENCRYPT, value: true },
    ]);
    const [iv, plain] = [Buffer.alloc(16, 9), Buffer.alloc(20, 'x')];
    const cipher = createCipheriv('aes-128-cbc', value, iv);
    module.C_EncryptInit(session, { mechanism: CKM.AES_CBC_PAD, parameter: iv }, key);
    expect(() => module.C_Encrypt(session, plain, Buffer.alloc(20))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(module.C_Encrypt(session, plain, Buffer.alloc(32))).toEqual(Buffer.concat([cipher.update(plain), cipher.final()]));
  });

  test('of a whole ciphertext is not that of a part with the same plaintext, nor the other way round', ({ module, session }) => {
    const key = aesKey(module, session, [{ type: CKA.ENCRYPT, value: true }]);
    const [plain, little, much] = [Buffer.alloc(16, 'x'), Buffer.alloc(1), Buffer.alloc(64)];
    const begin = () => module.C_EncryptInit(session, { mechanism: CKM.AES_CBC_PAD, parameter: Buffer.alloc(16, 9) }, key);
    const isOver = () => expect(() => module.C_EncryptFinal(session, much)).toThrow('CKR_OPERATION_NOT_INITIALIZED');

    begin();
    expect(() => module.C_Encrypt(session, plain, little)).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(() => module.C_EncryptUpdate(session, plain, much)).toThrow('CKR_FUNCTION_FAILED');
    isOver();

    begin();
    expect(module.C_EncryptUpdate(session, plain, much)).toHaveLength(16);
    expect(() => module.C_EncryptFinal(session, little)).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(() => module.C_EncryptUpdate(session, Buffer.alloc(0), much)).toThrow('CKR_FUNCTION_FAILED');
    isOver();
  });

  test('of a signature, with nothing taken, leaves the choice between one part and several', ({ module, session }) => {
    const { publicKey, privateKey } = generateKeyPair(module, session, 'ecdsa');
    module.C_SignInit(session, { mechanism: CKM.ECDSA_SHA256 }, privateKey);
    expect(() => module.C_Sign(session, Buffer.from('abc'), Buffer.alloc(10))).toThrow('CKR_BUFFER_TOO_SMALL');
    module.C_SignUpdate(session, Buffer.from('abc'));
    const signature = module.C_SignFinal(session, Buffer.alloc(64));
    module.C_VerifyInit(session, { mechanism: CKM.ECDSA_SHA256 }, publicKey);
    expect(() => module.C_Verify(session, Buffer.from('abc'), signature)).not.toThrow();
  });
});

describe('ten megabytes', () => {
  const bytes = Buffer.alloc(10 * 1024 * 1024, 'strong room ');

  test('are digested in one call and in several', ({ module, session }) => {
    const expected = createHash('sha256').update(bytes).digest();
    module.C_DigestInit(session, sha256);
    expect(module.C_Digest(session, bytes, Buffer.alloc(32))).toEqual(expected);
    module.C_DigestInit(session, sha256);
    for (let at = 0; at < bytes.length; at += 999_999) module.C_DigestUpdate(session, bytes.subarray(at, at + 999_999));
    expect(module.C_DigestFinal(session, Buffer.alloc(32))).toEqual(expected);
  });

  test('are encrypted and decrypted in one call', ({ module, session }) => {
    const key = aesKey(module, session, [
      { type: CKA.ENCRYPT, value: true },
      { type: CKA.DECRYPT, value: true },
    ]);
    const mechanism = { mechanism: CKM.AES_CBC_PAD, parameter: Buffer.alloc(16, 3) };
    module.C_EncryptInit(session, mechanism, key);
    const sealed = Buffer.from(module.C_Encrypt(session, bytes, Buffer.alloc(bytes.length + 16)));
    expect(sealed).toHaveLength(bytes.length + 16);
    module.C_DecryptInit(session, mechanism, key);
    expect(module.C_Decrypt(session, sealed, Buffer.alloc(bytes.length + 16)).equals(bytes)).toBe(true);
  });
});
