// Keys that leave wrapped and come back, through the library.
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { generateKeyPair, kinds } from '../support/key-pair.ts';
import { sharedTest as test } from '../support/token.ts';

const cbcPad = { mechanism: CKM.AES_CBC_PAD, parameter: Buffer.alloc(16, 7) };
const value = Buffer.from('a key of 16 byte');

const secret = (module: PKCS11, session: Handle, more: Template = []): Handle =>
  module.C_CreateObject(session, [
    { type: CKA.CLASS, value: CKO.SECRET_KEY },
    { type: CKA.KEY_TYPE, value: CKK.AES },
    { type: CKA.VALUE, value },
    { type: CKA.EXTRACTABLE, value: true },
    ...more,
  ]);

const wrapper = (module: PKCS11, session: Handle, more: Template = []): Handle =>
  module.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [
    { type: CKA.VALUE_LEN, value: 32 },
    { type: CKA.WRAP, value: true },
    { type: CKA.UNWRAP, value: true },
    ...more,
  ]);

const aes = (sensitive: boolean): Template => [
  { type: CKA.CLASS, value: CKO.SECRET_KEY },
  { type: CKA.KEY_TYPE, value: CKK.AES },
  { type: CKA.SENSITIVE, value: sensitive },
];

const wrap = (module: PKCS11, session: Handle, by: Handle, key: Handle): Buffer =>
  Buffer.from(module.C_WrapKey(session, cbcPad, by, key, Buffer.alloc(4096)));

describe('a wrapped key', () => {
  test('comes back as what it was, but is known to have been outside', ({ module, session }) => {
    const by = wrapper(module, session);
    const back = module.C_UnwrapKey(session, cbcPad, by, wrap(module, session, by, secret(module, session)), aes(false));
    const flags = [CKA.LOCAL, CKA.ALWAYS_SENSITIVE, CKA.NEVER_EXTRACTABLE].map((type) => ({ type }));
    const [found, ...history] = module.C_GetAttributeValue(session, back, [{ type: CKA.VALUE }, ...flags]);
    expect(found!.value).toEqual(value);
    expect(history.map((each) => each.value)).toEqual([Buffer.of(0), Buffer.of(0), Buffer.of(0)]);
  });

  test('may be a private key, which signs as before', ({ module, session }) => {
    const { privateKey, publicKey } = module.C_GenerateKeyPair(
      session,
      { mechanism: CKM.EC_KEY_PAIR_GEN },
      [...kinds.ecdsa.parameters, { type: CKA.VERIFY, value: true }],
      [{ type: CKA.EXTRACTABLE, value: true }],
    );
    const by = wrapper(module, session);
    const back = module.C_UnwrapKey(session, cbcPad, by, wrap(module, session, by, privateKey), [
      { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
      { type: CKA.KEY_TYPE, value: CKK.EC },
      { type: CKA.SIGN, value: true },
    ]);
    module.C_SignInit(session, { mechanism: CKM.ECDSA_SHA256 }, back);
    const text = Buffer.from('signed');
    const signature = Buffer.from(module.C_Sign(session, text, Buffer.alloc(64)));
    module.C_VerifyInit(session, { mechanism: CKM.ECDSA_SHA256 }, publicKey);
    expect(module.C_Verify(session, text, signature)).toBe(true);
  });

  test('that was tampered with is refused, and no object is made', ({ module, session }) => {
    const by = wrapper(module, session);
    const wrapped = wrap(module, session, by, secret(module, session));
    expect(() => module.C_UnwrapKey(session, cbcPad, by, wrapped.subarray(1), aes(true))).toThrow('CKR_WRAPPED_KEY_LEN_RANGE');
    module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.SECRET_KEY }]);
    expect(module.C_FindObjects(session, 10)).toHaveLength(2);
  });
});

describe('a key does not leave', () => {
  test('that is not extractable', ({ module, session }) => {
    const by = wrapper(module, session);
    const key = wrapper(module, session, [{ type: CKA.EXTRACTABLE, value: false }]);
    expect(() => wrap(module, session, by, key)).toThrow('CKR_KEY_UNEXTRACTABLE');
  });

  test('under a key that may not wrap, or is none', ({ module, session }) => {
    const key = secret(module, session);
    const idle = wrapper(module, session, [{ type: CKA.LABEL, value: 'idle' }]);
    module.C_SetAttributeValue(session, idle, [{ type: CKA.WRAP, value: false }]);
    expect(() => wrap(module, session, idle, key)).toThrow('CKR_KEY_FUNCTION_NOT_PERMITTED');
    const nothing = Buffer.alloc(8, 0x11);
    expect(() => wrap(module, session, nothing, key)).toThrow('CKR_WRAPPING_KEY_HANDLE_INVALID');
    expect(() => wrap(module, session, wrapper(module, session), nothing)).toThrow('CKR_KEY_HANDLE_INVALID');
    const { publicKey } = generateKeyPair(module, session, 'ecdsa');
    expect(() => wrap(module, session, publicKey, key)).toThrow('CKR_WRAPPING_KEY_TYPE_INCONSISTENT');
  });

  test('under an untrusted key where it asks for a trusted one', ({ module, session }) => {
    const key = secret(module, session, [{ type: CKA.WRAP_WITH_TRUSTED, value: true }]);
    expect(() => wrap(module, session, wrapper(module, session), key)).toThrow('CKR_KEY_NOT_WRAPPABLE');
  });
});

test('a buffer that is too short for a wrapped key is told the length', ({ module, session }) => {
  const by = wrapper(module, session);
  const key = secret(module, session);
  expect(() => module.C_WrapKey(session, cbcPad, by, key, Buffer.alloc(31))).toThrow('CKR_BUFFER_TOO_SMALL');
  expect(module.C_WrapKey(session, cbcPad, by, key, Buffer.alloc(32))).toHaveLength(32);
});
