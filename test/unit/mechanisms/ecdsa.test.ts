import { createHash } from 'node:crypto';
import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, test } from 'vitest';
import { curves } from '../../../src/crypto/curves.ts';
import { contentOf, TAG } from '../../../src/crypto/der.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { type CkmName, created, cut, generated, hex, operation, sign, signParts, text, verify, verifyParts } from './fixture.ts';

const message = Buffer.from('message');
const oid = (name: string) => curves.find((curve) => curve.name === name)!.oid;
const pairOn = (name: string) => generated('EC_KEY_PAIR_GEN', { EC_PARAMS: oid(name) });

describe('CKM_EC_KEY_PAIR_GEN', () => {
  test.each(curves.map((curve) => [curve.name, curve] as const))('on %s makes keys that sign and verify', async (_, curve) => {
    const { publicKey, privateKey } = await generated('EC_KEY_PAIR_GEN', { EC_PARAMS: curve.oid });
    const signature = sign('ECDSA_SHA256', privateKey, message);
    expect(signature.length).toBe(2 * curve.size);
    expect(verify('ECDSA_SHA256', publicKey, message, signature)).toBe(true);
    expect(verify('ECDSA_SHA256', publicKey, message.subarray(1), signature)).toBe(false);
    expect(contentOf(publicKey.attributes.get(CKA.EC_POINT)!, TAG.OCTET_STRING)?.length).toBe(2 * curve.size + 1);
    expect(privateKey.attributes.get(CKA.EC_PARAMS)).toEqual(curve.oid);
    expect(privateKey.attributes.get(CKA.PUBLIC_KEY_INFO)).toEqual(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO));
    expect(privateKey.attributes.has(CKA.EC_POINT)).toBe(false);
  });

  test('keeps a curve named by a PrintableString as it was named', async () => {
    const named = Buffer.from('\x13\x09secp256r1', 'latin1');
    const { privateKey } = await generated('EC_KEY_PAIR_GEN', { EC_PARAMS: named });
    expect(Buffer.from(privateKey.attributes.get(CKA.EC_PARAMS)!)).toEqual(named);
  });

  test.each([
    ['no curve', undefined, 'TEMPLATE_INCOMPLETE'],
    ['a curve that is not supported', '06052b81040008', 'CURVE_NOT_SUPPORTED'],
    ['an Edwards curve', '06032b6570', 'CURVE_NOT_SUPPORTED'],
    ['a name that nobody has', '130178', 'CURVE_NOT_SUPPORTED'],
    ['implicitlyCA', '0500', 'DOMAIN_PARAMS_INVALID'],
    ['explicit parameters', '3000', 'DOMAIN_PARAMS_INVALID'],
    ['nothing', '', 'DOMAIN_PARAMS_INVALID'],
    ['more than a curve', '06052b8104002100', 'DOMAIN_PARAMS_INVALID'],
  ])('refuses %s', async (_, parameters, rv) => {
    const template = parameters === undefined ? {} : { EC_PARAMS: hex(parameters) };
    await expect(generated('EC_KEY_PAIR_GEN', template)).rejects.toThrow(`CKR_${rv}:`);
  });
});

describe('ECDSA', () => {
  test.each([
    ['prime256v1', p256, 'ECDSA_SHA256', 'sha256'],
    ['secp384r1', p384, 'ECDSA_SHA384', 'sha384'],
    ['secp521r1', p521, 'ECDSA_SHA512', 'sha512'],
    ['secp256k1', secp256k1, 'ECDSA_SHA256', 'sha256'],
    ['brainpoolP256r1', brainpoolP256r1, 'ECDSA_SHA3_256', 'sha3-256'],
    ['brainpoolP384r1', brainpoolP384r1, 'ECDSA_SHA1', 'sha1'],
    ['brainpoolP512r1', brainpoolP512r1, 'ECDSA_SHA3_512', 'sha3-512'],
  ] as const)('on %s agrees with another library, both ways', async (name, opinion, mechanism, hash) => {
    const { publicKey, privateKey } = await pairOn(name);
    const digest = createHash(hash).update(message).digest();
    const options = { prehash: false, lowS: false };
    const point = contentOf(publicKey.attributes.get(CKA.EC_POINT)!, TAG.OCTET_STRING)!;
    expect(opinion.verify(sign(mechanism, privateKey, message), digest, point, options)).toBe(true);
    const theirs = opinion.sign(digest, privateKey.attributes.get(CKA.VALUE)!, options);
    expect(verify(mechanism, publicKey, message, theirs)).toBe(true);
    expect(verify('ECDSA', publicKey, digest, theirs)).toBe(true);
  });

  test('a signature of RFC 6979 is right, in one part and in several', () => {
    const x = '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6';
    const y = '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299';
    const key = created('PUBLIC_KEY', 'EC', { EC_PARAMS: oid('prime256v1'), EC_POINT: hex(`04${x}${y}`) });
    const r = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716';
    const s = 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8';
    expect(verify('ECDSA_SHA256', key, Buffer.from('sample'), hex(r + s))).toBe(true);
    expect(verifyParts('ECDSA_SHA256', key, cut(Buffer.from('sample'), 1, 2), hex(r + s))).toBe(true);
    expect(verify('ECDSA_SHA384', key, Buffer.from('sample'), hex(r + s))).toBe(false);
  });

  test('in parts is the same as whole', async () => {
    const { publicKey, privateKey } = await pairOn('prime256v1');
    expect(verify('ECDSA_SHA256', publicKey, message, signParts('ECDSA_SHA256', privateKey, cut(message, 1)))).toBe(true);
    expect(verify('ECDSA_SHA256', publicKey, new Uint8Array(0), signParts('ECDSA_SHA256', privateKey, []))).toBe(true);
  });

  test('a digest longer than the order is cut on the right, and any length is taken', async () => {
    const { publicKey, privateKey } = await pairOn('prime256v1');
    const long = Buffer.alloc(64, 9);
    const signature = sign('ECDSA', privateKey, long);
    expect(verify('ECDSA', publicKey, long.subarray(0, 32), signature)).toBe(true);
    for (const length of [1, 20, 200]) {
      const data = Buffer.alloc(length, length);
      expect(verify('ECDSA', publicKey, data, sign('ECDSA', privateKey, data))).toBe(true);
    }
  });

  test('a shorter signature is accepted where r and s both lack leading zeros, and never an odd or a longer one', async () => {
    const { publicKey, privateKey } = await pairOn('prime256v1');
    // r and s begin with a zero byte in one of 65536 signatures: too rare to wait for, so it is the widened form that is compared.
    const verifying = operation('ECDSA', 'verify')(publicKey, null);
    expect([64, 62, 2].map((length) => verifying.accepts!(length))).toEqual([true, true, true]);
    expect([0, 63, 66].map((length) => verifying.accepts!(length))).toEqual([false, false, false]);
    const signature = sign('ECDSA', privateKey, message);
    const shifted = Buffer.concat([signature.subarray(1, 32), signature.subarray(33)]);
    expect(verifying.verify(message, shifted)).toBe(false);
    expect(verifying.verify(message, signature)).toBe(true);
  });

  test('a signature of zeros or of the order is wrong', async () => {
    const { publicKey } = await pairOn('prime256v1');
    const order = Buffer.from(p256.Point.Fn.ORDER.toString(16), 'hex');
    expect(verify('ECDSA', publicKey, message, new Uint8Array(64))).toBe(false);
    expect(verify('ECDSA', publicKey, message, Buffer.concat([order, order]))).toBe(false);
  });

  test('none of them takes a parameter', async () => {
    const { publicKey, privateKey } = await pairOn('prime256v1');
    for (const name of ['ECDSA', 'ECDSA_SHA256'] satisfies CkmName[]) {
      expect(() => operation(name, 'sign')(privateKey, hex('00'))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
      expect(() => operation(name, 'verify')(publicKey, hex('00'))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });

  test('a short signature is the one with zeros before each half', () => {
    // A public key for which a signature with small r and s is right: made from the signature, as ECDSA's recovery does.
    const digest = createHash('sha256').update(message).digest();
    const { point, r, s } = recovered(digest);
    const key = created('PUBLIC_KEY', 'EC', { EC_PARAMS: oid('secp256k1'), EC_POINT: point });
    const verifying = operation('ECDSA', 'verify')(key, null);
    expect(verifying.verify(digest, hex(r.padStart(64, '0') + s.padStart(64, '0')))).toBe(true);
    expect(verifying.verify(digest, hex(r + s.padStart(r.length, '0')))).toBe(true);
    expect(text(hex(r)).length).toBeLessThan(64);
  });
});

/** r of 166 bits: the x of half the base point, which secp256k1's generator is known for. */
function recovered(digest: Uint8Array): { point: Uint8Array; r: string; s: string } {
  const r = '3b78ce563f89a0ed9414f5aa28ad0d96d6795f9c63';
  const s = '01';
  const signature = secp256k1.Signature.fromBytes(hex(`00${r.padStart(64, '0')}${s.padStart(64, '0')}`), 'recovered');
  return { point: signature.recoverPublicKey(digest).toBytes(false), r, s };
}
