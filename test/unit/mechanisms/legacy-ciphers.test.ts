// Known answers of the ciphers that `legacy` adds, each from its own standard.
import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { legacyCipher } from '../../../src/crypto/legacy.ts';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, type CKK } from '../../../src/protocol/constants.ts';
import type { MechanismParameter } from '../../../src/protocol/parameters.ts';
import {
  type CkmName,
  created,
  cut,
  derivedValue,
  hex,
  inParts,
  made,
  operation,
  sequential,
  sign,
  signParts,
  slow,
  struct,
  templateOf,
  text,
  ulongs,
  verify,
} from './fixture.ts';

const key = (keyType: keyof typeof CKK, value: string) => created('SECRET_KEY', keyType, { VALUE: hex(value) });
const zeros = (length: number): string => '00'.repeat(length);

/** Whole and in parts, there and back. */
function known(name: CkmName, of: ReturnType<typeof key>, parameter: MechanismParameter, plain: string, encrypted: string): void {
  const encrypt = () => operation(name, 'encrypt')(of, parameter);
  const decrypt = () => operation(name, 'decrypt')(of, parameter);
  expect(text(encrypt().once(hex(plain)))).toBe(encrypted);
  expect(text(inParts(encrypt(), cut(hex(plain), 3)))).toBe(encrypted);
  expect(text(decrypt().once(hex(encrypted)))).toBe(plain);
  expect(text(inParts(decrypt(), cut(hex(encrypted), 5)))).toBe(plain);
}

test.each([
  // RFC 4269, appendix B.
  ['SEED', zeros(16), sequential(16), '5ebac6e0054e166819aff1cc6d346cdb'],
  ['SEED', sequential(16), zeros(16), 'c11f22f20140505084483597e4370f43'],
  ['SEED', '4706480851e61be85d74bfb3fd956185', '83a2f8a288641fb9a4e9a5cc2f131c7d', 'ee54d13ebcae706d226bc3142cd40d4a'],
  ['SEED', '28dbc3bc49ffd87dcfa509b11d422be7', 'b41e6be2eba84a148e2eed84593c5ec7', '9b9b7bfcd1813cb95d0b3618f40f5122'],
  // RFC 2144, appendix B.1.
  ['CAST128', '0123456712345678234567893456789a', '0123456789abcdef', '238b4fe5847e44b2'],
  ['CAST128', '01234567123456782345', '0123456789abcdef', 'eb6a711a2c02271b'],
  ['CAST128', '0123456712', '0123456789abcdef', '7ac816d16e9b302e'],
  // Lai's thesis (ETH 9752), where IDEA was first written down.
  ['IDEA', '00010002000300040005000600070008', '0000000100020003', '11fbed2b01986de5'],
] as const)('%s with the key %s', (name, value, plain, encrypted) => {
  const of = key(name, value);
  known(`${name}_ECB`, of, null, plain, encrypted);
  known(`${name}_CBC`, of, new Uint8Array(plain.length / 2), plain, encrypted);
});

test.each([
  // Schneier's, by way of Eric Young: key, data, result.
  ['0000000000000000', '0000000000000000', '4ef997456198dd78'],
  ['ffffffffffffffff', 'ffffffffffffffff', '51866fd5b85ecb8a'],
  ['0131d9619dc1376e', '5cd54ca83def57da', 'b1b8cc0b250f09a0'],
])('Blowfish with the key %s', (value, plain, encrypted) => {
  known('BLOWFISH_CBC', key('BLOWFISH', value), new Uint8Array(8), plain, encrypted);
});

test('Blowfish chains its blocks, as in the same collection', () => {
  const data = Buffer.from(`7654321 Now is the time for ${'\0'.repeat(4)}`).toString('hex');
  const encrypted = '6b77b4d63006dee605b156e27403979358deb9e7154616d959f1652bd5ff92cc';
  known('BLOWFISH_CBC', key('BLOWFISH', '0123456789abcdeff0e1d2c3b4a59687'), hex('fedcba9876543210'), data, encrypted);
});

describe('RC2', () => {
  // RFC 2268, section 5: key, effective bits, data, result.
  test.each([
    ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
    ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
    ['88', 64, '0000000000000000', '61a8a244adacccf0'],
    ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
    ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
    ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
    ['88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e', 129, '0000000000000000', '5b78d3a43dfff1f1'],
  ])('with the key %s, of which %i bits are effective', (value, bits, plain, encrypted) => {
    const of = key('RC2', value);
    known('RC2_ECB', of, ulongs(bits), plain, encrypted);
    known('RC2_CBC', of, Buffer.concat([ulongs(bits), new Uint8Array(8)]), plain, encrypted);
    expect(text(sign('RC2_MAC_GENERAL', of, hex(plain), ulongs(bits, 8)))).toBe(encrypted);
    expect(text(signParts('RC2_MAC', of, cut(hex(plain), 3), ulongs(bits)))).toBe(encrypted.slice(0, 8));
    expect(verify('RC2_MAC', of, hex(plain), hex(encrypted.slice(0, 8)), ulongs(bits))).toBe(true);
  });

  test('chains and pads as node:crypto does, which has it with 128 bits', () => {
    const [value, iv, data] = [sequential(16), hex('fedcba9876543210'), Buffer.from(sequential(37), 'hex')];
    const reference = createCipheriv(legacyCipher('rc2-cbc'), hex(value), iv);
    const expected = Buffer.concat([reference.update(data), reference.final()]).toString('hex');
    known('RC2_CBC_PAD', key('RC2', value), Buffer.concat([ulongs(128), iv]), data.toString('hex'), expected);
  });

  test.each([0, 1025])('with %i effective bits is refused', (bits) => {
    for (const name of ['encrypt', 'decrypt'] as const)
      expect(() => operation('RC2_ECB', name)(key('RC2', '88'), ulongs(bits))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => sign('RC2_MAC', key('RC2', '88'), hex(''), ulongs(bits))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('tells wrong padding, and what is no whole block', () => {
    const [of, parameter] = [key('RC2', sequential(16)), Buffer.concat([ulongs(128), new Uint8Array(8)])];
    const unpadded = operation('RC2_CBC', 'encrypt')(of, parameter).once(hex(zeros(16)));
    expect(() => operation('RC2_CBC_PAD', 'decrypt')(of, parameter).once(unpadded)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
    for (const name of ['RC2_CBC', 'RC2_CBC_PAD'] as const)
      expect(() => operation(name, 'decrypt')(of, parameter).once(hex(zeros(9)))).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
    expect(() => operation('RC2_CBC', 'encrypt')(of, parameter).once(hex(zeros(9)))).toThrow('CKR_DATA_LEN_RANGE:');
  });
});

test.each([
  // RFC 6229, section 2: the first 32 bytes of the key stream.
  [40, '0102030405', 'b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919'],
  [128, sequential(17).slice(2), '9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c'],
])('RC4 with a key of %i bits', (_bits, value, keyStream) => {
  known('RC4', key('RC4', value), null, zeros(32), keyStream);
});

describe('MACs and padding', () => {
  test.each([
    ['SEED', 'seed-cbc', 16, 16],
    ['CAST128', 'cast5-cbc', 8, 11],
    ['IDEA', 'idea-cbc', 8, 16],
  ] as const)('of %s are made of its CBC', (name, openssl, block, length) => {
    const [of, value, data] = [key(name, sequential(length)), hex(sequential(length)), hex(sequential(37))];
    const chain = createCipheriv(legacyCipher(openssl), value, new Uint8Array(block)).setAutoPadding(false);
    const filled = Buffer.concat([data, new Uint8Array(Math.ceil(37 / block) * block - 37)]);
    const expected = text(chain.update(filled).subarray(-block));
    expect(text(sign(`${name}_MAC`, of, data))).toBe(expected.slice(0, block));
    expect(text(signParts(`${name}_MAC_GENERAL`, of, cut(data, 3, 20), ulongs(block)))).toBe(expected);
    const padded = createCipheriv(legacyCipher(openssl), value, new Uint8Array(block));
    known(`${name}_CBC_PAD`, of, new Uint8Array(block), text(data), text(Buffer.concat([padded.update(data), padded.final()])));
  });
});

describe('keys', () => {
  // "The first three bytes of the ECB encryption of a single block of null bytes", where the type has one such cipher.
  test.each([
    ['SEED', sequential(16), 'c11f22'],
    ['BLOWFISH', zeros(8), '4ef997'],
    ['RC2', '00', '5ba93c'],
    ['RC4', '00', '5ba93c'],
  ] as const)('a %s key has the check value that its type gives it', (name, value, expected) => {
    expect(text(key(name, value).attributes.get(CKA.CHECK_VALUE)!)).toBe(expected);
  });

  test('are generated as long as asked, within what their type can have', () => {
    for (const [name, most] of [
      ['BLOWFISH_KEY_GEN', 56],
      ['CAST128_KEY_GEN', 16],
      ['RC2_KEY_GEN', 128],
      ['RC4_KEY_GEN', 256],
    ] as const) {
      const generate = (length: number) => made(name, templateOf({ VALUE_LEN: ulongBytes(length) }));
      for (const length of [1, most]) expect(generate(length).get(CKA.VALUE)!.length).toBe(length);
      for (const length of [0, most + 1]) expect(() => generate(length)).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
  });

  test.each(['SEED_KEY_GEN', 'IDEA_KEY_GEN'] as const)('%s tells no length', (name) => {
    const attributes = made(name, []);
    expect(attributes.get(CKA.VALUE)!.length).toBe(16);
    expect(attributes.has(CKA.VALUE_LEN)).toBe(false);
  });

  test('are derived by encrypting with SEED', () => {
    const base = key('SEED', zeros(16));
    const once = derivedValue('SEED_ECB_ENCRYPT_DATA', base, {}, struct('CK_KEY_DERIVATION_STRING_DATA', { pData: hex(sequential(16)) }));
    expect(once).toBe('5ebac6e0054e166819aff1cc6d346cdb');
    const parameter = struct('CK_SEED_CBC_ENCRYPT_DATA_PARAMS', { iv: hex(sequential(16)), pData: hex(zeros(16)) });
    expect(derivedValue('SEED_CBC_ENCRYPT_DATA', base, {}, parameter)).toBe('5ebac6e0054e166819aff1cc6d346cdb');
  });

  // The purpose, password, salt and iterations of OpenSSL's own vectors for PKCS12KDF: only the length is RC2's and RC4's.
  test.each([
    ['PBE_SHA1_RC4_128', 'RC4', '8aaae6297b6cb04642ab5b077851284e'],
    ['PBE_SHA1_RC4_40', 'RC4', '8aaae6297b'],
    ['PBE_SHA1_RC2_128_CBC', 'RC2', '8aaae6297b6cb04642ab5b077851284e'],
    ['PBE_SHA1_RC2_40_CBC', 'RC2', '8aaae6297b'],
  ] as const)('CKM_%s makes one of a password, with an initialisation vector where %s has one', async (name, keyType, value) => {
    const fields = { pPassword: hex('0073006d006500670000'), pSalt: hex('0a58cf64530d823f'), ulIteration: 1 };
    const given = struct('CK_PBE_PARAMS', fields);
    expect(text((await operation(name, 'generateKey')([], given, slow)).get(CKA.VALUE)!)).toBe(value);
    if (keyType === 'RC4') return expect(() => operation(name, 'generateKeyReturns')).toThrow('does not generateKeyReturns');
    const returned = await operation(name, 'generateKeyReturns')(given, slow);
    expect(text((returned.fields as { pInitVector: Uint8Array }).pInitVector)).toBe('79993dfe048d3b76');
  });
});

describe('the feedback modes of DES', () => {
  const single = '0123456789abcdef';
  const double = `${single}23456789abcdef01`;
  const triple = `${double}456789abcdef0123`;
  const [iv, data] = [hex('1234567890abcdef'), Buffer.from('Now is the time for all ').toString('hex')];

  // The key, the vector and the data of FIPS 81's examples.
  test.each([
    ['DES_CFB64', 'des-cfb'],
    ['DES_CFB8', 'des-cfb8'],
    ['DES_OFB64', 'des-ofb'],
  ] as const)('%s with one key is OpenSSL’s', (name, openssl) => {
    const expected = text(createCipheriv(legacyCipher(openssl), hex(single), iv).update(hex(data)));
    known(name, key('DES', single), iv, data, expected);
  });

  test('DES_CFB8 gives what FIPS 81 gives', () => {
    known('DES_CFB8', key('DES', single), iv, data.slice(0, 18), 'f31fda07011462ee18');
  });

  test('DES_OFB8 feeds back the first byte of each encrypted register', () => {
    let [register, expected] = [Buffer.from(iv), ''];
    for (const byte of hex(data)) {
      const first = createCipheriv(legacyCipher('des-ecb'), hex(single), null).update(register)[0]!;
      expected += Buffer.of(byte ^ first).toString('hex');
      register = Buffer.from([...register.subarray(1), first]);
    }
    known('DES_OFB8', key('DES', single), iv, data, expected);
  });

  test.each(['DES_CFB64', 'DES_CFB8', 'DES_OFB64', 'DES_OFB8'] as const)('%s takes keys of two and of three parts', (name) => {
    const encrypted = (keyType: 'DES' | 'DES2' | 'DES3', value: string) =>
      text(operation(name, 'encrypt')(key(keyType, value), iv).once(hex(data)));
    expect(encrypted('DES2', double)).toBe(encrypted('DES3', double + single));
    expect(encrypted('DES3', single + single + single)).toBe(encrypted('DES', single));
    expect(encrypted('DES3', triple)).not.toBe(encrypted('DES2', double));
  });
});
