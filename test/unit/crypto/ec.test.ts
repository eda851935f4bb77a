// @noble/curves is the second opinion: it shares no code with OpenSSL.

import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, test } from 'vitest';
import { type Curve, curves } from '../../../src/crypto/curves.ts';
import { generateEc, pointOf, readPoint } from '../../../src/crypto/ec.ts';

const opinions = { prime256v1: p256, secp384r1: p384, secp521r1: p521, secp256k1, brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 };
const cases = Object.entries(opinions).map(([name, opinion]) => [name, curveNamed(name), opinion] as const);

function curveNamed(name: string): Curve {
  return curves.find((curve) => curve.name === name)!;
}
const bytesOf = (number: bigint, size: number): Uint8Array => Buffer.from(number.toString(16).padStart(2 * size, '0'), 'hex');
const equal = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;

describe.each(cases)('keys on %s', (_, curve, opinion) => {
  test('the public point is the one that another library computes', () => {
    const { scalar, point } = generateEc(curve);
    expect(equal(opinion.getPublicKey(scalar, false), point)).toBe(true);
    expect(equal(pointOf(curve, scalar), point)).toBe(true);
  });

  test('private keys are above zero and below the order, written with or without leading zeros', () => {
    const order = opinion.Point.Fn.ORDER;
    expect(pointOf(curve, new Uint8Array(curve.size))).toBeUndefined();
    expect(pointOf(curve, new Uint8Array(0))).toBeUndefined();
    expect(pointOf(curve, bytesOf(order, curve.size))).toBeUndefined();
    expect(pointOf(curve, bytesOf(order - 1n, curve.size))).toBeDefined();
    expect(equal(pointOf(curve, Uint8Array.of(5)), pointOf(curve, bytesOf(5n, curve.size + 3))!)).toBe(true);
  });

  test('a point is read compressed or not, and given uncompressed', () => {
    const { scalar, point } = generateEc(curve);
    expect(equal(readPoint(curve, point), point)).toBe(true);
    expect(equal(readPoint(curve, opinion.getPublicKey(scalar, true)), point)).toBe(true);
  });

  test('what is no point of the curve is refused: another curve, a changed byte, infinity, the hybrid form, anything cut', () => {
    const { point } = generateEc(curve);
    const changed = Uint8Array.from(point);
    changed[changed.length - 1]! ^= 1;
    const hybrid = Uint8Array.from(point);
    hybrid[0] = 6 + (point.at(-1)! & 1);
    const foreign = generateEc(curves.find((other) => other.size === curve.size && other !== curve) ?? curves[0]!).point;
    for (const wrong of [changed, hybrid, foreign, Uint8Array.of(0), point.subarray(0, -1), new Uint8Array(0)]) {
      expect(readPoint(curve, wrong)).toBeUndefined();
    }
  });
});
