import { describe, expect, test } from 'vitest';
import type { CkmName } from './fixture.ts';
import { created, cut, hex, operation, sign, signParts, text, ulongs, verify, verifyParts } from './fixture.ts';

const secret = (value: Uint8Array) => created('SECRET_KEY', 'GENERIC_SECRET', { VALUE: value });

/** RFC 2202, 3 and RFC 4231, 4.3: key "Jefe". */
const jefe: readonly (readonly [CkmName, string])[] = [
  ['SHA_1_HMAC', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
  ['SHA224_HMAC', 'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44'],
  ['SHA256_HMAC', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  ['SHA384_HMAC', 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649'],
  [
    'SHA512_HMAC',
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  ],
];
const message = Buffer.from('what do ya want for nothing?');

describe.each(jefe)('CKM_%s', (name, mac) => {
  const key = secret(Buffer.from('Jefe'));

  test('gives the MAC of its RFC, in one part and in several', () => {
    expect(text(sign(name, key, message))).toBe(mac);
    expect(text(signParts(name, key, cut(message, 5, 0, 1)))).toBe(mac);
    expect(verify(name, key, message, hex(mac))).toBe(true);
    expect(verifyParts(name, key, cut(message, 5, 0, 1), hex(mac))).toBe(true);
  });

  test('is wrong for another message, another MAC and another key', () => {
    const changed = hex(mac);
    changed[0]! ^= 1;
    expect(verify(name, key, message, changed)).toBe(false);
    expect(verify(name, key, message.subarray(1), hex(mac))).toBe(false);
    expect(verify(name, secret(Buffer.from('Jefd')), message, hex(mac))).toBe(false);
  });

  test('takes no parameter, and cut it takes a length from one byte to its hash', () => {
    const general = `${name}_GENERAL` as CkmName;
    expect(() => operation(name, 'sign')(key, ulongs(4))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    for (const length of [0, mac.length / 2 + 1, 2 ** 53]) {
      expect(() => operation(general, 'sign')(key, ulongs(length))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
      expect(() => operation(general, 'verify')(key, ulongs(length))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
    for (const parameter of [null, hex('04'), hex('04000000')]) {
      expect(() => operation(general, 'sign')(key, parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
    expect(text(sign(general, key, message, ulongs(5)))).toBe(mac.slice(0, 10));
    expect(verify(general, key, message, hex(mac.slice(0, 10)), ulongs(5))).toBe(true);
    expect(verify(general, key, message, hex(mac.slice(2, 12)), ulongs(5))).toBe(false);
  });
});

test('keys may be longer than the hash block, and empty', () => {
  const long = Buffer.alloc(131, 0xaa);
  const larger = Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First');
  // RFC 4231, 4.7.
  expect(text(sign('SHA256_HMAC', secret(long), larger))).toBe('60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54');
  expect(text(sign('SHA256_HMAC', secret(new Uint8Array(0)), new Uint8Array(0)))).toBe(
    'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad',
  );
});

test("a key of the hash's own HMAC type is as good", () => {
  const key = created('SECRET_KEY', 'SHA256_HMAC', { VALUE: Buffer.from('Jefe') });
  expect(text(sign('SHA256_HMAC', key, message))).toBe(jefe[2]![1]);
});
