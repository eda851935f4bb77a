import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateHss, hssFrame, hssSignatureSize, lmsSignature, signHss, stepped, stepsLeft } from '../../../src/crypto/hss.ts';
import {
  lmsHash,
  mayBeHssSignature,
  readHssPublic,
  readLmsPublic,
  readU32,
  u32,
  verifyHss,
  writeLmsPublic,
} from '../../../src/crypto/lms.ts';
import { cutHeight, cutOf, pathOf, rootOf, type Tree } from '../../../src/crypto/lms-tree.ts';
import { type Level, levelOf, lmsPublicSize, lmsSignatureSize, lmsTypes, otsTypes } from '../../../src/crypto/lms-types.ts';
import { vectors } from './hash-based.ts';

const MESSAGE = new Uint8Array(Buffer.from('hello'));
const level = (lms: number, ots: number): Level => levelOf(lms, ots)!;

/** Signs `count` times, from where the key is. */
async function signatures(levels: readonly Level[], key: Uint8Array, count: number): Promise<Uint8Array[]> {
  const made: Uint8Array[] = [];
  for (let n = 0, at = key; n < count; n++, at = stepped(at)) made.push(signHss(levels, at, await hssFrame(levels, at), MESSAGE));
  return made;
}

describe('HSS verification', () => {
  test.each(vectors('hss'))('$name', ({ publicKey, message, signature }) => {
    const key = readHssPublic(publicKey)!;
    expect(verifyHss(key, message, signature)).toBe(true);
    expect(mayBeHssSignature(key, signature.length)).toBe(true);
    expect(verifyHss(key, MESSAGE, signature)).toBe(false);
    // Every part of it counts: numbers, codes, randomizers, chains, keys of lower levels, paths.
    for (let at = 0; at < signature.length; at += 7) {
      const other = Uint8Array.from(signature);
      other[at]! ^= 1;
      expect(verifyHss(key, message, other), `byte ${at}`).toBe(false);
    }
    for (const length of [0, 3, 4, 8, signature.length - 1]) expect(verifyHss(key, message, signature.subarray(0, length))).toBe(false);
    expect(verifyHss(key, message, Buffer.concat([signature, Uint8Array.of(0)]))).toBe(false);
  });

  test('a signature by the key of a lower level is none of the key', () => {
    const { publicKey, message, signature } = vectors('hss')[1]!;
    const { top } = readHssPublic(publicKey)!;
    const lower = signature.subarray(4 + lmsSignatureSize(top.level));
    const lowerKey = readLmsPublic(lower.subarray(0, lmsPublicSize(level(readU32(lower, 0), readU32(lower, 4)))))!;
    const rest = lower.subarray(lmsPublicSize(lowerKey.level));
    expect(verifyHss({ levels: 1, top: lowerKey }, message, Buffer.concat([u32(0), rest]))).toBe(true);
    expect(verifyHss({ levels: 2, top }, message, Buffer.concat([u32(0), rest]))).toBe(false);
  });

  test('a public key has 1 to 8 levels, types that there are, both of one hash, and their length', () => {
    const { publicKey } = vectors('hss')[0]!;
    const changed = (at: number, value: number): Uint8Array => {
      const other = Uint8Array.from(publicKey);
      new DataView(other.buffer).setUint32(at, value);
      return other;
    };
    expect(readHssPublic(publicKey)?.levels).toBe(2);
    expect(readHssPublic(changed(0, 8))?.levels).toBe(8);
    const wrong = [changed(0, 0), changed(0, 9), changed(4, 4), changed(4, 25), changed(8, 17), changed(8, 12), changed(8, 8)];
    for (const other of [...wrong, publicKey.subarray(1), publicKey.subarray(0, 10), new Uint8Array(0)]) {
      expect(readHssPublic(other)).toBeUndefined();
    }
  });
});

describe('LMS parameter sets', () => {
  test('are those of RFC 8554 and SP 800-208', () => {
    expect([...otsTypes.values()].map(({ p }) => p)).toEqual([265, 133, 67, 34, 200, 101, 51, 26, 265, 133, 67, 34, 200, 101, 51, 26]);
    expect([...otsTypes.values()].map(({ shift }) => shift)).toEqual([7, 6, 4, 0, 8, 6, 4, 0, 7, 6, 4, 0, 8, 6, 4, 0]);
    expect([...otsTypes.keys()]).toEqual(Array.from({ length: 16 }, (_, n) => n + 1));
    expect([...lmsTypes.keys()]).toEqual(Array.from({ length: 20 }, (_, n) => n + 5));
    // PKCS#11's table of signature lengths, from 1296 to 74988.
    expect(hssSignatureSize([level(5, 4)])).toBe(1296);
    expect(hssSignatureSize(Array<Level>(8).fill(level(9, 1)))).toBe(74988);
  });
});

describe('an LMS tree', () => {
  test.each(vectors('lms'))(
    'follows from its seed, and so do its signatures: leaf $q',
    async ({ seed, q, message, publicKey, signatureHash }) => {
      const { level: of, identifier } = readLmsPublic(publicKey)!;
      const tree: Tree = { level: of, identifier, seed };
      expect(writeLmsPublic({ level: of, identifier, root: await rootOf(tree) })).toEqual(Buffer.from(publicKey));
      const randomizer = lmsHash(of.lms, identifier, u32(q), Uint8Array.of(0xff, 0xfd, 0xff), seed);
      const signature = lmsSignature({ tree, q }, randomizer, message, await pathOf(tree, q));
      expect(hash('sha256', signature, 'buffer')).toEqual(Buffer.from(signatureHash));
    },
  );

  test('gives the same paths from what was kept of it', async () => {
    const tree: Tree = { level: level(6, 3), identifier: new Uint8Array(16).fill(1), seed: new Uint8Array(32) };
    const cut = await cutOf(tree);
    expect(cut.length).toBe(32 * 2 ** (10 - cutHeight(tree.level)));
    const twin = { ...tree, identifier: new Uint8Array(16).fill(1) };
    for (const q of [0, 31, 32, 1023]) expect(await pathOf(twin, q, cut)).toEqual(await pathOf(tree, q));
  });
});

describe('an HSS key', () => {
  test.each([
    ['one level', [level(5, 4)]],
    ['two levels', [level(5, 3), level(5, 4)]],
    ['three levels', [level(5, 2), level(5, 1), level(5, 2)]],
    ['SHA-256/192', [level(10, 8), level(10, 5)]],
    ['SHAKE256', [level(15, 9), level(15, 10)]],
    ['SHAKE256/192', [level(20, 14)]],
  ])('of %s signs what its public key verifies', async (_, levels) => {
    const { key, publicKey, left } = await generateHss(levels);
    expect(left).toBe(32 ** levels.length);
    const loaded = readHssPublic(publicKey)!;
    expect(loaded.levels).toBe(levels.length);
    // Far enough for a second tree of the lowest level.
    for (const signature of await signatures(levels, key, Math.min(34, left))) {
      expect(signature.length).toBe(hssSignatureSize(levels));
      expect(verifyHss(loaded, MESSAGE, signature)).toBe(true);
    }
  });

  test('signs with each one-time key of each tree once, and a public key of a lower level always alike', async () => {
    const levels = [level(5, 4), level(5, 3)];
    const { key } = await generateHss(levels);
    const made = await signatures(levels, key, 70);
    const upperSize = lmsSignatureSize(levels[0]!) + lmsPublicSize(levels[1]!);
    const uppers = made.map((signature) => Buffer.from(signature.subarray(4, 4 + upperSize)).toString('hex'));
    expect([...new Set(uppers)]).toEqual([uppers[0], uppers[32], uppers[64]]);
    const leaves = made.map((signature, n) => `${uppers[n]} ${readU32(signature, 4 + upperSize)}`);
    expect(new Set(leaves).size).toBe(made.length);
  });

  test('ends after its last one-time key, and knows how many are left', async () => {
    const levels = [level(5, 1)];
    let { key } = await generateHss(levels);
    for (let left = 32; left >= 0; left--, key = stepped(key)) expect(stepsLeft(levels, key)).toBe(left);
    const vast = Array<Level>(8).fill(level(9, 1));
    expect(stepsLeft(vast, key)).toBeGreaterThan(2 ** 32);
  });
});
