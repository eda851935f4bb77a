import { createHash, createPublicKey, verify as nodeVerify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signPostQuantum } from '../../../src/crypto/native.ts';
import { materialOf, unwrapped } from '../../../src/mechanisms/material.ts';
import { mlDsa, postQuantumPrivate } from '../../../src/mechanisms/post-quantum-key.ts';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKH, CKK, CKM, CKO, CKP } from '../../../src/protocol/constants.ts';
import {
  type CkmName,
  created,
  cut,
  derived,
  generated,
  hex,
  mechanisms,
  operation,
  sign,
  signParts,
  struct,
  templateOf,
  text,
  verify,
} from './fixture.ts';

const set = (number: number) => ({ PARAMETER_SET: ulongBytes(number) });
const message = Buffer.from('a message');
const context = (hedgeVariant: number, pContext: Uint8Array | null = null) =>
  struct('CK_SIGN_ADDITIONAL_CONTEXT', { hedgeVariant, pContext });
const deterministic = context(CKH.DETERMINISTIC_REQUIRED, hex('c0ffee'));

const algorithms = [
  ['ML_DSA', CKP.ML_DSA_44],
  ['ML_DSA', CKP.ML_DSA_87],
  ['SLH_DSA', CKP.SLH_DSA_SHA2_128F],
  ['SLH_DSA', CKP.SLH_DSA_SHAKE_128F],
] as const;

describe.each(algorithms)('%s, parameter set %i', (name, number) => {
  const pair = generated(`${name}_KEY_PAIR_GEN`, set(number));

  test('signs what Node verifies, whole and in parts', async () => {
    const { publicKey, privateKey } = await pair;
    const signature = signParts(name, privateKey, cut(message, 3));
    const node = createPublicKey({ key: Buffer.from(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)!), format: 'der', type: 'spki' });
    expect(nodeVerify(null, message, node, signature)).toBe(true);
    expect(verify(name, publicKey, message, signature)).toBe(true);
    expect(verify(name, publicKey, Buffer.from('another'), signature)).toBe(false);
  });

  test('is hedged unless that is forbidden', async () => {
    const { publicKey, privateKey } = await pair;
    const signed = (hedge: number) => text(sign(name, privateKey, message, context(hedge)));
    expect(signed(CKH.DETERMINISTIC_REQUIRED)).toBe(signed(CKH.DETERMINISTIC_REQUIRED));
    expect(signed(CKH.HEDGE_REQUIRED)).not.toBe(signed(CKH.HEDGE_REQUIRED));
    expect(signed(CKH.HEDGE_PREFERRED)).not.toBe(signed(CKH.HEDGE_PREFERRED));
    const other = sign(name, privateKey, message, context(CKH.HEDGE_REQUIRED, hex('01')));
    expect(verify(name, publicKey, message, other, context(CKH.DETERMINISTIC_REQUIRED, hex('01')))).toBe(true);
    expect(verify(name, publicKey, message, other, context(CKH.HEDGE_REQUIRED, hex('02')))).toBe(false);
    expect(verify(name, publicKey, message, other)).toBe(false);
  });

  test('signs a hash that is taken here as one that the application took', async () => {
    const { publicKey, privateKey } = await pair;
    for (const [hash, digest, node] of [
      ['SHA256', CKM.SHA256, 'sha256'],
      ['SHA3_384', CKM.SHA3_384, 'sha3-384'],
    ] as const) {
      const hashed = createHash(node).update(message).digest();
      const parameter = struct('CK_HASH_SIGN_ADDITIONAL_CONTEXT', {
        hedgeVariant: CKH.DETERMINISTIC_REQUIRED,
        pContext: hex('c0ffee'),
        hash: digest,
      });
      const signature = sign(`HASH_${name}`, privateKey, hashed, parameter);
      expect(text(signParts(`HASH_${name}_${hash}`, privateKey, cut(message, 4), deterministic))).toBe(text(signature));
      expect(verify(`HASH_${name}_${hash}`, publicKey, message, signature, deterministic)).toBe(true);
      expect(verify(name, publicKey, message, signature, deterministic)).toBe(false);
      expect(() => sign(`HASH_${name}`, privateKey, message, parameter)).toThrow('CKR_DATA_LEN_RANGE:');
    }
  });

  test('refuses a context of 256 bytes, a way of hedging and a hash that there are not', async () => {
    const { privateKey } = await pair;
    const begin = (which: CkmName, parameter: Parameters<typeof sign>[3]) => () => operation(which, 'sign')(privateKey, parameter!);
    expect(begin(name, context(0, new Uint8Array(256)))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(begin(name, context(3))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(begin(`HASH_${name}`, null)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    const bad = struct('CK_HASH_SIGN_ADDITIONAL_CONTEXT', { hedgeVariant: 0, pContext: null, hash: CKM.MD5 });
    expect(begin(`HASH_${name}`, bad)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('its private keys leave and come back, and tell their public ones', async () => {
    const { publicKey, privateKey } = await pair;
    const wrapping = mechanisms.get(CKM.AES_KEY_WRAP_KWP)!;
    const template = templateOf({ CLASS: ulongBytes(CKO.PRIVATE_KEY), KEY_TYPE: ulongBytes(CKK[name]) });
    const back = unwrapped(template, materialOf(privateKey.attributes, wrapping), wrapping);
    for (const [type, value] of privateKey.attributes) expect(text(back.made.get(type)!)).toBe(text(value));
    const made = derived('PUB_KEY_FROM_PRIV_KEY', privateKey, {}).key!.made;
    expect(text(made.get(CKA.VALUE)!)).toBe(text(publicKey.attributes.get(CKA.VALUE)!));
  });
});

test('HashML-DSA signs the encoding of FIPS 204, 5.4.1', async () => {
  const { privateKey } = await generated('ML_DSA_KEY_PAIR_GEN', set(CKP.ML_DSA_65));
  const digest = createHash('shake128', { outputLength: 32 }).update(message).digest();
  const encoded = Buffer.concat([hex('0103c0ffee060960864801650304020b'), digest]);
  const { native, size } = postQuantumPrivate(mlDsa)(privateKey);
  const out = new Uint8Array(size);
  signPostQuantum(native, encoded, out, { context: new Uint8Array(0), encoded: true, deterministic: true });
  expect(text(sign('HASH_ML_DSA_SHAKE128', privateKey, message, deterministic))).toBe(text(out));
});

describe('keys that an application brings', () => {
  test('may be a seed, a value, or both of one key', async () => {
    const { privateKey } = await generated('ML_KEM_KEY_PAIR_GEN', set(CKP.ML_KEM_512));
    const [seed, value] = [privateKey.attributes.get(CKA.SEED)!, privateKey.attributes.get(CKA.VALUE)!];
    const bring = (parts: object) => created('PRIVATE_KEY', 'ML_KEM', { ...set(CKP.ML_KEM_512), ...parts });
    for (const parts of [{ SEED: seed }, { VALUE: value }, { SEED: seed, VALUE: value }]) {
      const { attributes } = bring(parts);
      expect(text(attributes.get(CKA.VALUE)!)).toBe(text(value));
      expect(attributes.get(CKA.PUBLIC_KEY_INFO)).toEqual(privateKey.attributes.get(CKA.PUBLIC_KEY_INFO));
      expect(attributes.has(CKA.SEED)).toBe('SEED' in parts);
    }
    expect(() => bring({})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    for (const wrong of [{ SEED: seed.subarray(1) }, { VALUE: value.subarray(1) }, { SEED: new Uint8Array(64), VALUE: value }]) {
      expect(() => bring(wrong)).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(() => created('PRIVATE_KEY', 'ML_KEM', { ...set(9), SEED: seed })).toThrow('CKR_PARAMETER_SET_NOT_SUPPORTED:');
  });

  test.each([CKP.ML_KEM_512, CKP.ML_KEM_768, CKP.ML_KEM_1024])('ML-KEM, set %i: both sides have one secret', async (number) => {
    const { publicKey, privateKey } = await generated('ML_KEM_KEY_PAIR_GEN', set(number));
    const template = templateOf({ KEY_TYPE: ulongBytes(CKK.AES), VALUE_LEN: ulongBytes(16) });
    const encapsulating = operation('ML_KEM', 'encapsulateKey')(publicKey, null);
    const { ciphertext, key } = encapsulating.encapsulate(template);
    expect(ciphertext.length).toBe(encapsulating.size);
    const back = operation('ML_KEM', 'decapsulateKey')(privateKey, null, ciphertext, template);
    expect(text(back.made.get(CKA.VALUE)!)).toBe(text(key.made.get(CKA.VALUE)!));
    expect(key.made.get(CKA.VALUE)!.length).toBe(16);
    expect(() => operation('ML_KEM', 'decapsulateKey')(privateKey, null, ciphertext.subarray(1), template)).toThrow(
      'CKR_WRAPPED_KEY_LEN_RANGE:',
    );
  });
});
