import { getCurves } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { curves, edwardsCurves, readCurve, readEdwardsCurve } from '../../../src/crypto/curves.ts';
import { element, TAG } from '../../../src/crypto/der.ts';
import { generateEc } from '../../../src/crypto/ec.ts';

const named = (name: string): Uint8Array => element(TAG.PRINTABLE_STRING, Buffer.from(name));

describe('the table of curves', () => {
  test.each(curves.map((curve) => [curve.name, curve] as const))('%s is in OpenSSL, and as wide as the table says', (name, curve) => {
    expect(getCurves()).toContain(name);
    const { scalar, point } = generateEc(curve);
    expect([scalar.length, point.length]).toEqual([curve.size, 2 * curve.size + 1]);
  });

  test('every curve is found by its identifier and by each of its names', () => {
    for (const curve of curves) {
      for (const parameters of [curve.oid, ...[curve.name, ...curve.aliases].map(named)]) expect(readCurve(parameters)).toBe(curve);
    }
    for (const curve of edwardsCurves) {
      const all = [curve.oid, ...curve.formerOids, ...[curve.name, ...curve.aliases].map(named)];
      for (const parameters of all) expect(readEdwardsCurve(parameters)).toBe(curve);
    }
  });

  test.each([
    ['prime256v1', '06082a8648ce3d030107'],
    ['secp521r1', '06052b81040023'],
    ['brainpoolP256r1', '06092b2403030208010107'],
    ['brainpoolP512t1', '06092b240303020801010e'],
  ])('the identifier of %s is that of its standard', (name, der) => {
    expect(readCurve(Buffer.from(der, 'hex'))).toMatchObject({ name });
  });

  test('another curve is unknown, and what names none is undefined', () => {
    expect(readCurve(named('secp160r1'))).toBe('unknown');
    expect(readCurve(edwardsCurves[0]!.oid)).toBe('unknown');
    expect(readCurve(Uint8Array.of(5, 0))).toBeUndefined();
    expect(readCurve(Uint8Array.of())).toBeUndefined();
    expect(readCurve(Uint8Array.of(...curves[0]!.oid, 0))).toBeUndefined();
  });
});
