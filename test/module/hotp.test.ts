// One-time passwords, through the library: a structure that points into the application's buffer, and a counter that is never used twice.

import { toBuffer } from 'node:ffi';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { CK, CKA, CKF, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { array, call, type Entries, given, made, mechanism, must, read, structure, template, ulong } from '../support/cryptoki.ts';
import { processesOf } from '../support/leftovers.ts';
import { openSession, slotOf, type Token } from '../support/module.ts';
import { sharedTest, test } from '../support/token.ts';

/** RFC 4226, appendix D. */
const VALUE = Buffer.from('12345678901234567890');
const passwords = ['755224', '287082', '359152', '969429', '338314'];

const hotpKey = (session: number, more: Entries = {}): number =>
  made(
    'C_CreateObject',
    session,
    ...template({ [CKA.CLASS]: CKO.OTP_KEY, [CKA.KEY_TYPE]: CKK.HOTP, [CKA.VALUE]: VALUE, [CKA.TOKEN]: true, ...more }),
  );

const otpParameter = (...parameters: readonly (readonly [number, Uint8Array])[]): Buffer =>
  structure('CK_OTP_PARAMS', [
    array(
      'CK_OTP_PARAM',
      parameters.map(([type, value]) => [type, value, value.length]),
    ),
    parameters.length,
  ]);
const plain = mechanism(CKM.HOTP, structure('CK_OTP_PARAMS', [null, 0]));

/** What a C program finds: by pointers alone. */
function parametersOf(info: Buffer): Map<number, Buffer> {
  const pointed = (address: bigint, length: number) => Buffer.from(toBuffer(address, length));
  const params = pointed(info.readBigUInt64LE(0), 24 * read(info, 1));
  return new Map(
    Array.from({ length: read(info, 1) }, (_, i) => [
      read(params, 3 * i),
      pointed(params.readBigUInt64LE(24 * i + 8), read(params, 3 * i + 2)),
    ]),
  );
}

function password(session: number, key: number, by = plain): { value: string; counter: number } {
  must('C_SignInit', session, by, key);
  const info = given('C_Sign', session, null, 0);
  const found = parametersOf(info);
  return { value: String(found.get(CK.OTP_VALUE)), counter: Number(found.get(CK.OTP_COUNTER)!.readBigUInt64BE()) };
}

const counterOf = (session: number, key: number): number => {
  const value = Buffer.alloc(8);
  must('C_GetAttributeValue', session, key, structure('CK_ATTRIBUTE', [CKA.OTP_COUNTER, value, 8]), 1);
  return Number(value.readBigUInt64BE());
};

describe('a HOTP key', () => {
  sharedTest('gives its passwords one after the other, each with its counter, in C_Sign and C_SignFinal', ({ session }) => {
    const number = read(session);
    const key = hotpKey(number);
    for (const [count, value] of passwords.slice(0, 4).entries()) expect(password(number, key)).toEqual({ value, counter: count });
    must('C_SignInit', number, plain, key);
    expect(String(parametersOf(given('C_SignFinal', number)).get(CK.OTP_VALUE))).toBe(passwords[4]);
    expect(counterOf(number, key)).toBe(5);
  });

  sharedTest('spends none for a question, a buffer that is too short, or data', ({ session }) => {
    const number = read(session);
    const key = hotpKey(number);
    must('C_SignInit', number, plain, key);
    const length = ulong(79);
    expect(call('C_Sign', number, null, 0, Buffer.alloc(79), length)).toBe('BUFFER_TOO_SMALL');
    expect(read(length)).toBe(80);
    expect(call('C_Sign', number, VALUE, 1, Buffer.alloc(80), ulong(80))).toBe('DATA_LEN_RANGE');
    expect(call('C_Sign', number, null, 0, Buffer.alloc(80), ulong(80))).toBe('OPERATION_NOT_INITIALIZED');
    expect(password(number, key)).toEqual({ value: passwords[0], counter: 0 });
  });

  sharedTest('lies anywhere in memory, at odd addresses too', ({ session }) => {
    const number = read(session);
    const key = hotpKey(number);
    must('C_SignInit', number, plain, key);
    const odd = Buffer.alloc(200).subarray(3);
    must('C_Sign', number, null, 0, odd, ulong(197));
    expect(String(parametersOf(odd).get(CK.OTP_VALUE))).toBe(passwords[0]);
  });

  sharedTest('verifies the password of the counter that it is given', ({ session }) => {
    const number = read(session);
    const key = hotpKey(number);
    const counter = Buffer.alloc(8);
    counter[7] = 2;
    const verify = (otp: string) => {
      must('C_VerifyInit', number, mechanism(CKM.HOTP, otpParameter([CK.OTP_COUNTER, counter])), key);
      return call('C_Verify', number, null, 0, Buffer.from(otp), otp.length);
    };
    expect([verify(passwords[2]!), verify(passwords[1]!), verify('35915')]).toEqual(['OK', 'SIGNATURE_INVALID', 'SIGNATURE_LEN_RANGE']);
    expect(call('C_VerifyInit', number, plain, key)).toBe('MECHANISM_PARAM_INVALID');
    expect(password(number, key, mechanism(CKM.HOTP, otpParameter([CK.OTP_COUNTER, counter]))).value).toBe(passwords[2]);
    expect(counterOf(number, key)).toBe(0);
  });

  sharedTest('may be generated, keeps its counter to itself, and counts in a read-only session too', ({ module, token, session }) => {
    const number = read(session);
    const entries = { [CKA.VALUE_LEN]: 20, [CKA.TOKEN]: true, [CKA.OTP_LENGTH]: 8 };
    const key = made('C_GenerateKey', number, mechanism(CKM.HOTP_KEY_GEN), ...template(entries));
    expect(password(number, key)).toMatchObject({ value: expect.stringMatching(/^\d{8}$/), counter: 0 });
    expect(call('C_SetAttributeValue', number, key, ...template({ [CKA.OTP_COUNTER]: Buffer.alloc(8) }))).toBe('ATTRIBUTE_READ_ONLY');
    const readOnly = read(module.C_OpenSession(slotOf(module, token.label), CKF.SERIAL_SESSION));
    expect(password(readOnly, key).counter).toBe(1);
    expect(password(number, key).counter).toBe(2);
  });
});

describe('a HOTP key, so that no counter is there twice,', () => {
  sharedTest('is not copied, and cannot be made to be', ({ session }) => {
    const number = read(session);
    const key = hotpKey(number);
    expect(call('C_CopyObject', number, key, null, 0, ulong())).toBe('ACTION_PROHIBITED');
    expect(call('C_SetAttributeValue', number, key, ...template({ [CKA.COPYABLE]: true }))).not.toBe('OK');
    expect(() => hotpKey(number, { [CKA.COPYABLE]: true })).toThrow('CKR_TEMPLATE_INCONSISTENT');
    const entries = { [CKA.VALUE_LEN]: 20, [CKA.COPYABLE]: true };
    expect(call('C_GenerateKey', number, mechanism(CKM.HOTP_KEY_GEN), ...template(entries), ulong())).toBe('TEMPLATE_INCONSISTENT');
  });

  sharedTest('says that it is exhausted where its counter has come to its end', ({ session }) => {
    const number = read(session);
    const key = hotpKey(number, { [CKA.OTP_COUNTER]: Buffer.alloc(8, 0xff) });
    for (const [name, data] of [
      ['C_Sign', [null, 0]],
      ['C_SignFinal', []],
    ] as const) {
      must('C_SignInit', number, plain, key);
      expect(call(name, number, ...data, Buffer.alloc(80), ulong(80))).toBe('KEY_EXHAUSTED');
    }
  });
});

/** The token's first object of its class, in a session of whatever engine there is by now. */
function found(token: Token, module: Parameters<typeof slotOf>[0]): { session: number; key: number } {
  const session = read(openSession(module, slotOf(module, token.label)));
  const rv = call('C_Login', session, 1, Buffer.from(token.pin), token.pin.length);
  if (rv !== 'OK' && rv !== 'USER_ALREADY_LOGGED_IN') throw new Error(rv);
  must('C_FindObjectsInit', session, ...template({ [CKA.CLASS]: CKO.OTP_KEY }));
  const [key, count] = [ulong(), ulong()];
  must('C_FindObjects', session, key, 1, count);
  must('C_FindObjectsFinal', session);
  return { session, key: read(key) };
}

test('a counter is used once, whenever the engine dies', async ({ home, module, token, session }) => {
  hotpKey(read(session));
  const counters: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const { session: number, key } = found(token, module);
    const [pid] = processesOf(home);
    setTimeout(() => process.kill(pid!, 'SIGKILL'), 20 + 30 * round);
    const isOver = (): boolean => {
      if (call('C_SignInit', number, plain, key) !== 'OK') return true;
      const info = Buffer.alloc(80);
      if (call('C_Sign', number, null, 0, info, ulong(80)) !== 'OK') return true;
      counters.push(Number(parametersOf(info).get(CK.OTP_COUNTER)!.readBigUInt64BE()));
      return false;
    };
    // A pause lets the timer have its turn.
    while (!isOver()) await pause(0);
  }
  expect(counters.length).toBeGreaterThan(5);
  expect(new Set(counters).size).toBe(counters.length);
  const { session: number, key } = found(token, module);
  // A call that nobody heard the end of may have taken its step.
  const next = password(number, key).counter;
  expect(next).toBeGreaterThan(Math.max(...counters));
  expect(next).toBeLessThanOrEqual(counters.length + 5);
});
