// Message-based signing and verifying, through the library: one key, one Init, many messages.
import { describe, expect } from 'vitest';
import { CKA, CKF, CKM } from '../../src/protocol/constants.ts';
import { call, given, made, mechanism, must, read, template, ulong } from '../support/cryptoki.ts';
import { sharedTest as test } from '../support/token.ts';

const one = Buffer.from('one message');
const other = Buffer.from('and another');

/** A session's number, and a key of a MAC. */
const ready = (session: Uint8Array) => {
  const number = read(session);
  const entries = { [CKA.VALUE_LEN]: 32, [CKA.SIGN]: true, [CKA.VERIFY]: true };
  return { number, key: made('C_GenerateKey', number, mechanism(CKM.GENERIC_SECRET_KEY_GEN), ...template(entries)) };
};
const hmac = mechanism(CKM.SHA256_HMAC);

describe('a process of messages', () => {
  test('signs each, in one part and in several, as C_Sign does', ({ session }) => {
    const { number, key } = ready(session);
    must('C_MessageSignInit', number, hmac, key);
    const first = given('C_SignMessage', number, null, 0, one, one.length);
    must('C_SignMessageBegin', number, null, 0);
    must('C_SignMessageNext', number, null, 0, one, 4, null, null);
    expect(call('C_SignMessage', number, null, 0, one, one.length, Buffer.alloc(32), ulong(32))).toBe('OPERATION_ACTIVE');
    must('C_SignMessageBegin', number, null, 0);
    must('C_SignMessageNext', number, null, 0, one, 4, null, null);
    const short = ulong(31);
    const rest = [number, null, 0, one.subarray(4), one.length - 4] as const;
    expect(call('C_SignMessageNext', ...rest, Buffer.alloc(31), short)).toBe('BUFFER_TOO_SMALL');
    expect(read(short)).toBe(32);
    expect(given('C_SignMessageNext', ...rest)).toEqual(first);
    expect(given('C_SignMessage', number, null, 0, other, other.length)).not.toEqual(first);
    must('C_MessageSignFinal', number);
    expect(call('C_SignMessage', number, null, 0, one, one.length, Buffer.alloc(32), ulong(32))).toBe('OPERATION_NOT_INITIALIZED');
    must('C_SignInit', number, hmac, key);
    expect(given('C_Sign', number, one, one.length)).toEqual(first);
  });

  test('verifies each, goes on after a wrong one, and takes no parameter that its messages do not have', ({ session }) => {
    const { number, key } = ready(session);
    must('C_MessageSignInit', number, hmac, key);
    const signature = given('C_SignMessage', number, null, 0, one, one.length);
    must('C_MessageVerifyInit', number, hmac, key);
    const verify = (data: Buffer) => call('C_VerifyMessage', number, null, 0, data, data.length, signature, 32);
    expect([verify(one), verify(other), verify(one)]).toEqual(['OK', 'SIGNATURE_INVALID', 'OK']);
    expect(call('C_VerifyMessage', number, one, 1, one, one.length, signature, 32)).toBe('MECHANISM_PARAM_INVALID');
    must('C_VerifyMessageBegin', number, null, 0);
    must('C_VerifyMessageNext', number, null, 0, one, 4, null, 0);
    must('C_VerifyMessageNext', number, null, 0, one.subarray(4), one.length - 4, signature, 32);
    must('C_MessageVerifyFinal', number);
    must('C_MessageSignFinal', number);
  });

  test('is refused by what each message needs a new key or nonce for, and says so in its flags', ({ module, session }) => {
    const { number, key } = ready(session);
    expect(call('C_MessageSignInit', number, mechanism(CKM.POLY1305), key)).toBe('MECHANISM_INVALID');
    expect(call('C_MessageSignInit', number, mechanism(CKM.AES_GMAC), key)).toBe('MECHANISM_INVALID');
    const slot = module.C_GetSessionInfo(session).slotID;
    const messages = CKF.MESSAGE_SIGN | CKF.MESSAGE_VERIFY | CKF.MULTI_MESSAGE;
    expect(module.C_GetMechanismInfo(slot, CKM.SHA256_HMAC).flags & messages).toBe(messages);
    expect(module.C_GetMechanismInfo(slot, CKM.POLY1305).flags & messages).toBe(0);
  });
});
