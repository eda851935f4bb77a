import { describe, expect, test } from 'vitest';
import { CK, CKA, CKF } from '../../../src/protocol/constants.ts';
import type { ParameterStruct } from '../../../src/protocol/parameters.ts';
import type { Relocatable } from '../../../src/protocol/relocatable.ts';
import { type Attributes, created, made, operation, slow, struct, templateOf, text, ulongs, verify } from './fixture.ts';

const counter = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return new Uint8Array(bytes);
};
const key = (more: Attributes = {}) =>
  created('OTP_KEY', 'HOTP', {
    VALUE: Buffer.from('12345678901234567890'),
    OTP_LENGTH: ulongs(6),
    OTP_USER_FRIENDLY_MODE: Uint8Array.of(1),
    OTP_COUNTER_REQUIREMENT: ulongs(CK.OTP_PARAM_OPTIONAL),
    OTP_COUNTER: counter(0),
    ...more,
  });
const params = (...given: readonly (readonly [number, Uint8Array | null])[]): ParameterStruct =>
  struct('CK_OTP_PARAMS', { pParams: given.map(([type, pValue]) => ({ type, pValue })) });

/** RFC 4226, appendix D. */
const passwords = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];

const begin = (hotp = key(), parameter: ParameterStruct | null = null) => operation('HOTP', 'signStateful')(hotp, parameter);

/** What C_Sign answers with: type and value of each parameter, found by its pointers. */
function parameters({ bytes, pointers }: Relocatable): [number, string][] {
  const number = (at: number) => Number(Buffer.from(bytes).readBigUInt64LE(at));
  const [first, count] = [number(pointers[0]!), number(8)];
  return Array.from({ length: count }, (_, i) => {
    const at = first + 24 * i;
    expect(pointers[i + 1]).toBe(at + 8);
    const value = number(at + 8);
    expect(value % 8).toBe(0);
    return [number(at), Buffer.from(bytes.subarray(value, value + number(at + 16))).toString('latin1')];
  });
}

describe('CKM_HOTP', () => {
  test.each(passwords.map((password, count) => [count, password] as const))(
    'gives the password of count %i of its RFC',
    async (count, password) => {
      const hotp = key({ OTP_COUNTER: counter(count) });
      const signing = begin(hotp);
      expect(text(signing.step(hotp.attributes).get(CKA.OTP_COUNTER)!)).toBe(text(counter(count + 1)));
      const answer = (await signing.sign(new Uint8Array(0), hotp.attributes, slow)) as Relocatable;
      expect(answer.bytes).toHaveLength(signing.size);
      expect(parameters(answer)).toEqual([
        [CK.OTP_VALUE, password],
        [CK.OTP_COUNTER, Buffer.from(counter(count)).toString('latin1')],
      ]);
      expect(verify('HOTP', hotp, new Uint8Array(0), Buffer.from(password), params([CK.OTP_COUNTER, counter(count)]))).toBe(true);
      expect(verify('HOTP', hotp, new Uint8Array(0), Buffer.from(password), params([CK.OTP_COUNTER, counter(count + 1)]))).toBe(false);
    },
  );

  test('takes a counter that it is given and keeps its own, unless the key ignores it', async () => {
    const given = params([CK.OTP_COUNTER, counter(7)]);
    const signing = begin(key(), given);
    expect(signing.step(key().attributes).size).toBe(0);
    expect(parameters((await signing.sign(new Uint8Array(0), key().attributes, slow)) as Relocatable)[0]![1]).toBe(passwords[7]);
    const ignoring = key({ OTP_COUNTER_REQUIREMENT: ulongs(CK.OTP_PARAM_IGNORED) });
    expect(begin(ignoring, given).step(ignoring.attributes).size).toBe(1);
    expect(() => begin(key({ OTP_COUNTER_REQUIREMENT: ulongs(CK.OTP_PARAM_MANDATORY) }))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('is as long as it is asked to be', async () => {
    const given = params([CK.OTP_OUTPUT_LENGTH, ulongs(8)], [CK.OTP_COUNTER, counter(0)]);
    // RFC 4226 §5.4's example has 8 digits in mind: the number that 755224 is the end of.
    const password = parameters((await begin(key(), given).sign(new Uint8Array(0), key().attributes, slow)) as Relocatable)[0]![1];
    expect(password).toBe('84755224');
    expect(verify('HOTP', key(), new Uint8Array(0), Buffer.from(password), given)).toBe(true);
    expect(verify('HOTP', key(), new Uint8Array(0), Buffer.from('755224'), given)).toBe(false);
  });

  test.each([
    ['the next password', [CK.OTP_FLAGS, ulongs(CKF.NEXT_OTP)]],
    ['one without a counter', [CK.OTP_FLAGS, ulongs(CKF.EXCLUDE_COUNTER)]],
    ['flags that are no number', [CK.OTP_FLAGS, Uint8Array.of(1)]],
    ['five digits', [CK.OTP_OUTPUT_LENGTH, ulongs(5)]],
    ['nine digits', [CK.OTP_OUTPUT_LENGTH, ulongs(9)]],
    ['everything that a CK_FLAGS has a bit for', [CK.OTP_FLAGS, new Uint8Array(8).fill(0xff)]],
    ['flags of four bytes', [CK.OTP_FLAGS, new Uint8Array(4)]],
    ['hexadecimal digits', [CK.OTP_OUTPUT_FORMAT, ulongs(CK.OTP_FORMAT_HEXADECIMAL)]],
    ['a counter of four bytes', [CK.OTP_COUNTER, new Uint8Array(4)]],
    ['a password', [CK.OTP_VALUE, Buffer.from('755224')]],
  ] as const)('is not asked for %s', (_, parameter) => {
    expect(() => begin(key(), params(parameter))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('has nothing against what it has no place for, and against friendliness where its key has none', () => {
    const ignored = params([CK.OTP_PIN, Buffer.from('1234')], [CK.OTP_CHALLENGE, null], [CK.OTP_TIME, Buffer.from('20261123000000')]);
    expect(begin(key(), ignored).size).toBe(80);
    const friendly = params([CK.OTP_FLAGS, ulongs(CKF.USER_FRIENDLY_OTP | CKF.EXCLUDE_TIME)]);
    expect(begin(key(), friendly).size).toBe(80);
    expect(() => begin(key({ OTP_USER_FRIENDLY_MODE: Uint8Array.of(0) }), friendly)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('is of no data, ends with its counter, and is verified with a counter only', () => {
    expect(() => begin().check!(Uint8Array.of(1))).toThrow('CKR_DATA_LEN_RANGE:');
    const last = key({ OTP_COUNTER: new Uint8Array(8).fill(255) });
    expect(() => begin(last).step(last.attributes)).toThrow('CKR_KEY_EXHAUSTED:');
    expect(() => operation('HOTP', 'verify')(key(), null)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    const verifying = operation('HOTP', 'verify')(key(), params([CK.OTP_COUNTER, counter(0)]));
    expect(() => verifying.verify(Uint8Array.of(1), Buffer.from('755224'))).toThrow('CKR_DATA_LEN_RANGE:');
  });
});

test('CKM_HOTP_KEY_GEN makes keys of 128 bits and more', () => {
  expect(made('HOTP_KEY_GEN', templateOf({ VALUE_LEN: ulongs(20) })).get(CKA.VALUE)).toHaveLength(20);
  for (const length of [15, 513]) {
    expect(() => made('HOTP_KEY_GEN', templateOf({ VALUE_LEN: ulongs(length) }))).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  }
  expect(() => made('HOTP_KEY_GEN', [])).toThrow('CKR_TEMPLATE_INCOMPLETE:');
});
