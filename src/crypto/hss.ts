// HSS private keys (RFC 8554 §6): one counter and one secret, from which every tree follows. What a value of the counter signs with
// is the same each time, so nothing may be signed with the same one twice: whoever calls has made sure.
//
// The key: format (1 byte), the counter (8), the secret (32), the top tree's cut (lms-tree.ts). Trees below the top are made when
// the one before is used up, their public keys signed with the next one-time key of the level above.

import { hkdfSync, randomBytes } from 'node:crypto';
import { digitsOf, u32, writeLmsPublic } from './lms.ts';
import { cutOf, pathOf, remembered, rootOf, type Tree } from './lms-tree.ts';
import { IDENTIFIER, type Level, lmsPublicSize, lmsSignatureSize } from './lms-types.ts';
import { lmotsSign } from './native.ts';

const FORMAT = 1;
const [COUNTER_AT, SECRET_AT, CUT_AT] = [1, 9, 41];

/** A number keeps no more exactly; nobody takes so many steps. */
const STEPS_MOST = 2 ** 53;

const heightOf = (levels: readonly Level[]): number => levels.reduce((sum, { lms }) => sum + lms.height, 0);

export const hssSignatureSize = (levels: readonly Level[]): number =>
  levels.reduce((sum, level, i) => sum + lmsSignatureSize(level) + (i > 0 ? lmsPublicSize(level) : 0), 4);

/** One-time keys that are left. */
export const stepsLeft = (levels: readonly Level[], key: Uint8Array): number =>
  Math.min(2 ** heightOf(levels), STEPS_MOST) - counterOf(key);

const viewOf = (key: Uint8Array): DataView => new DataView(key.buffer, key.byteOffset, key.length);
const counterOf = (key: Uint8Array): number => Number(viewOf(key).getBigUint64(COUNTER_AT));

/** The key with its next step taken. */
export function stepped(key: Uint8Array): Uint8Array {
  const next = Uint8Array.from(key);
  viewOf(next).setBigUint64(COUNTER_AT, BigInt(counterOf(key) + 1));
  return next;
}

/** A tree of the hierarchy, and which of its leaves is next. */
interface Place {
  readonly tree: Tree;
  readonly q: number;
  readonly name: string;
  readonly cut: Uint8Array | undefined;
}

const derived = (key: Uint8Array, name: string, length: number): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key.subarray(SECRET_AT, CUT_AT), '', `strongroom hss ${name}`, length));

/** Level by level: how far the counter has come. */
function placesOf(levels: readonly Level[], key: Uint8Array): Place[] {
  const counter = counterOf(key);
  return levels.map((level, i) => {
    const inTree = 2 ** heightOf(levels.slice(i));
    const inLeaf = 2 ** heightOf(levels.slice(i + 1));
    const name = `tree ${i} ${Math.floor(counter / inTree)}`;
    const material = derived(key, name, IDENTIFIER + level.ots.n);
    const tree = { level, identifier: material.subarray(0, IDENTIFIER), seed: material.subarray(IDENTIFIER) };
    return { tree, q: Math.floor(counter / inLeaf) % 2 ** level.lms.height, name, cut: i === 0 ? key.subarray(CUT_AT) : undefined };
  });
}

const publicOf = async ({ tree, cut }: Place): Promise<Uint8Array> =>
  writeLmsPublic({ level: tree.level, identifier: tree.identifier, root: await rootOf(tree, cut) });

/** Takes as long as the top tree is large. @returns the key, and its public key. */
export async function generateHss(levels: readonly Level[]): Promise<{ key: Uint8Array; publicKey: Uint8Array; left: number }> {
  const key = new Uint8Array([FORMAT, ...new Uint8Array(8), ...randomBytes(CUT_AT - SECRET_AT)]);
  const top = placesOf(levels, key)[0]!;
  const cut = await cutOf(top.tree);
  const publicKey = await publicOf({ ...top, cut });
  return { key: Buffer.concat([key, cut]), publicKey: Buffer.concat([u32(levels.length), publicKey]), left: stepsLeft(levels, key) };
}

export function lmsSignature(
  { tree, q }: Pick<Place, 'tree' | 'q'>,
  randomizer: Uint8Array,
  message: Uint8Array,
  path: Uint8Array,
): Uint8Array {
  const { level, identifier, seed } = tree;
  const digits = digitsOf(level, identifier, q, randomizer, message);
  const chains = lmotsSign(level.ots, identifier, q, seed, digits);
  return Buffer.concat([u32(q), u32(level.ots.code), randomizer, chains, u32(level.lms.code), path]);
}

/** What goes before and behind the message's own one-time signature. */
export interface HssFrame {
  /** Each level's signature of the next one's public key. */
  readonly before: Uint8Array;
  readonly path: Uint8Array;
}

/** Makes the trees that the counter has come to, where they are not there from the last time. */
export async function hssFrame(levels: readonly Level[], key: Uint8Array): Promise<HssFrame> {
  const places = placesOf(levels, key);
  const last = places.at(-1)!;
  const path = pathOf(last.tree, last.q, last.cut);
  const above = places.slice(0, -1).map((place, i) => {
    const below = places[i + 1]!;
    // Everything in it follows from the key: made twice it is the same signature, and no second one of the one-time key.
    return remembered(`${Buffer.from(place.tree.identifier).toString('hex')} signs ${place.q}`, async () => {
      const next = await publicOf(below);
      const randomizer = derived(key, `${place.name} randomizer ${place.q}`, place.tree.level.ots.n);
      return Buffer.concat([lmsSignature(place, randomizer, next, await pathOf(place.tree, place.q, place.cut)), next]);
    });
  });
  return { before: Buffer.concat([u32(levels.length - 1), ...(await Promise.all(above))]), path: await path };
}

export function signHss(levels: readonly Level[], key: Uint8Array, { before, path }: HssFrame, message: Uint8Array): Uint8Array {
  const last = placesOf(levels, key).at(-1)!;
  return Buffer.concat([before, lmsSignature(last, randomBytes(last.tree.level.ots.n), message, path)]);
}
