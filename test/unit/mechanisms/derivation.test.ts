import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Key } from '../../../src/mechanisms/mechanism.ts';
import { ulongBytes, ulongOf } from '../../../src/model/attribute.ts';
import { CK, CKA, CKD, CKF, CKK, CKM, CKO } from '../../../src/protocol/constants.ts';
import {
  type CkmName,
  created,
  derived,
  derivedValue,
  generated,
  generic,
  hex,
  keyOf,
  operation,
  struct,
  templateOf,
  text,
  ulongs,
} from './fixture.ts';

const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const length = (bytes: number) => ({ VALUE_LEN: ulongBytes(bytes) });
const aes = (bytes: number) => ({ KEY_TYPE: ulongBytes(CKK.AES), ...length(bytes) });
const data = (value: string) => struct('CK_KEY_DERIVATION_STRING_DATA', { pData: hex(value) });

describe('keys made of keys', () => {
  test.each([
    ['CONCATENATE_BASE_AND_DATA', '0123456789abcdef'],
    ['CONCATENATE_DATA_AND_BASE', '89abcdef01234567'],
    ['XOR_BASE_AND_DATA', '88888888'],
  ] as const)('%s gives what the standard gives', (name, value) => {
    expect(derivedValue(name, generic('01234567'), {}, data('89abcdef'))).toBe(value);
    expect(derivedValue(name, generic('01234567'), length(3), data('89abcdef'))).toBe(value.slice(0, 6));
  });

  test('CONCATENATE_BASE_AND_KEY joins two, and both protect the third', () => {
    const second = generic('89abcdef');
    const result = derived('CONCATENATE_BASE_AND_KEY', generic('01234567'), {}, ulongs(7), { 7: second });
    expect(text(result.key!.made.get(CKA.VALUE)!)).toBe('0123456789abcdef');
    expect(result.heritage).toEqual({ inherits: 'protection', second: second.attributes });
    expect(() => derived('CONCATENATE_BASE_AND_KEY', generic('01'), {}, ulongs(8), { 7: second })).toThrow('CKR_KEY_HANDLE_INVALID:');
  });

  test('a key that is no secret key is joined to none', () => {
    const other = keyOf(
      new Map([
        [CKA.CLASS, ulongBytes(CKO.DATA)],
        [CKA.VALUE, hex('00')],
      ]),
    );
    expect(() => derived('CONCATENATE_BASE_AND_KEY', generic('01'), {}, ulongs(7), { 7: other })).toThrow('CKR_KEY_TYPE_INCONSISTENT:');
  });

  test('EXTRACT_KEY_FROM_KEY takes bits from any on, and round the end', () => {
    expect(derivedValue('EXTRACT_KEY_FROM_KEY', generic('329f84a9'), length(2), ulongs(21))).toBe('9526');
    expect(derivedValue('EXTRACT_KEY_FROM_KEY', generic('329f84a9'), length(4), ulongs(0))).toBe('329f84a9');
    expect(derivedValue('EXTRACT_KEY_FROM_KEY', generic('329f84a9'), length(4), ulongs(24))).toBe('a9329f84');
    expect(() => derived('EXTRACT_KEY_FROM_KEY', generic('329f84a9'), {}, ulongs(0))).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    expect(() => derived('EXTRACT_KEY_FROM_KEY', generic('329f84a9'), length(2), ulongs(32))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => derived('EXTRACT_KEY_FROM_KEY', generic('329f84a9'), length(5), ulongs(0))).toThrow('CKR_KEY_SIZE_RANGE:');
  });

  test('a key type with one length needs none, with several it needs one, and more than there is is refused', () => {
    const base = generic(KEY);
    const des3 = derived('SHA256_KEY_DERIVATION', base, { KEY_TYPE: ulongBytes(CKK.DES3) }).key!;
    expect(des3.made.get(CKA.VALUE)!.length).toBe(24);
    for (const byte of des3.made.get(CKA.VALUE)!) expect(byte.toString(2).replaceAll('0', '').length % 2).toBe(1);
    expect(() => derived('SHA256_KEY_DERIVATION', base, { KEY_TYPE: ulongBytes(CKK.AES) })).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    expect(() => derived('SHA256_KEY_DERIVATION', base, aes(20))).toThrow('CKR_KEY_SIZE_RANGE:');
    expect(() => derived('SHA_1_KEY_DERIVATION' as CkmName, base, {})).toThrow('CKM_SHA_1_KEY_DERIVATION does not deriveKey');
    expect(() => derived('SHA1_KEY_DERIVATION', base, aes(32))).toThrow('CKR_KEY_SIZE_RANGE:');
  });

  test('what a new key is follows from its template, and is said', () => {
    const { implied, made } = derived('SHA256_KEY_DERIVATION', generic(KEY), aes(16)).key!;
    expect([ulongOf(implied, CKA.CLASS), ulongOf(implied, CKA.KEY_TYPE)]).toEqual([CKO.SECRET_KEY, CKK.AES]);
    expect(ulongOf(made, CKA.VALUE_LEN)).toBe(16);
    expect(made.get(CKA.CHECK_VALUE)!.length).toBe(3);
  });
});

describe('keys that are hashes and ciphertexts', () => {
  test.each([
    ['SHA1_KEY_DERIVATION', 'sha1'],
    ['SHA512_256_KEY_DERIVATION', 'sha512-256'],
    ['SHA3_384_KEY_DERIVATION', 'sha3-384'],
    ['BLAKE2B_512_KEY_DERIVE', 'blake2b512'],
    ['MD5_KEY_DERIVATION', 'md5'],
  ] as const)('%s is the hash of the base key', (name, hash) => {
    expect(derivedValue(name, generic(KEY), {})).toBe(createHash(hash).update(hex(KEY)).digest('hex'));
  });

  test.each([
    ['SHAKE_128_KEY_DERIVATION', 'shake128', 32],
    ['SHAKE_256_KEY_DERIVATION', 'shake256', 64],
  ] as const)('%s gives as much as is asked for', (name, hash, own) => {
    const value = (outputLength: number) => createHash(hash, { outputLength }).update(hex(KEY)).digest('hex');
    expect(derivedValue(name, generic(KEY), {})).toBe(value(own));
    expect(derivedValue(name, generic(KEY), length(300))).toBe(value(300));
  });

  test('encrypted data makes keys of its beginning, and is long enough or refused', () => {
    const key = created('SECRET_KEY', 'AES', { VALUE: hex(KEY) });
    const plain = '00112233445566778899aabbccddeeff';
    expect(derivedValue('AES_ECB_ENCRYPT_DATA', key, aes(16), data(plain))).toBe('8ea2b7ca516745bfeafc49904b496089');
    const cbc = struct('CK_AES_CBC_ENCRYPT_DATA_PARAMS', { iv: new Uint8Array(16), pData: hex(plain + plain) });
    expect(derivedValue('AES_CBC_ENCRYPT_DATA', key, aes(16), cbc)).toBe('8ea2b7ca516745bfeafc49904b496089');
    expect(() => derived('AES_ECB_ENCRYPT_DATA', key, aes(32), data(plain))).toThrow('CKR_DATA_LEN_RANGE:');
    expect(() => derived('AES_ECB_ENCRYPT_DATA', key, aes(16), data('0011'))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => derived('AES_CBC_ENCRYPT_DATA', key, aes(16), data(plain))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });
});

describe('HKDF', () => {
  const parameter = (fields: object) =>
    struct('CK_HKDF_PARAMS', {
      ...{ bExtract: 1, bExpand: 1, prfHashMechanism: CKM.SHA256, ulSaltType: CKF.HKDF_SALT_NULL, pSalt: null, hSaltKey: 0, pInfo: null },
      ...fields,
    });
  // RFC 5869, test case 1.
  const ikm = generic('0b'.repeat(22));
  const prk = '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5';
  const okm = '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865';
  const [salt, info] = [hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9')];

  test('does its two parts together or one at a time', () => {
    const salted = { ulSaltType: CKF.HKDF_SALT_DATA, pSalt: salt };
    expect(derivedValue('HKDF_DERIVE', ikm, length(42), parameter({ ...salted, pInfo: info }))).toBe(okm);
    expect(derivedValue('HKDF_DERIVE', ikm, {}, parameter({ ...salted, bExpand: 0 }))).toBe(prk);
    expect(derivedValue('HKDF_DERIVE', generic(prk), length(42), parameter({ bExtract: 0, pInfo: info }))).toBe(okm);
  });

  test('takes its salt from a key, and zeros where there is none', () => {
    const keyed = parameter({ ulSaltType: CKF.HKDF_SALT_KEY, hSaltKey: 3, pInfo: info });
    expect(derivedValue('HKDF_DERIVE', ikm, length(42), keyed, { 3: generic(text(salt)) })).toBe(okm);
    const unsalted = createHmac('sha256', new Uint8Array(32))
      .update(hex('0b'.repeat(22)))
      .digest('hex');
    expect(derivedValue('HKDF_DERIVE', ikm, {}, parameter({ bExpand: 0 }))).toBe(unsalted);
  });

  test('makes data as well as keys', () => {
    const template = { CLASS: ulongBytes(CKO.DATA), ...length(42) };
    const { key } = derived('HKDF_DATA', ikm, template, parameter({ ulSaltType: CKF.HKDF_SALT_DATA, pSalt: salt, pInfo: info }));
    expect(text(key!.made.get(CKA.VALUE)!)).toBe(okm);
    expect(ulongOf(key!.implied, CKA.CLASS)).toBe(CKO.DATA);
    expect(key!.template.map(({ type }) => type)).toEqual([CKA.CLASS]);
  });

  test.each([
    ['neither of its parts', { bExtract: 0, bExpand: 0 }, length(32)],
    ['a hash that there is not', { prfHashMechanism: CKM.AES_GCM }, length(32)],
    ['a salt from nowhere', { ulSaltType: 9 }, length(32)],
  ])('with %s is refused', (_, fields, template) => {
    expect(() => derived('HKDF_DERIVE', ikm, template, parameter(fields))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('is told how much to give, and gives no more than its counter can count', () => {
    expect(() => derived('HKDF_DERIVE', ikm, {}, parameter({}))).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    expect(() => derived('HKDF_DERIVE', ikm, length(255 * 32 + 1), parameter({}))).toThrow('CKR_KEY_SIZE_RANGE:');
  });
});

describe('SP 800-108', () => {
  const counter = (bits: number, little = 0) => Buffer.concat([ulongBytes(little), ulongBytes(bits)]);
  const dkm = (method: number) => Buffer.concat([ulongBytes(method), ulongBytes(0), ulongBytes(32)]);
  const bytes = (value: Uint8Array) => ({ type: CK.SP800_108_BYTE_ARRAY, pValue: value });
  const iteration = (pValue: Uint8Array | null) => ({ type: CK.SP800_108_ITERATION_VARIABLE, pValue });
  const fixed = [
    bytes(Buffer.from('label')),
    bytes(hex('00')),
    bytes(Buffer.from('context')),
    { type: CK.SP800_108_DKM_LENGTH, pValue: dkm(CK.SP800_108_DKM_LENGTH_SUM_OF_KEYS) },
  ];
  const parameter = (fields: object) =>
    struct('CK_SP800_108_KDF_PARAMS', {
      ...{ prfType: CKM.SHA256_HMAC, pDataParams: [iteration(counter(32)), ...fixed], pAdditionalDerivedKeys: [] },
      ...fields,
    });
  const base = generic(KEY);

  // OpenSSL's KBKDF with the same label, context and key.
  test('counter mode gives what OpenSSL gives, with HMAC and with CMAC', () => {
    const hmac = 'c5115a8e2c9cf655fabbfecbe725e440a9838838f5b46130c654f368f780edd650d532c0fdeb6a35';
    expect(derivedValue('SP800_108_COUNTER_KDF', base, length(40), parameter({}))).toBe(hmac);
    const cmac = 'f14b2590d159191e74c966b0ccefd4e8acc21dac50a6b9816be8a8b591834af5291ae4253390327d';
    const key = created('SECRET_KEY', 'AES', { VALUE: hex(KEY) });
    expect(derivedValue('SP800_108_COUNTER_KDF', key, length(40), parameter({ prfType: CKM.AES_CMAC }))).toBe(cmac);
  });

  test('feedback mode gives what OpenSSL gives', () => {
    const fields = {
      prfType: CKM.SHA256_HMAC,
      pDataParams: [iteration(null), { type: CK.SP800_108_COUNTER, pValue: counter(32) }, ...fixed],
      pIV: hex(KEY),
      pAdditionalDerivedKeys: [],
    };
    const expected = '0d780b1ee0cf778e419f17824e755d6935776b4164509d9fa7b750ee1131515608a2e001bf0f62df';
    const feedback = struct('CK_SP800_108_FEEDBACK_KDF_PARAMS', fields);
    expect(derivedValue('SP800_108_FEEDBACK_KDF', base, length(40), feedback)).toBe(expected);
  });

  test('double pipeline mode is two chains of HMACs', () => {
    const hmac = (...parts: Uint8Array[]) => createHmac('sha256', hex(KEY)).update(Buffer.concat(parts)).digest();
    const label = Buffer.from('label');
    const a1 = hmac(label);
    const expected = Buffer.concat([hmac(a1, label), hmac(hmac(a1), label)]).subarray(0, 40);
    const pipeline = parameter({ pDataParams: [iteration(null), bytes(label)] });
    expect(derivedValue('SP800_108_DOUBLE_PIPELINE_KDF', base, length(40), pipeline)).toBe(text(expected));
  });

  test('several keys share no segment, and their handles go back', () => {
    const hmac = (n: number) => createHmac('sha256', hex(KEY)).update(Uint8Array.of(n, 0)).digest();
    const more = { pAdditionalDerivedKeys: [{ pTemplate: templateOf(aes(16)) }, { pTemplate: templateOf(length(33)) }] };
    const little = parameter({ pDataParams: [iteration(counter(16, 1))], ...more });
    const { key, further, returned } = derived('SP800_108_COUNTER_KDF', base, length(48), little);
    const values = [key!, ...further!].map(({ made }) => text(made.get(CKA.VALUE)!));
    expect(values[0]).toBe(text(Buffer.concat([hmac(1), hmac(2)]).subarray(0, 48)));
    expect(values[1]).toBe(text(hmac(3).subarray(0, 16)));
    expect(values[2]).toBe(text(Buffer.concat([hmac(4), hmac(5)]).subarray(0, 33)));
    expect(returned!([5, 6])).toEqual({
      struct: 'CK_SP800_108_KDF_PARAMS',
      fields: { pAdditionalDerivedKeys: [{ phKey: 5 }, { phKey: 6 }] },
    });
  });

  test('the length is that of the keys, or that of the segments', () => {
    const told = (method: number) => {
      const pDataParams = [iteration(counter(8)), { type: CK.SP800_108_DKM_LENGTH, pValue: dkm(method) }];
      const more = { pAdditionalDerivedKeys: [{ pTemplate: templateOf(aes(16)) }] };
      return derivedValue('SP800_108_COUNTER_KDF', base, length(48), parameter({ pDataParams, ...more })).slice(0, 64);
    };
    const hmac = (bits: number) =>
      createHmac('sha256', hex(KEY))
        .update(Uint8Array.of(1, 0, 0, bits >> 8, bits & 255))
        .digest('hex');
    expect(told(CK.SP800_108_DKM_LENGTH_SUM_OF_KEYS)).toBe(hmac(512));
    expect(told(CK.SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS)).toBe(hmac(768));
  });

  test('a key may stand in the data', () => {
    const keyed = parameter({ pDataParams: [iteration(counter(8)), { type: CK.SP800_108_KEY_HANDLE, pValue: ulongs(9) }] });
    const expected = createHmac('sha256', hex(KEY)).update(hex('01aabb')).digest('hex');
    expect(derivedValue('SP800_108_COUNTER_KDF', base, length(32), keyed, { 9: generic('aabb') })).toBe(expected);
  });

  test.each([
    ['no iteration variable', { pDataParams: fixed }],
    ['two iteration variables', { pDataParams: [iteration(counter(8)), iteration(counter(8))] }],
    ['a counter beside the counter', { pDataParams: [iteration(counter(8)), { type: CK.SP800_108_COUNTER, pValue: counter(8) }] }],
    ['a counter of no whole bytes', { pDataParams: [iteration(counter(12))] }],
    ['a counter of no format', { pDataParams: [iteration(null)] }],
    ['data of no kind', { pDataParams: [iteration(counter(8)), { type: 99, pValue: hex('00') }] }],
    ['a function that there is not', { prfType: CKM.SHA256 }],
    ['a counter that overflows', { pDataParams: [iteration(counter(8))], wanted: 256 * 32 }],
  ])('with %s is refused', (_, given: object) => {
    const { wanted = 32, ...fields } = given as { readonly wanted?: number };
    expect(() => derived('SP800_108_COUNTER_KDF', base, length(wanted), parameter(fields))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });
});

describe('agreement', () => {
  const named = (name: string) => Buffer.from([0x13, name.length, ...Buffer.from(name)]);
  const parameter = (point: Uint8Array | null, kdf: number, shared: string | null = null) =>
    struct('CK_ECDH1_DERIVE_PARAMS', { kdf, pSharedData: shared === null ? null : hex(shared), pPublicData: point });
  const pairs = async (name: CkmName, curve: string) => [
    await generated(name, { EC_PARAMS: named(curve) }),
    await generated(name, { EC_PARAMS: named(curve) }),
  ];
  const point = (key: Key) => key.attributes.get(CKA.EC_POINT)!;

  test.each([
    ['EC_KEY_PAIR_GEN', 'secp256r1'],
    ['EC_KEY_PAIR_GEN', 'secp521r1'],
    ['EC_KEY_PAIR_GEN', 'secp256k1'],
    ['EC_KEY_PAIR_GEN', 'brainpoolP384t1'],
    ['EC_MONTGOMERY_KEY_PAIR_GEN', 'curve25519'],
    ['EC_MONTGOMERY_KEY_PAIR_GEN', 'X448'],
  ] as const)('both sides of %s on %s have the same secret, and a longer derivation begins with a shorter one', async (name, curve) => {
    const [a, b] = await pairs(name, curve);
    for (const kdf of [CKD.NULL, CKD.SHA256_KDF, CKD.SHA512_KDF_SP800, CKD.BLAKE2B_384_KDF]) {
      const mine = derivedValue('ECDH1_DERIVE', a!.privateKey, {}, parameter(point(b!.publicKey), kdf));
      expect(derivedValue('ECDH1_DERIVE', b!.privateKey, {}, parameter(point(a!.publicKey), kdf))).toBe(mine);
      const short = derivedValue('ECDH1_DERIVE', a!.privateKey, aes(16), parameter(point(b!.publicKey), kdf));
      // "The truncation removes bytes from the leading end."
      expect(kdf === CKD.NULL ? mine.endsWith(short) : mine.startsWith(short)).toBe(true);
    }
  });

  test('a derivation with a hash is X9.63 or SP 800-56A, and shared data counts', async () => {
    const [a, b] = await pairs('EC_KEY_PAIR_GEN', 'prime256v1');
    const derive = (kdf: number, shared: string | null) =>
      derivedValue('ECDH1_DERIVE', a!.privateKey, length(40), parameter(point(b!.publicKey), kdf, shared));
    const secret = hex(derivedValue('ECDH1_DERIVE', a!.privateKey, {}, parameter(point(b!.publicKey), CKD.NULL)));
    const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    const [one, two, info] = [hex('00000001'), hex('00000002'), hex('aabb')];
    const x963 = Buffer.concat([hash(secret, one, info), hash(secret, two, info)]).subarray(0, 40);
    const concatenation = Buffer.concat([hash(one, secret, info), hash(two, secret, info)]).subarray(0, 40);
    expect(derive(CKD.SHA256_KDF, 'aabb')).toBe(text(x963));
    expect(derive(CKD.SHA256_KDF_SP800, 'aabb')).toBe(text(concatenation));
    expect(() => derive(CKD.NULL, 'aabb')).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => derive(CKD.CPDIVERSIFY_KDF, null)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('what is encapsulated for a public key its private key decapsulates', async () => {
    for (const [generation, curve] of [
      ['EC_KEY_PAIR_GEN', 'secp384r1'],
      ['EC_MONTGOMERY_KEY_PAIR_GEN', 'x25519'],
    ] as const) {
      const [{ publicKey, privateKey }] = (await pairs(generation, curve)) as [Awaited<ReturnType<typeof generated>>];
      const asked = parameter(null, CKD.SHA256_KDF);
      const encapsulating = operation('ECDH1_DERIVE', 'encapsulateKey')(publicKey, asked);
      const { ciphertext, key } = encapsulating.encapsulate(templateOf(aes(32)));
      expect(ciphertext.length).toBe(encapsulating.size);
      const back = operation('ECDH1_DERIVE', 'decapsulateKey')(privateKey, asked, ciphertext, templateOf(aes(32)));
      expect(back.made.get(CKA.VALUE)).toEqual(key.made.get(CKA.VALUE));
      expect(() => operation('ECDH1_DERIVE', 'encapsulateKey')(publicKey, parameter(ciphertext, CKD.NULL))).toThrow(
        'CKR_MECHANISM_PARAM_INVALID:',
      );
    }
  });
});

describe('CKM_PUB_KEY_FROM_PRIV_KEY', () => {
  test.each([
    ['RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1024) }],
    ['EC_KEY_PAIR_GEN', { EC_PARAMS: hex('06082a8648ce3d030107') }],
    ['EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: hex('06032b6570') }],
    ['EC_MONTGOMERY_KEY_PAIR_GEN', { EC_PARAMS: hex('06032b656f') }],
  ] as const)('gives the public key of %s', async (name, template) => {
    const { publicKey, privateKey } = await generated(name, template);
    const { key } = derived('PUB_KEY_FROM_PRIV_KEY', privateKey, {});
    for (const [type, value] of key!.made) {
      if (type !== CKA.MODULUS_BITS) expect(text(publicKey.attributes.get(type)!)).toBe(text(value));
    }
    expect(ulongOf(key!.implied, CKA.CLASS)).toBe(CKO.PUBLIC_KEY);
  });

  test('keeps what the private key may do, unless the template says otherwise, and takes no other key', async () => {
    const { privateKey } = await generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: hex('06032b6570') });
    const base = keyOf(new Map([...privateKey.attributes, [CKA.SIGN, hex('01')], [CKA.ID, hex('77')]]));
    const made = derived('PUB_KEY_FROM_PRIV_KEY', base, { ID: hex('88') }).key!.made;
    expect([made.get(CKA.VERIFY), made.has(CKA.ID)]).toEqual([hex('01'), false]);
    expect(() => derived('PUB_KEY_FROM_PRIV_KEY', generic('00'), {})).toThrow('CKR_KEY_TYPE_INCONSISTENT:');
  });
});
