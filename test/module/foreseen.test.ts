// A C_SignInit that the library answers without asking (native/pkcs11/foreseen.c) must be one that nobody can tell from a real one.
import type { Handle, PKCS11 } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKM } from '../../src/protocol/constants.ts';
import { openSession, slotOf } from '../support/module.ts';
import { sharedTest as test } from '../support/token.ts';

const hmac = { mechanism: CKM.SHA256_HMAC };
const data = Buffer.from('Hello, World!');

const secret = (module: PKCS11, session: Handle, byte: number): Handle =>
  module.C_GenerateKey(session, { mechanism: CKM.GENERIC_SECRET_KEY_GEN }, [
    { type: CKA.VALUE_LEN, value: 32 },
    { type: CKA.LABEL, value: `key ${byte}` },
    { type: CKA.SIGN, value: true },
  ]);

const sign = (module: PKCS11, session: Handle, key: Handle): Buffer => {
  module.C_SignInit(session, hmac, key);
  return module.C_Sign(session, data, Buffer.alloc(32));
};

/** A key whose next C_SignInit is foreseen, and its signature. */
const used = (module: PKCS11, session: Handle, byte = 0): { key: Handle; signature: Buffer } => {
  const key = secret(module, session, byte);
  // The generation was a change: the first C_SignInit after it is asked for, the second is foreseen.
  sign(module, session, key);
  return { key, signature: sign(module, session, key) };
};

describe('a C_SignInit that is foreseen', () => {
  test('signs the same, time after time, with two keys by turns', ({ module, session }) => {
    const [one, other] = [used(module, session, 1), used(module, session, 2)];
    for (let n = 0; n < 20; n++) {
      expect(sign(module, session, one.key)).toEqual(one.signature);
      expect(sign(module, session, other.key)).toEqual(other.signature);
      expect(sign(module, session, other.key)).toEqual(other.signature);
    }
  });

  test('is an active operation: a second one is CKR_OPERATION_ACTIVE, and the first goes on', ({ module, session }) => {
    const { key, signature } = used(module, session);
    module.C_SignInit(session, hmac, key);
    expect(() => module.C_SignInit(session, hmac, key)).toThrow('CKR_OPERATION_ACTIVE');
    expect(module.C_Sign(session, data, Buffer.alloc(32))).toEqual(signature);
    expect(() => module.C_Sign(session, data, Buffer.alloc(32))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
    expect(sign(module, session, key)).toEqual(signature);
  });

  test('is followed by parts as well as by the whole', ({ module, session }) => {
    const { key, signature } = used(module, session);
    module.C_SignInit(session, hmac, key);
    module.C_SignUpdate(session, data.subarray(0, 5));
    module.C_SignUpdate(session, data.subarray(5));
    expect(module.C_SignFinal(session, Buffer.alloc(32))).toEqual(signature);
    expect(sign(module, session, key)).toEqual(signature);
  });

  test('stays active through a buffer that is too small', ({ module, session }) => {
    const { key, signature } = used(module, session);
    module.C_SignInit(session, hmac, key);
    expect(() => module.C_Sign(session, data, Buffer.alloc(31))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(() => module.C_SignInit(session, hmac, key)).toThrow('CKR_OPERATION_ACTIVE');
    expect(module.C_Sign(session, data, Buffer.alloc(32))).toEqual(signature);
  });

  test('is none while another operation of signing is active', ({ module, session }) => {
    const { key, signature } = used(module, session);
    const general = { mechanism: CKM.SHA256_HMAC_GENERAL, parameter: Buffer.from([16, 0, 0, 0, 0, 0, 0, 0]) };
    module.C_SignInit(session, general, key);
    expect(() => module.C_SignInit(session, hmac, key)).toThrow('CKR_OPERATION_ACTIVE');
    expect(module.C_Sign(session, data, Buffer.alloc(32))).toEqual(signature.subarray(0, 16));
  });

  test('is none once the key may not sign any more, whoever changed it', ({ module, session, token }) => {
    const { key } = used(module, session);
    const other = openSession(module, slotOf(module, token.label));
    module.C_SetAttributeValue(other, key, [{ type: CKA.SIGN, value: false }]);
    expect(() => module.C_SignInit(session, hmac, key)).toThrow('CKR_KEY_FUNCTION_NOT_PERMITTED');
    module.C_SetAttributeValue(other, key, [{ type: CKA.SIGN, value: true }]);
    module.C_SignInit(session, hmac, key);
    module.C_Sign(session, data, Buffer.alloc(32));
    module.C_CloseSession(other);
  });

  test('is none once the key was destroyed, and a key that is destroyed after it makes no signature', ({ module, session, token }) => {
    const [gone, going] = [used(module, session, 1), used(module, session, 2)];
    const other = openSession(module, slotOf(module, token.label));
    module.C_DestroyObject(other, gone.key);
    expect(() => module.C_SignInit(session, hmac, gone.key)).toThrow('CKR_KEY_HANDLE_INVALID');
    sign(module, session, going.key);
    module.C_SignInit(session, hmac, going.key);
    module.C_DestroyObject(other, going.key);
    expect(() => module.C_Sign(session, data, Buffer.alloc(32))).toThrow(/CKR_(KEY_HANDLE_INVALID|OPERATION_NOT_INITIALIZED)/);
    expect(() => module.C_Sign(session, data, Buffer.alloc(32))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
    module.C_CloseSession(other);
  });

  test('goes with its session', ({ module, session, token }) => {
    const { key } = used(module, session);
    const other = openSession(module, slotOf(module, token.label));
    for (let n = 0; n < 3; n++) sign(module, other, key);
    module.C_SignInit(other, hmac, key);
    module.C_CloseSession(other);
    expect(() => module.C_Sign(other, data, Buffer.alloc(32))).toThrow('CKR_SESSION_HANDLE_INVALID');
    expect(() => module.C_SignInit(other, hmac, key)).toThrow('CKR_SESSION_HANDLE_INVALID');
  });

  test('is none after the logout', ({ module, session, token }) => {
    const { key } = used(module, session);
    module.C_SignInit(session, hmac, key);
    module.C_Logout(session);
    expect(() => module.C_Sign(session, data, Buffer.alloc(32))).toThrow(
      /CKR_(USER_NOT_LOGGED_IN|OPERATION_NOT_INITIALIZED|KEY_HANDLE_INVALID)/,
    );
    expect(() => module.C_SignInit(session, hmac, key)).toThrow('CKR_KEY_HANDLE_INVALID');
    module.C_Login(session, 1, token.pin);
  });
});
