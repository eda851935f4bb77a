// The traps that other tokens fell into, as far as they are the functions' own: one test each.
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { generateKeyPair } from '../support/key-pair.ts';
import { openSession, slotOf } from '../support/module.ts';
import { sharedTest as test } from '../support/token.ts';

const NO_HANDLE = Buffer.alloc(8, 0x22);
const iv = Buffer.alloc(16, 3);
const data = Buffer.alloc(32, 'd');

const aes = (module: PKCS11, session: Handle, more: Template = []): Handle =>
  module.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [
    { type: CKA.VALUE_LEN, value: 16 },
    { type: CKA.ENCRYPT, value: true },
    { type: CKA.DECRYPT, value: true },
    ...more,
  ]);

describe('an operation', () => {
  test('ends on every error but CKR_BUFFER_TOO_SMALL', ({ module, session }) => {
    const key = aes(module, session);
    module.C_EncryptInit(session, { mechanism: CKM.AES_CBC, parameter: iv }, key);
    expect(() => module.C_Encrypt(session, data, Buffer.alloc(31))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(module.C_Encrypt(session, data, Buffer.alloc(32))).toHaveLength(32);
    module.C_EncryptInit(session, { mechanism: CKM.AES_CBC, parameter: iv }, key);
    expect(() => module.C_Encrypt(session, data.subarray(1), Buffer.alloc(64))).toThrow('CKR_DATA_LEN_RANGE');
    expect(() => module.C_Encrypt(session, data, Buffer.alloc(64))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });

  test('gives no result of other data than it is called with, and no end of what is not complete', ({ module, session }) => {
    const key = aes(module, session);
    const mechanism = { mechanism: CKM.AES_CBC, parameter: iv };
    module.C_EncryptInit(session, mechanism, key);
    expect(() => module.C_Encrypt(session, data, Buffer.alloc(31))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(() => module.C_Encrypt(session, Buffer.alloc(32, 'e'), Buffer.alloc(64))).toThrow('CKR_FUNCTION_FAILED');
    module.C_EncryptInit(session, mechanism, key);
    expect(() => module.C_EncryptUpdate(session, data, Buffer.alloc(1))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(() => module.C_EncryptFinal(session, Buffer.alloc(64))).toThrow('CKR_FUNCTION_FAILED');
  });

  test('with a bad key handle is CKR_KEY_HANDLE_INVALID in every Init', ({ module, session }) => {
    const rsa = { mechanism: CKM.RSA_PKCS };
    for (const init of [
      'C_SignInit',
      'C_VerifyInit',
      'C_EncryptInit',
      'C_DecryptInit',
      'C_SignRecoverInit',
      'C_VerifyRecoverInit',
    ] as const)
      expect(() => module[init](session, rsa, NO_HANDLE), init).toThrow('CKR_KEY_HANDLE_INVALID');
  });

  test('with a bad initialisation vector is CKR_MECHANISM_PARAM_INVALID, and not begun', ({ module, session }) => {
    const key = aes(module, session);
    const mechanism = { mechanism: CKM.AES_CBC, parameter: iv.subarray(1) };
    expect(() => module.C_EncryptInit(session, mechanism, key)).toThrow('CKR_MECHANISM_PARAM_INVALID');
    expect(() => module.C_DecryptInit(session, { mechanism: CKM.AES_CBC }, key)).toThrow('CKR_MECHANISM_PARAM_INVALID');
    module.C_EncryptInit(session, { mechanism: CKM.AES_CBC, parameter: iv }, key);
    expect(module.C_Encrypt(session, data, Buffer.alloc(32))).toHaveLength(32);
  });

  test('that has parts is not ended by a one-shot call, which is CKR_OPERATION_ACTIVE', ({ module, session }) => {
    module.C_DigestInit(session, { mechanism: CKM.SHA256 });
    module.C_DigestUpdate(session, data);
    expect(() => module.C_Digest(session, data, Buffer.alloc(32))).toThrow('CKR_OPERATION_ACTIVE');
    module.C_EncryptInit(session, { mechanism: CKM.AES_CBC, parameter: iv }, aes(module, session));
    module.C_EncryptUpdate(session, data, Buffer.alloc(32));
    expect(() => module.C_Encrypt(session, data, Buffer.alloc(64))).toThrow('CKR_OPERATION_ACTIVE');
  });

  test('of a private key is over after C_Logout', ({ module, session }) => {
    const { privateKey } = generateKeyPair(module, session, 'ecdsa');
    module.C_SignInit(session, { mechanism: CKM.ECDSA_SHA256 }, privateKey);
    module.C_Logout(session);
    expect(() => module.C_Sign(session, data, Buffer.alloc(64))).toThrow('CKR_USER_NOT_LOGGED_IN');
    expect(() => module.C_Sign(session, data, Buffer.alloc(64))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });
});

describe('a sensitive value', () => {
  const secret: Template = [
    { type: CKA.SENSITIVE, value: true },
    { type: CKA.EXTRACTABLE, value: false },
  ];

  test('is read neither itself, nor in a copy with changes, nor under a wrapping key, nor as a digest', ({ module, session }) => {
    const key = aes(module, session, secret);
    const by = aes(module, session, [{ type: CKA.WRAP, value: true }]);
    const value = [{ type: CKA.VALUE }];
    expect(() => module.C_GetAttributeValue(session, key, value)).toThrow('CKR_ATTRIBUTE_SENSITIVE');
    for (const open of [
      { type: CKA.SENSITIVE, value: false },
      { type: CKA.EXTRACTABLE, value: true },
    ])
      expect(() => module.C_CopyObject(session, key, [open])).toThrow('CKR_ATTRIBUTE_READ_ONLY');
    const copy = module.C_CopyObject(session, key, [{ type: CKA.LABEL, value: 'a copy' }]);
    expect(() => module.C_GetAttributeValue(session, copy, value)).toThrow('CKR_ATTRIBUTE_SENSITIVE');
    const wrap = () => module.C_WrapKey(session, { mechanism: CKM.AES_CBC_PAD, parameter: iv }, by, copy, Buffer.alloc(64));
    expect(wrap).toThrow('CKR_KEY_UNEXTRACTABLE');
    module.C_DigestInit(session, { mechanism: CKM.SHA256 });
    expect(() => module.C_DigestKey(session, key)).toThrow('CKR_KEY_INDIGESTIBLE');
  });

  test('is not read from a key that is derived from it', ({ module, session }) => {
    const base = aes(module, session, [...secret, { type: CKA.DERIVE, value: true }]);
    const open = aes(module, session, [
      { type: CKA.DERIVE, value: true },
      { type: CKA.EXTRACTABLE, value: true },
    ]);
    const join = { mechanism: CKM.CONCATENATE_BASE_AND_KEY, parameter: base };
    const derived = module.C_DeriveKey(session, join, open, []);
    expect(() => module.C_GetAttributeValue(session, derived, [{ type: CKA.VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
    const opening = [{ type: CKA.SENSITIVE, value: false }];
    expect(() => module.C_DeriveKey(session, join, open, opening)).toThrow('CKR_TEMPLATE_INCONSISTENT');
  });

  test('is not told by C_GetObjectSize', ({ module, session }) => {
    const [short, long] = [16, 32].map((length) =>
      module.C_CreateObject(session, [
        { type: CKA.CLASS, value: CKO.SECRET_KEY },
        { type: CKA.KEY_TYPE, value: CKK.GENERIC_SECRET },
        { type: CKA.VALUE, value: Buffer.alloc(length, 1) },
        ...secret,
      ]),
    );
    expect(module.C_GetObjectSize(session, short!)).toBe(module.C_GetObjectSize(session, long!));
  });
});

test('C_CopyObject changes CKA_LABEL, and nothing of the original', ({ module, session }) => {
  const key = aes(module, session, [{ type: CKA.LABEL, value: 'first' }]);
  const copy = module.C_CopyObject(session, key, [{ type: CKA.LABEL, value: 'second' }]);
  const label = (object: Handle) => module.C_GetAttributeValue(session, object, [{ type: CKA.LABEL }])[0]!.value.toString();
  expect([label(key), label(copy)]).toEqual(['first', 'second']);
});

test('an object that may be neither copied nor destroyed is neither', ({ module, session }) => {
  // CKR_ACTION_PROHIBITED: pkcs11js has no name for it.
  const refused = 'CKR_VENDOR_DEFINED';
  const fixed = aes(module, session, [
    { type: CKA.COPYABLE, value: false },
    { type: CKA.DESTROYABLE, value: false },
  ]);
  expect(() => module.C_CopyObject(session, fixed, [])).toThrow(refused);
  expect(() => module.C_DestroyObject(session, fixed)).toThrow(refused);
});

test('slot numbers are below 2^31, and the same after C_Finalize', ({ module, token }) => {
  const before = module.C_GetSlotList(true);
  for (const slot of before) expect(slot.readBigUInt64LE()).toBeLessThan(2n ** 31n);
  const slot = slotOf(module, token.label);
  module.C_Finalize();
  module.C_Initialize();
  expect(module.C_GetSlotList(true)).toEqual(before);
  expect(slotOf(module, token.label)).toEqual(slot);
});

test('the last session closed logs out', ({ module, token, session }) => {
  const slot = slotOf(module, token.label);
  module.C_CloseSession(session);
  const next = openSession(module, slot);
  expect(() =>
    module.C_GenerateKey(next, { mechanism: CKM.AES_KEY_GEN }, [
      { type: CKA.VALUE_LEN, value: 16 },
      { type: CKA.PRIVATE, value: true },
    ]),
  ).toThrow('CKR_USER_NOT_LOGGED_IN');
});
