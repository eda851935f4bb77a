// LMS and HSS (RFC 8554 with SP 800-208's parameter sets): public keys, signatures and their verification. Signing: hss.ts.

import { hash } from 'node:crypto';
import { IDENTIFIER, type Level, levelOf, lmsPublicSize, lmsSignatureSize } from './lms-types.ts';
import { lmsLeaf } from './native.ts';

export interface LmsPublicKey {
  readonly level: Level;
  readonly identifier: Uint8Array;
  readonly root: Uint8Array;
}
export interface HssPublicKey {
  readonly levels: number;
  readonly top: LmsPublicKey;
}

const D_MESG = 0x8181;
const D_INTR = 0x8383;

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);
export const readU32 = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);

const NAMES: Readonly<Record<string, string>> = { SHA256: 'sha256', SHAKE256: 'shake256' };
/** The hash of an LMS parameter set: of SHA-256 the first n bytes, of SHAKE256 as many as n. */
export function lmsHash({ hash: name, n }: { readonly hash: string; readonly n: number }, ...parts: Uint8Array[]): Uint8Array {
  const data = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  if (name === 'SHAKE256') return hash(NAMES[name]!, data, { outputEncoding: 'buffer', outputLength: n });
  return hash(NAMES[name]!, data, 'buffer').subarray(0, n);
}

/** An inner node of a tree. */
export const innerNode = ({ lms }: Level, identifier: Uint8Array, number: number, left: Uint8Array, right: Uint8Array): Uint8Array =>
  lmsHash(lms, identifier, u32(number), u16(D_INTR), left, right);

/** §4.5: the randomized hash of a message, as digits, with the digits of its checksum. */
export function digitsOf({ ots }: Level, identifier: Uint8Array, q: number, randomizer: Uint8Array, message: Uint8Array): Uint8Array {
  const { n, w, p, shift } = ots;
  const digest = lmsHash(ots, identifier, u32(q), u16(D_MESG), randomizer, message);
  const digit = (bytes: Uint8Array, i: number): number => (bytes[Math.floor((i * w) / 8)]! >> (8 - w - ((i * w) % 8))) & (2 ** w - 1);
  let checksum = 0;
  for (let i = 0; i < (8 * n) / w; i++) checksum += 2 ** w - 1 - digit(digest, i);
  const all = Buffer.concat([digest, u16(checksum << shift)]);
  return Uint8Array.from({ length: p }, (_, i) => digit(all, i));
}

/** Undefined where it is none: unknown codes, or another length than they make it. */
export function readLmsPublic(bytes: Uint8Array): LmsPublicKey | undefined {
  if (bytes.length < 8) return undefined;
  const level = levelOf(readU32(bytes, 0), readU32(bytes, 4));
  if (level === undefined || bytes.length !== lmsPublicSize(level)) return undefined;
  return { level, identifier: bytes.subarray(8, 8 + IDENTIFIER), root: bytes.subarray(8 + IDENTIFIER) };
}

export const writeLmsPublic = ({ level: { lms, ots }, identifier, root }: LmsPublicKey): Uint8Array =>
  Buffer.concat([u32(lms.code), u32(ots.code), identifier, root]);

const MOST_LEVELS = 8;

export function readHssPublic(bytes: Uint8Array): HssPublicKey | undefined {
  if (bytes.length < 4) return undefined;
  const [levels, top] = [readU32(bytes, 0), readLmsPublic(bytes.subarray(4))];
  return top !== undefined && levels >= 1 && levels <= MOST_LEVELS ? { levels, top } : undefined;
}

/** §5.4.2. `signature` is as long as the key's level makes it. */
function verifyLms({ level, identifier, root }: LmsPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const { lms, ots } = level;
  const q = readU32(signature, 0);
  const pathAt = 4 + ots.size + 4;
  if (readU32(signature, 4) !== ots.code || readU32(signature, pathAt - 4) !== lms.code || q >= 2 ** lms.height) return false;
  const digits = digitsOf(level, identifier, q, signature.subarray(8, 8 + ots.n), message);
  let number = 2 ** lms.height + q;
  let node = lmsLeaf(ots, identifier, q, number, digits, signature.subarray(8 + ots.n, pathAt - 4));
  for (let at = pathAt; number > 1; at += lms.n) {
    const beside = signature.subarray(at, at + lms.n);
    const [left, right] = number % 2 === 1 ? [beside, node] : [node, beside];
    number = Math.floor(number / 2);
    node = innerNode(level, identifier, number, left, right);
  }
  return Buffer.compare(node, root) === 0;
}

/** §6.3: each level's key signs the next one's, the last the message. Whatever the signature is, it is right or wrong. */
export function verifyHss({ levels, top }: HssPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length < 4 || readU32(signature, 0) !== levels - 1) return false;
  let [key, rest] = [top, signature.subarray(4)];
  for (let below = levels - 1; ; below--) {
    const size = lmsSignatureSize(key.level);
    if (below === 0) return rest.length === size && verifyLms(key, message, rest);
    const next = rest.length >= size + 8 ? levelOf(readU32(rest, size), readU32(rest, size + 4)) : undefined;
    if (next === undefined || rest.length < size + lmsPublicSize(next)) return false;
    const written = rest.subarray(size, size + lmsPublicSize(next));
    if (!verifyLms(key, written, rest.subarray(0, size))) return false;
    [key, rest] = [readLmsPublic(written)!, rest.subarray(size + written.length)];
  }
}

/** Whether a signature of this key may have this length: what the lower levels are is not said by it. */
export function mayBeHssSignature({ levels, top }: HssPublicKey, length: number): boolean {
  const least = 4 + lmsSignatureSize(top.level);
  return levels === 1 ? length === least : length > least && length <= LARGEST;
}
/** Eight levels of the largest one-time signatures and the highest trees. */
const largest = levelOf(9, 1)!;
const LARGEST = 4 + MOST_LEVELS * lmsSignatureSize(largest) + (MOST_LEVELS - 1) * lmsPublicSize(largest);
