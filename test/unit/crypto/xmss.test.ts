import { describe, expect, test } from 'vitest';
import { verifyXmss, type XmssSet, xmssMtSets, xmssSets, xmssSignatureSize } from '../../../src/crypto/xmss.ts';
import { vectors } from './hash-based.ts';

const setOf = (sets: ReadonlyMap<number, XmssSet>, publicKey: Uint8Array): XmssSet => sets.get(publicKey[3]!)!;

describe.each([
  ['XMSS', xmssSets, vectors('xmss')],
  ['XMSS^MT', xmssMtSets, vectors('xmssMt')],
])('%s verification', (_, sets, known) => {
  test.each(known)('$name', ({ publicKey, message, signature }) => {
    const set = setOf(sets, publicKey);
    const { n } = set.of;
    const key = { root: publicKey.subarray(4, 4 + n), seed: publicKey.subarray(4 + n) };
    expect(xmssSignatureSize(set)).toBe(signature.length);
    expect(verifyXmss(set, key, message, signature)).toBe(true);
    expect(verifyXmss(set, key, Uint8Array.of(9), signature)).toBe(false);
    for (let at = 0; at < signature.length; at += Math.floor(signature.length / 40)) {
      const other = Uint8Array.from(signature);
      other[at]! ^= 1;
      expect(verifyXmss(set, key, message, other), `byte ${at}`).toBe(false);
    }
    expect(verifyXmss(set, { ...key, seed: key.root }, message, signature)).toBe(false);
    const beyond = Uint8Array.from(signature);
    beyond.fill(0xff, 0, set.indexSize);
    expect(verifyXmss(set, key, message, beyond)).toBe(false);
  });
});

describe('parameter sets', () => {
  test('are as many as RFC 8391 and SP 800-208 number, and their signatures as long as PKCS#11 says', () => {
    const sizes = (sets: ReadonlyMap<number, XmssSet>) => [...sets.values()].map(xmssSignatureSize);
    expect([...xmssSets.keys()]).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
    expect([...xmssMtSets.keys()]).toEqual(Array.from({ length: 56 }, (_, n) => n + 1));
    // Without SP 800-208's shorter hashes: 2500 to 9732 bytes, and 4963 to 104520.
    expect([Math.min(...sizes(xmssSets).slice(0, 12)), Math.max(...sizes(xmssSets))]).toEqual([2500, 9732]);
    expect([Math.min(...sizes(xmssMtSets).slice(0, 32)), Math.max(...sizes(xmssMtSets))]).toEqual([4963, 104520]);
  });
});
