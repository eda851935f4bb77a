// Merkle trees as signing needs them: the path from a leaf to the root. A tree is cut at half its height: the roots of the lower
// half's subtrees are kept (with the key, where the tree is large), a subtree is made anew when its first leaf is used. What is here
// are hashes of public keys: everything but the seed goes out in signatures.

import { innerNode } from './lms.ts';
import type { Level } from './lms-types.ts';
import { lmsSubtree } from './native.ts';

/** A tree's identity and its secret; `number`s of nodes count from the root, which is 1. */
export interface Tree {
  readonly level: Level;
  readonly identifier: Uint8Array;
  readonly seed: Uint8Array;
}

/** Nodes as a heap: those below node i are 2i and 2i + 1. */
type Heap = Uint8Array;

const nodeOf = (heap: Heap, place: number, n: number): Uint8Array => heap.subarray(place * n, (place + 1) * n);

/** Levels of a tree that are below the cut. */
export const cutHeight = ({ lms: { height } }: Level): number => Math.floor(height / 2);

/** What SHAKE256 takes, measured in SHA-256. */
const SHAKE = 5;
/** Calls of SHA-256 that take as long as making the whole tree, nearly. */
export const costOf = ({ lms: { hash, height }, ots: { p, w } }: Level): number =>
  2 ** height * p * 2 ** w * (hash === 'SHAKE256' ? SHAKE : 1);

/** Subtrees made at once: OpenSSL's threads are four, and PINs and other keys want some too. */
const AT_ONCE = 2;
let free = AT_ONCE;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

const subtree = ({ level, identifier, seed }: Tree, at: number): Promise<Heap> => {
  const { height } = level.lms;
  const below = cutHeight(level);
  return inTurn(() => lmsSubtree(level.ots, identifier, seed, height, below, 2 ** (height - below) + at));
};

/** The roots of all subtrees, one after the other. */
export async function cutOf(tree: Tree): Promise<Uint8Array> {
  const { n, height } = tree.level.lms;
  const count = 2 ** (height - cutHeight(tree.level));
  const roots = new Uint8Array(count * n);
  let next = 0;
  const some = async () => {
    for (let at = next++; at < count; at = next++) roots.set(nodeOf(await subtree(tree, at), 1, n), at * n);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return roots;
}

/** The tree above the cut. */
function upperOf({ level, identifier }: Tree, cut: Uint8Array): Heap {
  const { n } = level.lms;
  const heap = new Uint8Array(2 * cut.length);
  heap.set(cut, cut.length);
  for (let place = cut.length / n - 1; place > 0; place--) {
    heap.set(innerNode(level, identifier, place, nodeOf(heap, 2 * place, n), nodeOf(heap, 2 * place + 1, n)), place * n);
  }
  return heap;
}

/** What was made lately, under the tree's own name; the least used goes first. Whoever asks while it is made waits for the same. */
const MADE_MOST = 64;
const made = new Map<string, Promise<Uint8Array>>();
export function remembered(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const found = made.get(name) ?? make();
  made.delete(name);
  made.set(name, found);
  // What failed is tried again; whoever waits for it learns of it.
  found.catch(() => made.delete(name));
  if (made.size > MADE_MOST) made.delete(made.keys().next().value!);
  return found;
}

const nameOf = ({ level, identifier }: Tree, part: string): string =>
  `${Buffer.from(identifier).toString('hex')} ${level.lms.code} ${level.ots.code} ${part}`;

const upper = (tree: Tree, cut?: Uint8Array): Promise<Heap> =>
  remembered(nameOf(tree, 'upper'), async () => upperOf(tree, cut ?? (await cutOf(tree))));

/** @param cut what cutOf() gave, where it was kept: without it the whole tree is made when it is first asked for. */
export const rootOf = async (tree: Tree, cut?: Uint8Array): Promise<Uint8Array> => nodeOf(await upper(tree, cut), 1, tree.level.lms.n);

/** What stands beside the way from leaf `q` to the root, from below. */
export async function pathOf(tree: Tree, q: number, cut?: Uint8Array): Promise<Uint8Array> {
  const { n, height } = tree.level.lms;
  const below = cutHeight(tree.level);
  const [at, place] = [Math.floor(q / 2 ** below), q % 2 ** below];
  const [top, bottom] = await Promise.all([upper(tree, cut), remembered(nameOf(tree, `${at}`), () => subtree(tree, at))]);
  const besides = (heap: Heap, from: number, levels: number): Uint8Array[] =>
    Array.from({ length: levels }, (_, up) => nodeOf(heap, (from >> up) ^ 1, n));
  return Buffer.concat([...besides(bottom, 2 ** below + place, below), ...besides(top, 2 ** (height - below) + at, height - below)]);
}
