// Known answers of ciphers and MACs beside AES's own file.
import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hchacha20 } from '../../../src/crypto/hchacha20.ts';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import {
  type CkmName,
  created,
  cut,
  digested,
  generic,
  hex,
  inParts,
  made,
  operation,
  sequential,
  sign,
  signParts,
  struct,
  templateOf,
  text,
  ulongs,
  verify,
} from './fixture.ts';

const sunscreen = Buffer.from(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
);

describe('ChaCha20', () => {
  const key = (value: string) => created('SECRET_KEY', 'CHACHA20', { VALUE: hex(value) });

  test('RFC 8439, 2.4.2, whole and in parts, there and back', () => {
    const fields = { pBlockCounter: hex('01000000'), blockCounterBits: 32, pNonce: hex('000000000000004a00000000'), ulNonceBits: 96 };
    const parameter = struct('CK_CHACHA20_PARAMS', fields);
    const expected =
      '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8' +
      '07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d';
    const encrypt = () => operation('CHACHA20', 'encrypt')(key(sequential(32)), parameter);
    expect(text(encrypt().once(sunscreen))).toBe(expected);
    expect(text(inParts(encrypt(), cut(sunscreen, 1, 64)))).toBe(expected);
    expect(text(operation('CHACHA20', 'decrypt')(key(sequential(32)), parameter).once(hex(expected)))).toBe(text(sunscreen));
  });

  test('the counter does not come round', () => {
    const fields = { pBlockCounter: hex('ffffffff'), blockCounterBits: 32, pNonce: new Uint8Array(12), ulNonceBits: 96 };
    const encrypt = () => operation('CHACHA20', 'encrypt')(key(sequential(32)), struct('CK_CHACHA20_PARAMS', fields));
    expect(encrypt().once(new Uint8Array(64)).length).toBe(64);
    expect(() => encrypt().once(new Uint8Array(65))).toThrow('CKR_DATA_LEN_RANGE:');
  });

  test.each([
    ['a nonce of 128 bits', { pNonce: new Uint8Array(16), ulNonceBits: 128 }],
    ['no nonce', { pNonce: null, ulNonceBits: 96 }],
    ['a counter of 64 bits beside a nonce of 96', { pBlockCounter: new Uint8Array(8), blockCounterBits: 64 }],
    ['no counter', { pBlockCounter: null }],
  ])('with %s is refused', (_, fields) => {
    const usual = { pBlockCounter: new Uint8Array(4), blockCounterBits: 32, pNonce: new Uint8Array(12), ulNonceBits: 96 };
    const parameter = struct('CK_CHACHA20_PARAMS', { ...usual, ...fields });
    expect(() => operation('CHACHA20', 'encrypt')(key(sequential(32)), parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  // draft-irtf-cfrg-xchacha-03, 2.2.1 and A.3.1.
  test('with a nonce of 192 bits it is XChaCha20', () => {
    const made = hchacha20(hex(sequential(32)), hex('000000090000004a0000000031415927'));
    expect(text(made)).toBe('82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc');
    const parameter = struct('CK_SALSA20_CHACHA20_POLY1305_PARAMS', {
      pNonce: hex('404142434445464748494a4b4c4d4e4f5051525354555657'),
      pAAD: hex('50515253c0c1c2c3c4c5c6c7'),
    });
    const long = key('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
    const sealed = operation('CHACHA20_POLY1305', 'encrypt')(long, parameter).once(sunscreen);
    expect(text(sealed).slice(0, 32)).toBe('bd6d179d3e83d43b9576579493c0e939');
    expect(text(sealed).slice(-32)).toBe('c0875924c1c7987947deafd8780acf49');
  });
});

describe('AES in further modes', () => {
  const key = created('SECRET_KEY', 'AES', { VALUE: hex('2b7e151628aed2a6abf7158809cf4f3c') });
  const iv = hex(sequential(16));
  const plain = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51';

  // NIST SP 800-38A, appendix F.
  test.each([
    ['AES_OFB', '3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825'],
    ['AES_CFB128', '3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b'],
    ['AES_CFB8', '3b79424c9c0dd436bace9e0ed4586a4f32b9ded50ae3ba69d472e88267fb5052'],
  ] as const)('%s gives what NIST gives, in any parts', (name, expected) => {
    const encrypt = () => operation(name, 'encrypt')(key, iv);
    expect(text(encrypt().once(hex(plain)))).toBe(expected);
    expect(text(inParts(encrypt(), cut(hex(plain), 3, 0, 14)))).toBe(expected);
    expect(text(operation(name, 'decrypt')(key, iv).once(hex(expected)))).toBe(plain);
  });

  test('AES_CFB1 gives what NIST gives for its first bits', () => {
    expect(text(operation('AES_CFB1', 'encrypt')(key, iv).once(hex('6bc1')))).toBe('68b3');
  });

  test('AES_CFB64 moves on by 64 bits', () => {
    const ecb = (block: Uint8Array) => createCipheriv('aes-128-ecb', hex('2b7e151628aed2a6abf7158809cf4f3c'), null).update(block);
    const crossed = (a: Uint8Array, b: Uint8Array) => Buffer.from(a.map((byte, i) => byte ^ b[i]!));
    const first = crossed(hex(plain).subarray(0, 8), ecb(iv));
    const second = crossed(hex(plain).subarray(8, 16), ecb(Buffer.concat([iv.subarray(8), first])));
    const third = crossed(hex(plain).subarray(16, 21), ecb(Buffer.concat([first, second])));
    const expected = text(Buffer.concat([first, second, third]));
    expect(text(operation('AES_CFB64', 'encrypt')(key, iv).once(hex(plain).subarray(0, 21)))).toBe(expected);
    expect(text(inParts(operation('AES_CFB64', 'encrypt')(key, iv), cut(hex(plain).subarray(0, 21), 5, 4)))).toBe(expected);
    expect(text(inParts(operation('AES_CFB64', 'decrypt')(key, iv), cut(hex(expected), 9)))).toBe(plain.slice(0, 42));
  });

  test('AES_CTS is CBC with the last block but one cut, and standing before the last (CS1)', () => {
    const value = Buffer.from('chicken teriyaki');
    const stealing = created('SECRET_KEY', 'AES', { VALUE: value });
    for (const length of [16, 17, 28, 31, 32, 47]) {
      const data = hex(sequential(length));
      const cbc = createCipheriv('aes-128-cbc', value, iv).setAutoPadding(false);
      const blocks = cbc.update(Buffer.concat([data, new Uint8Array(Math.ceil(length / 16) * 16 - length)]));
      const cut1 = blocks.subarray(0, blocks.length - 16 - (blocks.length - length));
      const expected = text(Buffer.concat([cut1, blocks.subarray(-16)]));
      const encrypt = () => operation('AES_CTS', 'encrypt')(stealing, iv);
      expect(text(encrypt().once(data))).toBe(expected);
      expect(text(inParts(encrypt(), cut(data, 7)))).toBe(expected);
      expect(text(operation('AES_CTS', 'decrypt')(stealing, iv).once(hex(expected)))).toBe(text(data));
    }
    expect(() => operation('AES_CTS', 'encrypt')(stealing, iv).once(new Uint8Array(15))).toThrow('CKR_DATA_LEN_RANGE:');
  });

  test('AES_XTS refuses a key whose halves are one', () => {
    const twice = created('SECRET_KEY', 'AES_XTS', { VALUE: new Uint8Array(32) });
    expect(() => operation('AES_XTS', 'encrypt')(twice, iv).once(new Uint8Array(16))).toThrow(/^CKR_/);
  });
});

describe('MACs', () => {
  // RFC 3566, 4.6.
  test.each([
    [0, '75f0251d528ac01c4573dfd584d79f29'],
    [3, '5b376580ae2f19afe7219ceef172756f'],
    [16, 'd2a246fa349b68a79998a4394ff7a263'],
    [20, '47f51b4564966215b8985c63055ed308'],
    [32, 'f54f0ec8d2b9f3d36807734bd5283fd4'],
    [34, 'becbb3bccdb518a30677d5481fb6b4d8'],
  ])('AES_XCBC_MAC of %i bytes', (length, expected) => {
    const key = created('SECRET_KEY', 'AES', { VALUE: hex(sequential(16)) });
    const data = hex(sequential(length));
    expect(text(sign('AES_XCBC_MAC', key, data))).toBe(expected);
    expect(text(signParts('AES_XCBC_MAC', key, cut(data, 1, 15)))).toBe(expected);
    expect(text(sign('AES_XCBC_MAC_96', key, data))).toBe(expected.slice(0, 24));
    expect(verify('AES_XCBC_MAC_96', key, data, hex(expected.slice(0, 24)))).toBe(true);
  });

  test('CBC-MACs are the last block of CBC, over data filled with zeros', () => {
    for (const [name, keyType, value, block, cipher] of [
      ['AES', 'AES', sequential(16), 16, 'aes-128-cbc'],
      ['DES3', 'DES3', sequential(24), 8, 'des-ede3-cbc'],
      ['CAMELLIA', 'CAMELLIA', sequential(32), 16, 'camellia-256-cbc'],
      ['ARIA', 'ARIA', sequential(24), 16, 'aria-192-cbc'],
    ] as const) {
      const key = created('SECRET_KEY', keyType, { VALUE: hex(value) });
      const state = createCipheriv(cipher, hex(value), new Uint8Array(block)).setAutoPadding(false);
      const expected = text(
        state.update(Buffer.concat([hex(sequential(37)), new Uint8Array(Math.ceil(37 / block) * block - 37)])).subarray(-block),
      );
      const names = [`${name}_MAC`, `${name}_MAC_GENERAL`] as readonly CkmName[];
      expect(text(sign(names[0]!, key, hex(sequential(37))))).toBe(expected.slice(0, block));
      expect(text(signParts(names[1]!, key, cut(hex(sequential(37)), 3, 20), ulongs(block)))).toBe(expected);
      expect(() => sign(names[1]!, key, hex(''), ulongs(block + 1))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });

  // NIST SP 800-38B, appendix D.4.
  test('DES3_CMAC gives what NIST gives', () => {
    const key = created('SECRET_KEY', 'DES3', { VALUE: hex('8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5') });
    expect(text(sign('DES3_CMAC', key, hex('6bc1bee22e409f96')))).toBe('8e8f293136283797');
    expect(text(sign('DES3_CMAC_GENERAL', key, hex('6bc1bee22e409f96'), ulongs(4)))).toBe('8e8f2931');
  });

  // Python's hashlib and hmac.
  test.each([
    ['BLAKE2B_160', '384264f676f39536840523f284921cdc68b6846b', '05d0e7d24c6223edd7d11a2c7df48768a7a58274'],
    [
      'BLAKE2B_256',
      'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
      'b7e374c424fbebcd64814b0642797dccb4bfcf03800f5478b7b5b92e9359f5ef',
    ],
  ] as const)('%s has the length in its parameters, and an HMAC', (name, digest, hmac) => {
    expect(text(digested(operation(name, 'digest')(null), Buffer.from('abc')))).toBe(digest);
    const parts = operation(name, 'digest')(null);
    for (const part of cut(Buffer.from('abc'), 1)) parts.update(part);
    expect(text(parts.final())).toBe(digest);
    const key = generic(Buffer.from('key'.repeat(60)).toString('hex'));
    expect(text(sign(`${name}_HMAC`, key, Buffer.from('abc')))).toBe(hmac);
    expect(text(signParts(`${name}_HMAC_GENERAL`, key, cut(Buffer.from('abc'), 2), ulongs(9)))).toBe(hmac.slice(0, 18));
  });
});

describe('DES', () => {
  test('one key is three times the same', () => {
    const key = created('SECRET_KEY', 'DES', { VALUE: hex('0123456789abcdef') });
    expect(text(operation('DES_ECB', 'encrypt')(key, null).once(Buffer.from('Now is t')))).toBe('3fa40e8a984d4815');
    expect(text(key.attributes.get(CKA.CHECK_VALUE)!)).toBe('d5d44f');
  });

  test.each(['DES_KEY_GEN', 'DES2_KEY_GEN', 'DES3_KEY_GEN'] as const)('%s sets the parity, and tells no length', (name) => {
    const attributes = made(name, []);
    for (const byte of attributes.get(CKA.VALUE)!) expect(byte.toString(2).replaceAll('0', '').length % 2).toBe(1);
    expect(attributes.has(CKA.VALUE_LEN)).toBe(false);
    expect(attributes.get(CKA.CHECK_VALUE)!.length).toBe(3);
  });

  test('DES2 and DES3 keys work alike', () => {
    const [two, three] = ['0123456789abcdef23456789abcdef01', '0123456789abcdef23456789abcdef010123456789abcdef'];
    const encrypt = (keyType: 'DES2' | 'DES3', value: string) =>
      text(operation('DES3_CBC_PAD', 'encrypt')(created('SECRET_KEY', keyType, { VALUE: hex(value) }), new Uint8Array(8)).once(hex('aa')));
    expect(encrypt('DES2', two)).toBe(encrypt('DES3', three));
  });
});

test('generated keys are as long as asked', () => {
  for (const [name, length] of [
    ['SHA256_KEY_GEN', 40],
    ['HKDF_KEY_GEN', 7],
    ['CAMELLIA_KEY_GEN', 24],
    ['AES_XTS_KEY_GEN', 64],
  ] as const) {
    expect(made(name, templateOf({ VALUE_LEN: ulongBytes(length) })).get(CKA.VALUE)!.length).toBe(length);
  }
});
