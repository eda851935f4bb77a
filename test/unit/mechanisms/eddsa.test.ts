import { ed448, ed448ph } from '@noble/curves/ed448.js';
import { ed25519, ed25519ctx, ed25519ph } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { CKA } from '../../../src/protocol/constants.ts';
import { created, cut, generated, hex, operation, sign, signParts, struct, text, verify, verifyParts } from './fixture.ts';

const oids = { ed25519: hex('06032b6570'), ed448: hex('06032b6571') };
const variant = (phFlag: number, context: Uint8Array | null = null) => struct('CK_EDDSA_PARAMS', { phFlag, pContextData: context });
const context = Buffer.from('foo');

/** RFC 8032, 7.1 to 7.3: seed, message, signature, parameter. */
const known = [
  [
    'Ed25519',
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    null,
  ],
  [
    'Ed25519ctx',
    '0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6',
    'f726936d19c800494e3fdaff20b276a8',
    '55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d',
    variant(0, context),
  ],
  [
    'Ed25519ph',
    '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    '616263',
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
    variant(1),
  ],
] as const;

describe('CKM_EDDSA', () => {
  test.each(known)('makes the signature of RFC 8032: %s', (_, seed, message, signature, parameter) => {
    const key = created('PRIVATE_KEY', 'EC_EDWARDS', { EC_PARAMS: oids.ed25519, VALUE: hex(seed) });
    expect(text(sign('EDDSA', key, hex(message), parameter))).toBe(signature);
    expect(text(signParts('EDDSA', key, cut(hex(message), 1), parameter))).toBe(signature);
  });

  test.each([
    ['ed25519', null, ed25519, undefined],
    ['ed25519', variant(0), ed25519, undefined],
    ['ed25519', variant(0, context), ed25519ctx, { context }],
    ['ed25519', variant(1), ed25519ph, {}],
    ['ed25519', variant(1, context), ed25519ph, { context }],
    ['ed448', null, ed448, undefined],
    ['ed448', variant(0, context), ed448, { context }],
    ['ed448', variant(1), ed448ph, {}],
    ['ed448', variant(1, context), ed448ph, { context }],
  ] as const)('on %s agrees with another library, both ways (case %#)', async (curve, parameter, opinion, options) => {
    const { publicKey, privateKey } = await generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: oids[curve] });
    const message = Buffer.from('message');
    const theirs = opinion.sign(message, privateKey.attributes.get(CKA.VALUE)!, options);
    expect(text(sign('EDDSA', privateKey, message, parameter))).toBe(text(theirs));
    expect(verify('EDDSA', publicKey, message, theirs, parameter)).toBe(true);
    expect(verifyParts('EDDSA', publicKey, cut(message, 1, 2), theirs, parameter)).toBe(true);
    expect(verify('EDDSA', publicKey, message.subarray(1), theirs, parameter)).toBe(false);
    expect(verify('EDDSA', publicKey, message, theirs, variant(0, Buffer.from('bar')))).toBe(false);
  });

  test('a parameter that is no CK_EDDSA_PARAMS, or a context of 256 bytes, is refused', async () => {
    const { privateKey } = await generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: oids.ed25519 });
    const gcm = struct('CK_GCM_PARAMS', { pIv: null, ulIvBits: 0, pAAD: null, ulTagBits: 128 });
    for (const parameter of [hex('00'), gcm, variant(0, new Uint8Array(256))]) {
      expect(() => operation('EDDSA', 'sign')(privateKey, parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
    expect(sign('EDDSA', privateKey, hex(''), variant(0, new Uint8Array(255))).length).toBe(64);
  });

  test('parts are kept as they were when they were given', async () => {
    const { publicKey, privateKey } = await generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: oids.ed25519 });
    const signing = operation('EDDSA', 'sign')(privateKey, null);
    const part = Buffer.from('message');
    signing.update!(part);
    part.fill(0);
    expect(verify('EDDSA', publicKey, Buffer.from('message'), signing.final!())).toBe(true);
  });

  test('more parts than are kept end in CKR_TOKEN_RESOURCE_EXCEEDED', async () => {
    const { privateKey } = await generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: oids.ed25519 });
    const signing = operation('EDDSA', 'sign')(privateKey, null);
    const part = new Uint8Array(16 * 1024 * 1024);
    for (let i = 0; i < 4; i++) signing.update!(part);
    expect(() => signing.update!(Uint8Array.of(1))).toThrow('CKR_TOKEN_RESOURCE_EXCEEDED:');
  });
});

describe('CKM_EC_EDWARDS_KEY_PAIR_GEN', () => {
  test.each([
    ['06032b6570', 32],
    ['06092b06010401da470f01', 32],
    ['130c656477617264733235353139', 32],
    ['06032b6571', 57],
    ['06092b06010401da470f02', 57],
    ['130a65647761726473343438', 57],
  ])('takes the curve as %s', async (parameters, size) => {
    const { publicKey, privateKey } = await generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: hex(parameters) });
    expect(publicKey.attributes.get(CKA.EC_POINT)!.length).toBe(size);
    expect(privateKey.attributes.get(CKA.VALUE)!.length).toBe(size);
    expect(privateKey.attributes.get(CKA.PUBLIC_KEY_INFO)).toEqual(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO));
    expect(text(privateKey.attributes.get(CKA.EC_PARAMS)!)).toBe(parameters);
  });

  test('has no other curve', async () => {
    await expect(generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: hex('06082a8648ce3d030107') })).rejects.toThrow(
      'CKR_CURVE_NOT_SUPPORTED:',
    );
    await expect(generated('EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: hex('06032b656e') })).rejects.toThrow('CKR_CURVE_NOT_SUPPORTED:');
    await expect(generated('EC_EDWARDS_KEY_PAIR_GEN', {})).rejects.toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });
});
