// The derivations of TLS, SSL and IKE.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tlsPrf } from '../../../src/crypto/tls.ts';
import type { NewKey } from '../../../src/mechanisms/mechanism.ts';
import { isTrue, ulongBytes, ulongOf } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKM } from '../../../src/protocol/constants.ts';
import { cut, derived, derivedValue, generic, hex, made, sign, signParts, struct, text, ulongs, verify } from './fixture.ts';

const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const preMaster = `0303${'7'.repeat(92)}`;
const [client, server] = [new Uint8Array(32).fill(0xc1), new Uint8Array(32).fill(0x5e)];
const random = { pClientRandom: client, pServerRandom: server };
const value = ({ made: attributes }: NewKey): string => text(attributes.get(CKA.VALUE)!);

/** RFC 5246's P_SHA256, by hand. */
function pSha256(secret: string, seed: Uint8Array, length: number): string {
  const hmac = (...parts: Uint8Array[]) => createHmac('sha256', hex(secret)).update(Buffer.concat(parts)).digest();
  let [a, out] = [hmac(seed), Buffer.alloc(0)];
  for (; out.length < length; a = hmac(a)) out = Buffer.concat([out, hmac(a, seed)]);
  return text(out.subarray(0, length));
}
const label = (name: string, ...seed: Uint8Array[]) => Buffer.concat([Buffer.from(name), ...seed]);

describe('TLS functions', () => {
  // OpenSSL's TLS1-PRF.
  test.each([
    ['sha256', '5d148ff55cf3e27f2cc54552442f6f364931ad168b1e976774d2f4d702060b79ee9936b5eb948384d81436af745e9cf3'],
    [undefined, '655fcfe059385735827d7195ba753701fd3c0e41677b066f80c887652b4ada26ad09a4a5b06b4c08860162ae21677e57'],
  ])('with %s gives what OpenSSL gives', (hash, expected) => {
    expect(text(tlsPrf(hash, hex(KEY), Buffer.from('master secret'), hex('aabbcc'), 48))).toBe(expected);
  });
});

describe('master secrets', () => {
  const parameter = struct('CK_TLS12_MASTER_KEY_DERIVE_PARAMS', { ...random, prfHashMechanism: CKM.SHA256 });

  test('of TLS 1.2 are made of both randoms, tell the version, and are for TLS alone', () => {
    const { key, returned } = derived('TLS12_MASTER_KEY_DERIVE', generic(preMaster), {}, parameter);
    expect(value(key!)).toBe(pSha256(preMaster, label('master secret', client, server), 48));
    expect(returned!([])).toEqual({ struct: 'CK_TLS12_MASTER_KEY_DERIVE_PARAMS', fields: { pVersion: hex('0303') } });
    const allowed = key!.made.get(CKA.ALLOWED_MECHANISMS)!;
    expect(text(allowed)).toContain(text(ulongBytes(CKM.TLS12_KEY_AND_MAC_DERIVE)));
    expect(ulongOf(key!.implied, CKA.KEY_TYPE)).toBe(CKK.GENERIC_SECRET);
  });

  test('have a secret of 48 bytes before them, unless it was agreed on', () => {
    expect(() => derived('TLS12_MASTER_KEY_DERIVE', generic(KEY), {}, parameter)).toThrow('CKR_KEY_SIZE_RANGE:');
    const { key, returned } = derived('TLS12_MASTER_KEY_DERIVE_DH', generic(KEY), {}, parameter);
    expect(value(key!)).toBe(pSha256(KEY, label('master secret', client, server), 48));
    expect(returned).toBeUndefined();
  });

  test('may be bound to the session', () => {
    const fields = { prfHashMechanism: CKM.SHA256, pSessionHash: hex(KEY) };
    const extended = struct('CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS', fields);
    const expected = pSha256(preMaster, label('extended master secret', hex(KEY)), 48);
    expect(derivedValue('TLS12_EXTENDED_MASTER_KEY_DERIVE', generic(preMaster), {}, extended)).toBe(expected);
    expect(derivedValue('TLS12_EXTENDED_MASTER_KEY_DERIVE_DH', generic(preMaster), {}, extended)).toBe(expected);
    const bare = struct('CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS', { ...fields, pSessionHash: null });
    expect(() => derived('TLS12_EXTENDED_MASTER_KEY_DERIVE', generic(preMaster), {}, bare)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('of older versions are made by older functions', () => {
    const older = struct('CK_SSL3_MASTER_KEY_DERIVE_PARAMS', random);
    const seed = Buffer.concat([client, server]);
    const tls10 = text(tlsPrf(undefined, hex(preMaster), Buffer.from('master secret'), seed, 48));
    expect(derivedValue('TLS_MASTER_KEY_DERIVE', generic(preMaster), {}, older)).toBe(tls10);
    const md5 = (letters: string) =>
      createHash('md5')
        .update(hex(preMaster))
        .update(createHash('sha1').update(letters).update(hex(preMaster)).update(seed).digest())
        .digest('hex');
    expect(derivedValue('SSL3_MASTER_KEY_DERIVE', generic(preMaster), {}, older)).toBe(md5('A') + md5('BB') + md5('CCC'));
  });

  test('begin with a secret that has the version in it', () => {
    for (const name of ['TLS_PRE_MASTER_KEY_GEN', 'SSL3_PRE_MASTER_KEY_GEN'] as const) {
      const attributes = made(name, [], hex('0301'));
      expect([attributes.get(CKA.VALUE)!.length, text(attributes.get(CKA.VALUE)!).slice(0, 4)]).toEqual([48, '0301']);
      expect(() => made(name, [], hex('03'))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });
});

describe('the keys of a connection', () => {
  const master = generic('ab'.repeat(48));
  const template = { KEY_TYPE: ulongBytes(CKK.AES), LABEL: hex('6c') };
  const fields = { ulMacSizeInBits: 160, ulKeySizeInBits: 128, ulIVSizeInBits: 64, bIsExport: 0, ...random };
  const parameter = (changed: object = {}) => struct('CK_TLS12_KEY_MAT_PARAMS', { ...fields, prfHashMechanism: CKM.SHA256, ...changed });
  const block = (length: number) => pSha256('ab'.repeat(48), label('key expansion', server, client), length);

  test('are the key block, in order, and go back with their handles', () => {
    const { key, further, returned, heritage } = derived('TLS12_KEY_AND_MAC_DERIVE', master, template, parameter());
    const expected = block(2 * (20 + 16 + 8));
    expect(key).toBeUndefined();
    expect(further!.map(value).join('')).toBe(expected.slice(0, 2 * 72));
    expect(heritage).toEqual({ inherits: 'all' });
    expect(returned!([1, 2, 3, 4])).toEqual({
      struct: 'CK_TLS12_KEY_MAT_PARAMS',
      fields: {
        ...{ hClientMacSecret: 1, hServerMacSecret: 2, hClientKey: 3, hServerKey: 4 },
        ...{ pIVClient: hex(expected.slice(144, 160)), pIVServer: hex(expected.slice(160)) },
      },
    });
  });

  test('are of the types and for the uses that they are for', () => {
    const { further } = derived('TLS12_KEY_AND_MAC_DERIVE', master, template, parameter());
    const asked = (key: NewKey) => new Map(key.template.map((entry) => [entry.type, entry.value!]));
    const types = further!.map(({ implied }) => ulongOf(implied, CKA.KEY_TYPE));
    expect(types).toEqual([CKK.GENERIC_SECRET, CKK.GENERIC_SECRET, CKK.AES, CKK.AES]);
    expect([CKA.SIGN, CKA.VERIFY].every((type) => isTrue(asked(further![0]!), type))).toBe(true);
    expect([CKA.ENCRYPT, CKA.DECRYPT, CKA.DERIVE].every((type) => isTrue(asked(further![2]!), type))).toBe(true);
    for (const key of further!) expect(asked(key).get(CKA.LABEL)).toEqual(hex('6c'));
  });

  test('are two where there is no MAC, and without vectors where that is safer', () => {
    const { further, returned } = derived('TLS12_KEY_SAFE_DERIVE', master, template, parameter({ ulMacSizeInBits: 0 }));
    expect(further!.map(value).join('')).toBe(block(32));
    expect(returned!([7, 8]).fields).toMatchObject({ hClientMacSecret: 0, hClientKey: 7, hServerKey: 8, pIVClient: new Uint8Array(0) });
  });

  test('are never for export, nor of half bytes', () => {
    for (const wrong of [{ bIsExport: 1 }, { ulKeySizeInBits: 12 }, { ulIVSizeInBits: 2 ** 40 }, { prfHashMechanism: CKM.TLS_PRF }]) {
      expect(() => derived('TLS12_KEY_AND_MAC_DERIVE', master, template, parameter(wrong))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });

  test('of older versions come from older functions', () => {
    const older = struct('CK_SSL3_KEY_MAT_PARAMS', { ...fields, ulMacSizeInBits: 128, ulIVSizeInBits: 0 });
    const seed = Buffer.concat([server, client]);
    const tls10 = text(tlsPrf(undefined, hex('ab'.repeat(48)), Buffer.from('key expansion'), seed, 64));
    expect(derived('TLS_KEY_AND_MAC_DERIVE', master, template, older).further!.map(value).join('')).toBe(tls10);
    expect(derived('SSL3_KEY_AND_MAC_DERIVE', master, template, older).further!.length).toBe(4);
  });
});

describe('what else TLS makes of a master secret', () => {
  const master = generic('ab'.repeat(48));

  test('key material for others, with a context and without', () => {
    const parameter = (pContextData: Uint8Array | null, prfMechanism: number = CKM.SHA256) =>
      struct('CK_TLS_KDF_PARAMS', { prfMechanism, pLabel: Buffer.from('EXPERIMENTAL'), ...random, pContextData });
    const asked = { VALUE_LEN: ulongBytes(70) };
    const expected = (...context: Uint8Array[]) => pSha256('ab'.repeat(48), label('EXPERIMENTAL', client, server, ...context), 70);
    expect(derivedValue('TLS_KDF', master, asked, parameter(null))).toBe(expected());
    expect(derivedValue('TLS12_KDF', master, asked, parameter(hex('')))).toBe(expected(hex('0000')));
    expect(derivedValue('TLS_KDF', master, asked, parameter(hex('aabb')))).toBe(expected(hex('0002aabb')));
    expect(derivedValue('TLS_KDF', master, asked, parameter(null, CKM.TLS_PRF))).not.toBe(expected());
    expect(() => derived('TLS_KDF', master, {}, parameter(null))).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });

  test('the Finished message of either side', () => {
    const parameter = (side: number, length = 12) => ulongs(CKM.SHA256, length, side);
    const hash = hex(KEY);
    const expected = pSha256('ab'.repeat(48), label('client finished', hash), 12);
    expect(text(sign('TLS_MAC', master, hash, parameter(2)))).toBe(expected);
    expect(text(signParts('TLS12_MAC', master, cut(hash, 5), parameter(2)))).toBe(expected);
    expect(verify('TLS_MAC', master, hash, hex(expected), parameter(2))).toBe(true);
    expect(verify('TLS_MAC', master, hash, hex(expected), parameter(1))).toBe(false);
    for (const wrong of [parameter(3), parameter(1, 11)]) {
      expect(() => sign('TLS_MAC', master, hash, wrong)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });

  test('bytes that go back into the parameter, and no key', () => {
    const parameter = struct('CK_TLS_PRF_PARAMS', { pSeed: hex('aabbcc'), pLabel: Buffer.from('master secret'), pulOutputLen: 48 });
    const { key, returned } = derived('TLS_PRF', generic(KEY), {}, parameter);
    expect(key).toBeUndefined();
    const pOutput = tlsPrf(undefined, hex(KEY), Buffer.from('master secret'), hex('aabbcc'), 48);
    expect(text((returned!([]).fields as { pOutput: Uint8Array }).pOutput)).toBe(text(pOutput));
  });

  test("SSL 3.0's MACs are hashes of hashes", () => {
    const inner = createHash('sha1').update(hex(KEY)).update(Buffer.alloc(40, 0x36)).update('data').digest();
    const expected = createHash('sha1').update(hex(KEY)).update(Buffer.alloc(40, 0x5c)).update(inner).digest('hex');
    expect(text(sign('SSL3_SHA1_MAC', generic(KEY), Buffer.from('data'), ulongs(8)))).toBe(expected.slice(0, 16));
  });
});

describe('IKE', () => {
  const hmac = (key: string, ...parts: string[]) =>
    createHmac('sha256', hex(key))
      .update(hex(parts.join('')))
      .digest('hex');
  const nonces = { pNi: hex('aa11'), pNr: hex('bb22') };
  const initial = (fields: object) =>
    struct('CK_IKE_PRF_DERIVE_PARAMS', { prfMechanism: CKM.SHA256_HMAC, bDataAsKey: 0, bRekey: 0, hNewKey: 0, ...nonces, ...fields });

  test('the first key is made in three ways', () => {
    expect(derivedValue('IKE_PRF_DERIVE', generic(KEY), {}, initial({ bDataAsKey: 1 }))).toBe(hmac('aa11bb22', KEY));
    expect(derivedValue('IKE_PRF_DERIVE', generic(KEY), {}, initial({}))).toBe(hmac(KEY, 'aa11bb22'));
    const rekey = initial({ bRekey: 1, hNewKey: 4 });
    expect(derivedValue('IKE_PRF_DERIVE', generic(KEY), {}, rekey, { 4: generic('cc') })).toBe(hmac(KEY, 'cc', 'aa11bb22'));
    expect(() => derived('IKE_PRF_DERIVE', generic(KEY), {}, initial({ bRekey: 1, bDataAsKey: 1 }))).toThrow('CKR_ARGUMENTS_BAD:');
    expect(() => derived('IKE_PRF_DERIVE', generic(KEY), { VALUE_LEN: ulongBytes(16) }, initial({}))).toThrow('CKR_KEY_SIZE_RANGE:');
  });

  test("IKEv1's keys follow one another", () => {
    const fields = { prfMechanism: CKM.SHA256_HMAC, hKeygxy: 1, pCKYi: hex('c1'), pCKYr: hex('c2') };
    const keys = { 1: generic('99'), 2: generic('dd') };
    const asked = { KEY_TYPE: ulongBytes(CKK.GENERIC_SECRET) };
    const first = struct('CK_IKE1_PRF_DERIVE_PARAMS', { ...fields, bHasPrevKey: 0, hPrevKey: 0, keyNumber: 0 });
    expect(derivedValue('IKE1_PRF_DERIVE', generic(KEY), asked, first, keys)).toBe(hmac(KEY, '99c1c200'));
    const next = struct('CK_IKE1_PRF_DERIVE_PARAMS', { ...fields, bHasPrevKey: 1, hPrevKey: 2, keyNumber: 1 });
    expect(derivedValue('IKE1_PRF_DERIVE', generic(KEY), asked, next, keys)).toBe(hmac(KEY, 'dd99c1c201'));
    expect(() => derived('IKE1_PRF_DERIVE', generic(KEY), {}, first, keys)).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });

  test("IKEv2's prf+ feeds back and counts", () => {
    const fields = { prfMechanism: CKM.SHA256_HMAC, bHasSeedKey: 1, hSeedKey: 3, pSeedData: hex('ee') };
    const t1 = hmac(KEY, '77ee01');
    const t2 = hmac(KEY, t1, '77ee02');
    const parameter = struct('CK_IKE2_PRF_PLUS_DERIVE_PARAMS', fields);
    const asked = (length: number) => ({ VALUE_LEN: ulongBytes(length) });
    expect(derivedValue('IKE2_PRF_PLUS_DERIVE', generic(KEY), asked(50), parameter, { 3: generic('77') })).toBe((t1 + t2).slice(0, 100));
    expect(() => derived('IKE2_PRF_PLUS_DERIVE', generic(KEY), asked(255 * 32 + 1), parameter, { 3: generic('77') })).toThrow(
      'CKR_KEY_SIZE_RANGE:',
    );
    expect(() => derived('IKE2_PRF_PLUS_DERIVE', generic(KEY), {}, parameter, { 3: generic('77') })).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });

  test("IKEv1's longer keys, from the key itself where it is long enough", () => {
    const parameter = (fields: object) =>
      struct('CK_IKE1_EXTENDED_DERIVE_PARAMS', { prfMechanism: CKM.SHA256_HMAC, bHasKeygxy: 0, hKeygxy: 0, pExtraData: null, ...fields });
    const asked = (length: number) => ({ VALUE_LEN: ulongBytes(length) });
    expect(derivedValue('IKE1_EXTENDED_DERIVE', generic(KEY), asked(20), parameter({}))).toBe(KEY.slice(0, 40));
    const k1 = hmac(KEY, '00');
    expect(derivedValue('IKE1_EXTENDED_DERIVE', generic(KEY), asked(64), parameter({}))).toBe(k1 + hmac(KEY, k1));
    const shared = parameter({ bHasKeygxy: 1, hKeygxy: 1, pExtraData: hex('ee') });
    const first = hmac(KEY, '99ee');
    expect(derivedValue('IKE1_EXTENDED_DERIVE', generic(KEY), asked(40), shared, { 1: generic('99') })).toBe(
      (first + hmac(KEY, first, '99ee')).slice(0, 80),
    );
  });

  test('the function may be made of AES', () => {
    const key = generic(KEY.slice(0, 32));
    expect(derivedValue('IKE_PRF_DERIVE', key, {}, initial({ prfMechanism: CKM.AES_XCBC_MAC, pNi: null, pNr: null }))).toBe(
      '75f0251d528ac01c4573dfd584d79f29',
    );
    expect(() => derived('IKE_PRF_DERIVE', generic('00'), {}, initial({ prfMechanism: CKM.AES_CMAC }))).toThrow(
      'CKR_KEY_TYPE_INCONSISTENT:',
    );
  });
});
