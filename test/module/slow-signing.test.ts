// Signatures that take long: made off the worker's thread, and in everything else as any other.
import { describe, expect } from 'vitest';
import { CKM, CKP } from '../../src/protocol/constants.ts';
import { call, ulong } from '../support/cryptoki.ts';
import { template, type User } from '../support/operations.ts';
import { sharedTest as test } from '../support/user.ts';

const data = Buffer.from('some data');
const SIZE = 7856;

const pair = (user: User): readonly [number, number] =>
  user.module.C_GenerateKeyPair(
    user.session,
    { mechanism: CKM.SLH_DSA_KEY_PAIR_GEN },
    template({ PARAMETER_SET: CKP.SLH_DSA_SHA2_128S, VERIFY: true }),
    template({ SIGN: true }),
  );

const verify = (user: User, mechanism: number, key: number, signature: Uint8Array, of = data) => {
  user.module.C_VerifyInit(user.session, { mechanism }, key);
  user.module.C_Verify(user.session, of, signature);
};

describe('a slow signature', () => {
  test('is right, in one part and in several', ({ user }) => {
    const [own, secret] = pair(user);
    user.module.C_SignInit(user.session, { mechanism: CKM.SLH_DSA }, secret);
    const [whole] = user.module.C_Sign(user.session, data);
    expect(whole).toHaveLength(SIZE);
    verify(user, CKM.SLH_DSA, own, whole);
    expect(() => verify(user, CKM.SLH_DSA, own, whole, Buffer.from('other data'))).toThrow('CKR_SIGNATURE_INVALID');
    for (const mechanism of [CKM.SLH_DSA, CKM.HASH_SLH_DSA_SHA256]) {
      user.module.C_SignInit(user.session, { mechanism }, secret);
      for (const byte of data) user.module.C_SignUpdate(user.session, Buffer.of(byte));
      verify(user, mechanism, own, user.module.C_SignFinal(user.session)[0]);
    }
  });

  test('is not made for a question or a buffer that is too short, and ends its operation once', ({ user }) => {
    const [, secret] = pair(user);
    user.module.C_SignInit(user.session, { mechanism: CKM.SLH_DSA }, secret);
    const length = ulong(0);
    expect(call('C_Sign', user.session, data, data.length, null, length)).toBe('OK');
    expect(length).toEqual(ulong(SIZE));
    const short = ulong(SIZE - 1);
    expect(call('C_Sign', user.session, data, data.length, Buffer.alloc(SIZE), short)).toBe('BUFFER_TOO_SMALL');
    user.module.C_Sign(user.session, data);
    expect(() => user.module.C_Sign(user.session, data)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });

  test('with a bad parameter is not begun', ({ user }) => {
    const [, secret] = pair(user);
    const wrong = { mechanism: CKM.SLH_DSA, parameter: Buffer.alloc(3) };
    expect(() => user.module.C_SignInit(user.session, wrong, secret)).toThrow('CKR_MECHANISM_PARAM_INVALID');
    expect(() => user.module.C_Sign(user.session, data)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });
});
