// The parameter sets of LMS and LM-OTS by their type codes (RFC 8554 §4.1 and §5.1, SP 800-208 §4).

import type { LmsHash } from './native.ts';

/** In the order of the type codes. */
const hashes = [
  { hash: 'SHA256', n: 32 },
  { hash: 'SHA256', n: 24 },
  { hash: 'SHAKE256', n: 32 },
  { hash: 'SHAKE256', n: 24 },
] as const;

export interface OtsType extends LmsHash {
  readonly code: number;
  /** Bits by which the checksum is shifted to the left of its 16. */
  readonly shift: number;
  /** Bytes of a one-time signature: its code, the randomizer, the chains. */
  readonly size: number;
}
export interface LmsType {
  readonly code: number;
  readonly hash: string;
  readonly n: number;
  readonly height: number;
}

/** Appendix B: the message's digits, then those of a checksum that can be as large as all of them at their largest. */
function otsType(code: number, { hash, n }: (typeof hashes)[number], w: number): OtsType {
  const digits = (8 * n) / w;
  const checksumDigits = Math.ceil((Math.floor(Math.log2((2 ** w - 1) * digits)) + 1) / w);
  const p = digits + checksumDigits;
  return { code, hash, n, w, p, shift: 16 - checksumDigits * w, size: 4 + n * (p + 1) };
}

const WIDTHS = [1, 2, 4, 8];
const HEIGHTS = [5, 10, 15, 20, 25];
/** Codes 1 to 4 of LMS were given to drafts of the RFC. */
const FIRST_LMS = 5;

const ots = hashes.flatMap((hash, group) => WIDTHS.map((w, i) => otsType(1 + group * WIDTHS.length + i, hash, w)));
export const otsTypes: ReadonlyMap<number, OtsType> = new Map(ots.map((type) => [type.code, type]));

const lms = hashes.flatMap(({ hash, n }, group) =>
  HEIGHTS.map((height, i): LmsType => ({ code: FIRST_LMS + group * HEIGHTS.length + i, hash, n, height })),
);
export const lmsTypes: ReadonlyMap<number, LmsType> = new Map(lms.map((type) => [type.code, type]));

/** One level of a hierarchy. */
export interface Level {
  readonly lms: LmsType;
  readonly ots: OtsType;
}

/** Undefined where the codes are none, or are of two different hashes. */
export function levelOf(lmsCode: number, otsCode: number): Level | undefined {
  const level = { lms: lmsTypes.get(lmsCode), ots: otsTypes.get(otsCode) };
  const fits = level.lms !== undefined && level.lms.hash === level.ots?.hash && level.lms.n === level.ots.n;
  return fits ? (level as Level) : undefined;
}

/** Bytes: the leaf's number, the one-time signature, the tree's code, the path. */
export const lmsSignatureSize = ({ lms: { n, height }, ots: { size } }: Level): number => 4 + size + 4 + n * height;

export const IDENTIFIER = 16;
/** Bytes: two codes, I, and the root. */
export const lmsPublicSize = ({ lms: { n } }: Level): number => 8 + IDENTIFIER + n;
