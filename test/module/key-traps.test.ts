// The traps that other tokens fell into with keys and their attributes: one test each.
import { execFileSync } from 'node:child_process';
import { createHmac, createPublicKey } from 'node:crypto';
import { describe, expect } from 'vitest';
import { CKA, CKC, CKD, CKG, CKK, CKM, CKO, CKP, CKR, CKZ } from '../../src/protocol/constants.ts';
import { array, call, read, structure } from '../support/cryptoki.ts';
import type { Mechanism } from '../support/functions.ts';
import { publicKey, secretKey, template, type User } from '../support/operations.ts';
import { sharedTest as test } from '../support/user.ts';

type Names = Parameters<typeof template>[0];

const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const data = Buffer.from('some data');

const pair = (user: User, mechanism: number, publicTemplate: Names, privateTemplate: Names): readonly [number, number] =>
  user.module.C_GenerateKeyPair(user.session, { mechanism }, template(publicTemplate), template(privateTemplate));

const code = (name: keyof typeof CKR) => expect.objectContaining({ code: CKR[name] });

describe('curve parameters', () => {
  const explicit = (name: string) =>
    execFileSync('openssl', ['ecparam', '-name', name, '-param_enc', 'explicit', '-outform', 'DER'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const forms: Record<string, Buffer> = {
    'as an object identifier': P256,
    'as a PrintableString': Buffer.from('\x13\x09secp256r1', 'latin1'),
    'told explicitly': explicit('prime256v1'),
  };

  test.for(Object.entries(forms))('%s are accepted, and given back as they were given', ([, EC_PARAMS], { user }) => {
    const [own, secret] = pair(user, CKM.EC_KEY_PAIR_GEN, { EC_PARAMS, VERIFY: true }, { SIGN: true });
    for (const key of [own, secret]) expect(user.valueOf(key, 'EC_PARAMS')).toEqual(EC_PARAMS);
    const mechanism = { mechanism: CKM.ECDSA_SHA256 };
    user.module.C_SignInit(user.session, mechanism, secret);
    const [signature] = user.module.C_Sign(user.session, data);
    // Another object of the same key, with the curve told in each of the ways.
    for (const other of Object.values(forms)) {
      const copy = user.create(publicKey('EC', { EC_PARAMS: other, EC_POINT: user.valueOf(own, 'EC_POINT'), VERIFY: true }));
      user.module.C_VerifyInit(user.session, mechanism, copy);
      user.module.C_Verify(user.session, data, signature);
    }
  });

  test('that are nobody’s are CKR_DOMAIN_PARAMS_INVALID, a curve that is not there is CKR_CURVE_NOT_SUPPORTED', ({ user }) => {
    const generate = (EC_PARAMS: Buffer) => () => pair(user, CKM.EC_KEY_PAIR_GEN, { EC_PARAMS }, {});
    for (const nothing of ['3000', '0500', '00']) expect(generate(Buffer.from(nothing, 'hex'))).toThrow(code('DOMAIN_PARAMS_INVALID'));
    for (const curve of [explicit('prime192v1'), Buffer.from('06052b81040008', 'hex')])
      expect(generate(curve)).toThrow(code('CURVE_NOT_SUPPORTED'));
  });
});

test('EC points raw, as OCTET STRING and as BIT STRING are accepted, v3.2’s form is given back', ({ user }) => {
  const [own] = pair(user, CKM.EC_KEY_PAIR_GEN, { EC_PARAMS: P256 }, {});
  const point = user.valueOf(own, 'EC_POINT');
  const raw = point.subarray(2);
  for (const EC_POINT of [point, raw, Buffer.concat([Buffer.of(3, raw.length + 1, 0), raw])]) {
    const key = user.create(publicKey('EC', { EC_PARAMS: P256, EC_POINT }));
    expect(user.valueOf(key, 'EC_POINT')).toEqual(point);
    expect(user.valueOf(key, 'PUBLIC_KEY_INFO')).toEqual(user.valueOf(own, 'PUBLIC_KEY_INFO'));
  }
});

describe('X25519 keys', () => {
  const forms = { 'an object identifier': '06032b656e', 'a name': '130a63757276653235353139' };

  test('agree, however their curve is told to their generator', ({ user }) => {
    const pairs = Object.values(forms).map((hex) =>
      pair(user, CKM.EC_MONTGOMERY_KEY_PAIR_GEN, { EC_PARAMS: Buffer.from(hex, 'hex') }, { DERIVE: true }),
    );
    const derive = (secret: number, other: number) => {
      const point = user.valueOf(other, 'EC_POINT');
      const parameter = structure('CK_ECDH1_DERIVE_PARAMS', [CKD.NULL, 0, null, point.length, point]);
      const made = secretKey('GENERIC_SECRET', { VALUE_LEN: 32 });
      return user.valueOf(user.module.C_DeriveKey(user.session, { mechanism: CKM.ECDH1_DERIVE, parameter }, secret, made)[0]);
    };
    const [[publicA, secretA], [publicB, secretB]] = pairs as [readonly [number, number], readonly [number, number]];
    expect(derive(secretA, publicB)).toEqual(derive(secretB, publicA));
  });

  test('are made by no other generator (§6.3.13)', ({ user }) => {
    for (const mechanism of [CKM.EC_KEY_PAIR_GEN, CKM.EC_EDWARDS_KEY_PAIR_GEN])
      for (const hex of Object.values(forms))
        expect(() => pair(user, mechanism, { EC_PARAMS: Buffer.from(hex, 'hex') }, {})).toThrow(code('CURVE_NOT_SUPPORTED'));
  });
});

test.for([1, 7, 63, 64, 65, 127, 128, 129, 200, 1000])('HMAC takes a key of %i bytes', (length, { user }) => {
  const VALUE = Buffer.alloc(length, 0x5a);
  for (const type of ['GENERIC_SECRET', 'SHA256_HMAC', 'SHA512_HMAC'] as const) {
    const [name, mechanism] = type === 'SHA512_HMAC' ? (['sha512', CKM.SHA512_HMAC] as const) : (['sha256', CKM.SHA256_HMAC] as const);
    const key = user.create(secretKey(type, { VALUE, SIGN: true }));
    user.module.C_SignInit(user.session, { mechanism }, key);
    expect(user.module.C_Sign(user.session, data)[0]).toEqual(createHmac(name, VALUE).update(data).digest());
  }
});

test('OAEP’s label is authenticated: with another nothing is decrypted', ({ user }) => {
  const publicTemplate = { MODULUS_BITS: 2048, PUBLIC_EXPONENT: Buffer.of(1, 0, 1), ENCRYPT: true };
  const [own, secret] = pair(user, CKM.RSA_PKCS_KEY_PAIR_GEN, publicTemplate, { DECRYPT: true });
  const oaep = (label: string): Mechanism => ({
    mechanism: CKM.RSA_PKCS_OAEP,
    parameter: structure('CK_RSA_PKCS_OAEP_PARAMS', [CKM.SHA256, CKG.MGF1_SHA256, CKZ.DATA_SPECIFIED, Buffer.from(label), label.length]),
  });
  const decrypt = (mechanism: Mechanism, encrypted: Uint8Array) => {
    user.module.C_DecryptInit(user.session, mechanism, secret);
    return user.module.C_Decrypt(user.session, encrypted)[0];
  };
  user.module.C_EncryptInit(user.session, oaep('for you'), own);
  const [encrypted] = user.module.C_Encrypt(user.session, data);
  expect(decrypt(oaep('for you'), encrypted)).toEqual(data);
  for (const label of ['for me', '']) expect(() => decrypt(oaep(label), encrypted)).toThrow(code('ENCRYPTED_DATA_INVALID'));
});

test('ML-KEM templates with CKA_VALUE_LEN make a key of that length, and without it one of all 32 bytes', ({ user }) => {
  const [own, secret] = pair(user, CKM.ML_KEM_KEY_PAIR_GEN, { PARAMETER_SET: CKP.ML_KEM_768, ENCAPSULATE: true }, { DECAPSULATE: true });
  const mechanism = { mechanism: CKM.ML_KEM };
  for (const type of ['AES', 'GENERIC_SECRET'] as const)
    for (const [more, length] of [
      [{ VALUE_LEN: 32 }, 32],
      [{}, 32],
      [{ VALUE_LEN: 16 }, 16],
    ] as const) {
      const wanted = secretKey(type, more);
      const [ciphertext, ours] = user.module.C_EncapsulateKey(user.session, mechanism, own, wanted);
      const [theirs] = user.module.C_DecapsulateKey(user.session, mechanism, secret, wanted, ciphertext);
      expect(user.valueOf(theirs)).toEqual(user.valueOf(ours));
      expect(user.valueOf(ours)).toHaveLength(length);
      expect(read(user.valueOf(ours, 'VALUE_LEN'))).toBe(length);
    }
  const encapsulate = (VALUE_LEN: number) => () =>
    user.module.C_EncapsulateKey(user.session, mechanism, own, secretKey('GENERIC_SECRET', { VALUE_LEN }));
  for (const length of [33, 2 ** 40]) expect(encapsulate(length)).toThrow(code('KEY_SIZE_RANGE'));
});

test('an unknown template attribute is CKR_ATTRIBUTE_TYPE_INVALID', ({ user }) => {
  const unknown = new Map([...secretKey('AES', { VALUE: Buffer.alloc(16) }), [0x7777, true] as const]);
  expect(() => user.module.C_CreateObject(user.session, unknown)).toThrow(code('ATTRIBUTE_TYPE_INVALID'));
  const key = user.create(secretKey('AES', { VALUE: Buffer.alloc(16) }));
  expect(() => user.module.C_CopyObject(user.session, key, new Map([[0x7777, true]]))).toThrow(code('ATTRIBUTE_TYPE_INVALID'));
  expect(() => user.module.C_SetAttributeValue(user.session, key, new Map([[0x7777, true]]))).toThrow(code('ATTRIBUTE_TYPE_INVALID'));
  expect(() =>
    user.module.C_GenerateKey(
      user.session,
      { mechanism: CKM.AES_KEY_GEN },
      new Map<number, number | boolean>([
        [CKA.VALUE_LEN, 16],
        [0x7777, true],
      ]),
    ),
  ).toThrow(code('ATTRIBUTE_TYPE_INVALID'));
});

describe('C_GetAttributeValue answers each entry of its template, whatever the others get', () => {
  const UNAVAILABLE = 0xffff_ffff_ffff_ffffn;
  const entries = {
    sensitive: [CKA.VALUE, 32, UNAVAILABLE],
    unknown: [0x7777, 8, UNAVAILABLE],
    'not of its class': [CKA.MODULUS, 8, UNAVAILABLE],
    'too long for its place': [CKA.LABEL, 3, UNAVAILABLE],
    'that is asked for its length': [CKA.LABEL, null, 5n],
    'with just enough room': [CKA.LABEL, 5, 5n],
    'with more than enough': [CKA.KEY_TYPE, 64, 8n],
    'that is empty': [CKA.ID, 4, 0n],
  } as const;
  const rights = {
    sensitive: ['ATTRIBUTE_SENSITIVE'],
    unknown: ['ATTRIBUTE_TYPE_INVALID'],
    'not of its class': ['ATTRIBUTE_TYPE_INVALID'],
    'too long for its place': ['BUFFER_TOO_SMALL'],
  } as Readonly<Record<string, readonly string[]>>;
  const kinds = Object.keys(entries) as (keyof typeof entries)[];

  const ask = (user: User, asked: readonly (keyof typeof entries)[]) => {
    const key = user.create(secretKey('AES', { VALUE: Buffer.alloc(32, 1), SENSITIVE: true, EXTRACTABLE: false, LABEL: 'label' }));
    const rooms = asked.map((kind) => (entries[kind][1] === null ? null : Buffer.alloc(entries[kind][1], 0xee)));
    const given = array(
      'CK_ATTRIBUTE',
      asked.map((kind, i) => [entries[kind][0], rooms[i]!, rooms[i]?.length ?? 99]),
    );
    const rv = call('C_GetAttributeValue', user.session, key, given, asked.length);
    return { rv, lengths: asked.map((_, i) => given.readBigUInt64LE(i * 24 + 16)), rooms };
  };

  test.for(kinds)('an attribute %s', (kind, { user }) => {
    const { rv, lengths, rooms } = ask(user, [kind]);
    expect([rv, lengths]).toEqual([rights[kind]?.[0] ?? 'OK', [entries[kind][2]]]);
    if (rights[kind]) expect(rooms[0]!.every((byte) => byte === 0xee)).toBe(true);
  });

  test('in any order, with any of the errors that are due', ({ user }) => {
    for (const asked of [kinds, kinds.toReversed(), kinds.slice(3), [...kinds.slice(4), 'sensitive' as const]]) {
      const { rv, lengths, rooms } = ask(user, asked);
      expect(asked.flatMap((kind) => rights[kind] ?? [])).toContain(rv);
      expect(lengths).toEqual(asked.map((kind) => entries[kind][2]));
      expect(rooms[asked.indexOf('with just enough room')]!.toString()).toBe('label');
      expect(read(rooms[asked.indexOf('with more than enough')]!)).toBe(CKK.AES);
    }
  });
});

test('an object destroyed before its handle goes leaves a handle of nothing, and whoever works with it an error or an end', ({ user }) => {
  const key = user.create(secretKey('AES', { VALUE: Buffer.alloc(16, 1), ENCRYPT: true, TOKEN: true, LABEL: 'going' }));
  const other = user.module.C_OpenSession(user.module.C_GetSlotList(1)[0][0]!, 6);
  user.module.C_EncryptInit(user.session, { mechanism: CKM.AES_ECB }, key);
  user.module.C_DestroyObject(other, key);
  // It had the key: it may end, or not.
  const ended = call('C_EncryptFinal', user.session, Buffer.alloc(16), Buffer.from(new BigUint64Array([16n]).buffer));
  expect(['OK', 'KEY_HANDLE_INVALID', 'OPERATION_NOT_INITIALIZED']).toContain(ended);
  for (const session of [user.session, other]) {
    expect(() => user.module.C_GetAttributeValue(session, key, [CKA.LABEL])).toThrow(code('OBJECT_HANDLE_INVALID'));
    expect(() => user.module.C_DestroyObject(session, key)).toThrow(code('OBJECT_HANDLE_INVALID'));
    expect(() => user.module.C_EncryptInit(session, { mechanism: CKM.AES_ECB }, key)).toThrow(code('KEY_HANDLE_INVALID'));
    user.module.C_FindObjectsInit(
      session,
      new Map<number, string | number>([
        [CKA.LABEL, 'going'],
        [CKA.CLASS, CKO.SECRET_KEY],
      ]),
    );
    expect(user.module.C_FindObjects(session, 4)[0]).toEqual([]);
    user.module.C_FindObjectsFinal(session);
  }
});

describe('CKA_PUBLIC_KEY_INFO', () => {
  const rsa = { MODULUS_BITS: 2048, PUBLIC_EXPONENT: Buffer.of(1, 0, 1) };
  const curve = (hex: string) => ({ EC_PARAMS: Buffer.from(hex, 'hex') });
  const generators = {
    RSA: [CKM.RSA_PKCS_KEY_PAIR_GEN, rsa],
    EC: [CKM.EC_KEY_PAIR_GEN, curve('06082a8648ce3d030107')],
    Edwards: [CKM.EC_EDWARDS_KEY_PAIR_GEN, curve('06032b6570')],
    Montgomery: [CKM.EC_MONTGOMERY_KEY_PAIR_GEN, curve('06032b656e')],
    'ML-DSA': [CKM.ML_DSA_KEY_PAIR_GEN, { PARAMETER_SET: CKP.ML_DSA_44 }],
  } as const;

  test.for(Object.entries(generators))('of both halves is the same, and of a copy (%s)', ([, [mechanism, asked]], { user }) => {
    const [own, secret] = pair(user, mechanism, asked, {});
    const info = user.valueOf(own, 'PUBLIC_KEY_INFO');
    expect(createPublicKey({ key: info, format: 'der', type: 'spki' }).type).toBe('public');
    for (const half of [own, secret]) {
      const [copy] = user.module.C_CopyObject(user.session, half, template({ LABEL: 'a copy' }));
      expect(user.valueOf(copy, 'PUBLIC_KEY_INFO')).toEqual(info);
    }
    // A private key's may be given, if it is the right one; a public key's not once it is there.
    const copyWith = (half: number, PUBLIC_KEY_INFO: Buffer) =>
      user.module.C_CopyObject(user.session, half, template({ PUBLIC_KEY_INFO }))[0];
    expect(user.valueOf(copyWith(secret, info), 'PUBLIC_KEY_INFO')).toEqual(info);
    const wrong = Buffer.from(info);
    wrong[wrong.length - 1]! ^= 1;
    expect(() => copyWith(secret, wrong)).toThrow(code('ATTRIBUTE_VALUE_INVALID'));
    expect(() => copyWith(own, wrong)).toThrow(code('ATTRIBUTE_READ_ONLY'));
  });

  test.for(Object.entries(generators))(
    'makes the public key from the private one, with its generator (%s)',
    ([, [mechanism, asked]], { user }) => {
      const [own, secret] = pair(user, mechanism, asked, {});
      const [made] = user.module.C_DeriveKey(user.session, { mechanism: CKM.PUB_KEY_FROM_PRIV_KEY }, secret, new Map());
      for (const type of ['PUBLIC_KEY_INFO', 'KEY_TYPE', 'KEY_GEN_MECHANISM'] as const)
        expect(user.valueOf(made, type)).toEqual(user.valueOf(own, type));
      expect(read(user.valueOf(made, 'KEY_GEN_MECHANISM'))).toBe(mechanism);
      expect(user.valueOf(made, 'LOCAL')).toEqual(Buffer.of(0));
    },
  );
});

test('a certificate has a CKA_CHECK_VALUE of its value', ({ user }) => {
  const certificate = { CLASS: CKO.CERTIFICATE, CERTIFICATE_TYPE: CKC.X_509, SUBJECT: 'subject', VALUE: 'abc' };
  expect(user.valueOf(user.create(template(certificate)), 'CHECK_VALUE').toString('hex')).toBe('a9993e');
  const wrong = template({ ...certificate, CHECK_VALUE: Buffer.alloc(3) });
  expect(() => user.create(wrong)).toThrow(code('ATTRIBUTE_VALUE_INVALID'));
});

test('a key derived by SP 800-108 is as protected as its base key, where the template does not say', ({ user }) => {
  const data = array('CK_PRF_DATA_PARAM', [
    [1, structure('CK_SP800_108_COUNTER_FORMAT', [0, 32]), 16],
    [4, Buffer.from('label'), 5],
  ]);
  const mechanism = {
    mechanism: CKM.SP800_108_COUNTER_KDF,
    parameter: structure('CK_SP800_108_KDF_PARAMS', [CKM.SHA256_HMAC, 2, data, 0, null]),
  };
  const wanted = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, VALUE_LEN: 32 };
  const flags = (base: Names, asked: Names): [number, number] => {
    const key = user.create(secretKey('GENERIC_SECRET', { VALUE: Buffer.alloc(32, 7), DERIVE: true, ...base }));
    const [made] = user.module.C_DeriveKey(user.session, mechanism, key, template({ ...wanted, ...asked }));
    return [user.valueOf(made, 'SENSITIVE')[0]!, user.valueOf(made, 'EXTRACTABLE')[0]!];
  };
  expect(flags({ SENSITIVE: true, EXTRACTABLE: false }, {})).toEqual([1, 0]);
  expect(flags({ SENSITIVE: false, EXTRACTABLE: true }, {})).toEqual([0, 1]);
  expect(flags({ SENSITIVE: true, EXTRACTABLE: false }, { SENSITIVE: false, EXTRACTABLE: true })).toEqual([0, 1]);
});
