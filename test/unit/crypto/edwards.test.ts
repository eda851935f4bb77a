import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { edwardsCurves } from '../../../src/crypto/curves.ts';
import { generateSeed, isPublicKey, publicKeyOf } from '../../../src/crypto/edwards.ts';

const opinions = { ed25519, ed448 };

describe.each(edwardsCurves.map((curve) => [curve.name, curve] as const))('keys on %s', (name, curve) => {
  test('the public key is the one that another library computes', () => {
    const seed = generateSeed(curve);
    const publicKey = publicKeyOf(curve, seed);
    expect(publicKey.length).toBe(curve.size);
    expect(Buffer.compare(publicKey, opinions[name].getPublicKey(seed))).toBe(0);
    expect(isPublicKey(curve, publicKey)).toBe(true);
  });

  test('what encodes no field element, or has another length, is refused', () => {
    const wrong = [
      new Uint8Array(curve.size).fill(0xff),
      new Uint8Array(curve.size - 1),
      new Uint8Array(curve.size + 1),
      new Uint8Array(0),
    ];
    expect(wrong.map((each) => isPublicKey(curve, each))).toEqual([false, false, false, false]);
  });
});

test('a y without an x on the curve is refused', () => {
  // y = 2: (y^2 - 1) / (d y^2 + 1) is no square modulo 2^255 - 19.
  expect(isPublicKey(edwardsCurves[0]!, Uint8Array.of(2, ...new Uint8Array(31)))).toBe(false);
});
