// XMSS and XMSS^MT verification (RFC 8391, with SP 800-208's parameter sets).

import { hash } from 'node:crypto';
import { type XmssHash, xmssLeaf } from './native.ts';

/** One parameter set: `layers` trees above each other, `height` in all. */
export interface XmssSet {
  readonly of: XmssHash;
  readonly height: number;
  readonly layers: number;
  /** Bytes in which a signature tells which one-time key made it. */
  readonly indexSize: number;
}

/** In the order of the numbers: RFC 8391's four hashes, then SP 800-208's three. */
const hashes: readonly XmssHash[] = [
  { hash: 'SHA256', n: 32, padding: 32 },
  { hash: 'SHA512', n: 64, padding: 64 },
  { hash: 'SHAKE128', n: 32, padding: 32 },
  { hash: 'SHAKE256', n: 64, padding: 64 },
  { hash: 'SHA256', n: 24, padding: 4 },
  { hash: 'SHAKE256', n: 32, padding: 32 },
  { hash: 'SHAKE256', n: 24, padding: 4 },
];
const single = [10, 16, 20].map((height) => ({ height, layers: 1, indexSize: 4 }));
const multiple = (
  [
    [20, 2],
    [20, 4],
    [40, 2],
    [40, 4],
    [40, 8],
    [60, 3],
    [60, 6],
    [60, 12],
  ] as const
).map(([height, layers]) => ({ height, layers, indexSize: Math.ceil(height / 8) }));

const numbered = (shapes: readonly Omit<XmssSet, 'of'>[]): ReadonlyMap<number, XmssSet> =>
  new Map(hashes.flatMap((of) => shapes.map((shape) => ({ of, ...shape }))).map((set, i) => [i + 1, set]));
export const xmssSets = numbered(single);
export const xmssMtSets = numbered(multiple);

/** §3.1.1, with w = 16: a digit is half a byte, and the checksum has three. */
const chainsOf = ({ n }: XmssHash): number => 2 * n + 3;

export const xmssSignatureSize = ({ of, height, layers, indexSize }: XmssSet): number =>
  indexSize + of.n + layers * chainsOf(of) * of.n + height * of.n;

function digest({ hash: name, n }: XmssHash, ...parts: Uint8Array[]): Uint8Array {
  const data = Buffer.concat(parts);
  if (name.startsWith('SHAKE')) return hash(name.toLowerCase(), data, { outputEncoding: 'buffer', outputLength: n });
  return hash(name.toLowerCase(), data, 'buffer').subarray(0, n);
}

/** A number as §2.4's toByte() has it. */
const toBytes = (value: number | bigint, length: number): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex'));

/** §5.1: what tells the functions apart. */
const [H, H_MSG, PRF] = [1, 2, 3];

const bigEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** §3.1.5: the digits of a message's hash and of their checksum. */
function digitsOf({ n }: XmssHash, message: Uint8Array): Uint8Array {
  const digits = [...message].flatMap((byte) => [byte >> 4, byte & 15]);
  const checksum = digits.reduce((sum, digit) => sum + 15 - digit, 0);
  return Uint8Array.of(...digits.slice(0, 2 * n), checksum >> 8, (checksum >> 4) & 15, checksum & 15);
}

/** Words of an address, §2.5; the tree's number takes two. */
const [LAYER, TREE, TYPE, HEIGHT, INDEX, KEY_AND_MASK] = [0, 1, 3, 5, 6, 7];
const HASH_TREE = 2;

class Address {
  readonly bytes = new Uint8Array(32);
  readonly #view = new DataView(this.bytes.buffer);
  constructor(layer: number, tree: bigint) {
    this.set(LAYER, layer);
    this.#view.setBigUint64(4 * TREE, tree);
  }
  set(word: number, value: number): Uint8Array {
    this.#view.setUint32(4 * word, value);
    return this.bytes;
  }
}

interface PublicKey {
  readonly root: Uint8Array;
  readonly seed: Uint8Array;
}

/** Algorithm 7, RAND_HASH. */
function joined(of: XmssHash, seed: Uint8Array, address: Address, left: Uint8Array, right: Uint8Array): Uint8Array {
  const made = (what: number) => digest(of, toBytes(PRF, of.padding), seed, address.set(KEY_AND_MASK, what));
  const key = made(0);
  const mask = Buffer.concat([made(1), made(2)]);
  const both = Buffer.concat([left, right]).map((byte, i) => byte ^ mask[i]!);
  return digest(of, toBytes(H, of.padding), key, both);
}

/** Algorithm 13, XMSS_rootFromSig: the root of the tree that this part of a signature leads to. */
function rootFrom(of: XmssHash, seed: Uint8Array, address: Address, leaf: number, signature: Uint8Array, message: Uint8Array): Uint8Array {
  const chains = chainsOf(of) * of.n;
  let node = xmssLeaf(of, seed, address.bytes, leaf, digitsOf(of, message), signature.subarray(0, chains));
  address.set(TYPE, HASH_TREE);
  for (let height = 0, at = chains; at < signature.length; height++, at += of.n) {
    const beside = signature.subarray(at, at + of.n);
    address.set(HEIGHT, height);
    address.set(INDEX, leaf >> (height + 1));
    node = (leaf >> height) % 2 === 0 ? joined(of, seed, address, node, beside) : joined(of, seed, address, beside, node);
  }
  return node;
}

/** Algorithms 14 and 17. `signature` is as long as the set makes it. */
export function verifyXmss(set: XmssSet, { root, seed }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const { of, height, layers, indexSize } = set;
  const index = bigEndian(signature.subarray(0, indexSize));
  if (index >> BigInt(height) !== 0n) return false;
  const layerHeight = height / layers;
  const randomizer = signature.subarray(indexSize, indexSize + of.n);
  const part = (chainsOf(of) + layerHeight) * of.n;
  let node = digest(of, toBytes(H_MSG, of.padding), randomizer, root, toBytes(index, of.n), message);
  for (let layer = 0, at = indexSize + of.n, rest = index; layer < layers; layer++, at += part) {
    const leaf = Number(rest % 2n ** BigInt(layerHeight));
    rest >>= BigInt(layerHeight);
    node = rootFrom(of, seed, new Address(layer, rest), leaf, signature.subarray(at, at + part), node);
  }
  return Buffer.compare(node, root) === 0;
}
