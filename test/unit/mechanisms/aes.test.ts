import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MechanismParameter } from '../../../src/protocol/parameters.ts';
import { type CkmName, created, cut, hex, inParts, inPlace, operation, text, ulongs } from './fixture.ts';

const aesKey = (value: string) => created('SECRET_KEY', 'AES', { VALUE: hex(value) });
const key = aesKey('2b7e151628aed2a6abf7158809cf4f3c');
const plain = hex('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51');
const iv = hex('000102030405060708090a0b0c0d0e0f');
const counter = (bits: number, block: string) => Buffer.concat([ulongs(bits), hex(block)]);
const f0 = counter(128, 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

const encrypt = (name: CkmName, parameter: MechanismParameter = null, by = key) => operation(name, 'encrypt')(by, parameter);
const decrypt = (name: CkmName, parameter: MechanismParameter = null, by = key) => operation(name, 'decrypt')(by, parameter);

/** NIST SP 800-38A, appendix F; F.2.1 with the padding of a whole block. */
const known: readonly (readonly [CkmName, MechanismParameter, string])[] = [
  ['AES_ECB', null, '3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf'],
  ['AES_CBC', iv, '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2'],
  ['AES_CBC_PAD', iv, '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b255e21d7100b988ffec32feeafaf23538'],
  ['AES_CTR', f0, '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff'],
];

describe.each(known)('CKM_%s', (name, parameter, cipherText) => {
  test('gives what NIST gives, and takes it back', () => {
    expect(text(encrypt(name, parameter).once(plain))).toBe(cipherText);
    expect(text(decrypt(name, parameter).once(hex(cipherText)))).toBe(text(plain));
  });

  test('gives the same in its place, where its length is known', () => {
    const [encrypting, decrypting] = [encrypt(name, parameter), decrypt(name, parameter)];
    const size = encrypting.bound(plain.length);
    expect(text(inPlace(size, (place) => encrypting.put!(plain, place)))).toBe(cipherText);
    expect(decrypting.put === undefined).toBe(name === 'AES_CBC_PAD');
    if (decrypting.put) expect(text(inPlace(plain.length, (place) => decrypting.put!(hex(cipherText), place)))).toBe(text(plain));
  });

  test('gives the same in any parts, and never more than it announced', () => {
    const sizes = fc.array(fc.nat({ max: 20 }), { maxLength: 5 });
    fc.assert(
      fc.property(sizes, (cuts) => {
        expect(text(inParts(encrypt(name, parameter), cut(plain, ...cuts)))).toBe(cipherText);
        expect(text(inParts(decrypt(name, parameter), cut(hex(cipherText), ...cuts)))).toBe(text(plain));
      }),
    );
  });

  test('announces enough for one part', () => {
    for (const length of [0, 16, 32, 48]) {
      const ciphering = encrypt(name, parameter);
      const bound = ciphering.bound(length);
      expect(ciphering.once(new Uint8Array(length)).length).toBeLessThanOrEqual(bound);
    }
    const ciphering = decrypt(name, parameter);
    expect(ciphering.bound(cipherText.length / 2)).toBe(cipherText.length / 2);
  });

  test('works with keys of 24 and 32 bytes', () => {
    for (const by of [aesKey('00'.repeat(24)), aesKey('00'.repeat(32))]) {
      const sealed = encrypt(name, parameter, by).once(plain);
      expect(text(sealed)).not.toBe(cipherText);
      expect(text(decrypt(name, parameter, by).once(sealed))).toBe(text(plain));
    }
  });
});

describe('the ends of blocks', () => {
  test.each(['AES_ECB', 'AES_CBC'] as const)('%s takes whole blocks only', (name) => {
    const parameter = name === 'AES_ECB' ? null : iv;
    for (const length of [1, 15, 17]) {
      const data = new Uint8Array(length);
      expect(() => encrypt(name, parameter).once(data)).toThrow('CKR_DATA_LEN_RANGE:');
      expect(() => decrypt(name, parameter).once(data)).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
      expect(() => inParts(encrypt(name, parameter), [data])).toThrow('CKR_DATA_LEN_RANGE:');
      expect(() => inParts(decrypt(name, parameter), [data])).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
    }
    expect(encrypt(name, parameter).once(new Uint8Array(0)).length).toBe(0);
  });

  test('CKM_AES_CBC_PAD pads any length, and unpads what was padded', () => {
    for (let length = 0; length <= 33; length++) {
      const sealed = encrypt('AES_CBC_PAD', iv).once(new Uint8Array(length));
      expect(sealed.length).toBe(length - (length % 16) + 16);
      expect(decrypt('AES_CBC_PAD', iv).once(sealed).length).toBe(length);
    }
  });

  test('CKM_AES_CBC_PAD judges lengths and padding', () => {
    for (const length of [0, 1, 17]) {
      expect(() => decrypt('AES_CBC_PAD', iv).once(new Uint8Array(length))).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
    }
    expect(() => decrypt('AES_CBC_PAD', iv).once(encrypt('AES_CBC', iv).once(plain))).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
  });
});

describe('parameters', () => {
  test.each<[string, CkmName, MechanismParameter]>([
    ['an initialisation vector for ECB', 'AES_ECB', iv],
    ['none for CBC', 'AES_CBC', null],
    ['a short one for CBC', 'AES_CBC', iv.subarray(1)],
    ['none for CBC with padding', 'AES_CBC_PAD', null],
    ['none for CTR', 'AES_CTR', null],
    ['an initialisation vector for CTR', 'AES_CTR', iv],
    ['no counter bits', 'AES_CTR', counter(0, '00'.repeat(16))],
    ['too many counter bits', 'AES_CTR', counter(129, '00'.repeat(16))],
    ['2^63 counter bits', 'AES_CTR', counter(2 ** 63, '00'.repeat(16))],
  ])('%s: refused', (_, name, parameter) => {
    expect(() => encrypt(name, parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => decrypt(name, parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test("the standard's example: two counter bits that start at 1 are good for three blocks", () => {
    const parameter = counter(2, 'ffffffffffffffffffffffffffffff01');
    expect(encrypt('AES_CTR', parameter).once(new Uint8Array(48)).length).toBe(48);
    expect(() => encrypt('AES_CTR', parameter).once(new Uint8Array(49))).toThrow('CKR_DATA_LEN_RANGE:');
    const ciphering = decrypt('AES_CTR', parameter);
    ciphering.update!(new Uint8Array(40));
    expect(() => ciphering.update!(new Uint8Array(9))).toThrow('CKR_DATA_LEN_RANGE:');
    expect(ciphering.update!(new Uint8Array(8)).length).toBe(8);
  });

  test('128 counter bits run over as well', () => {
    const last = counter(128, 'ff'.repeat(16));
    expect(encrypt('AES_CTR', last).once(new Uint8Array(16)).length).toBe(16);
    expect(() => encrypt('AES_CTR', last).once(new Uint8Array(17))).toThrow('CKR_DATA_LEN_RANGE:');
  });
});
