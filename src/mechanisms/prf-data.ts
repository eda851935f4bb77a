// The input of SP 800-108's pseudorandom functions, as CK_PRF_DATA_PARAM lays it out: fixed parts, and places for what changes.

import { ensure } from '../model/error.ts';
import { CK } from '../protocol/constants.ts';
import type { Fields } from '../protocol/parameters.ts';
import type { KeyAt } from './mechanism.ts';
import { ulongAt } from './parameter.ts';
import { keyBytes } from './simple-derivation.ts';

/** What a segment puts into its places. */
export interface Iteration {
  readonly counter: number;
  /** The iteration variable where it is no counter: the segment before, or the pipeline's own. */
  readonly chained: Uint8Array;
}
/** Bits of all that is derived, counted in either way. */
export interface Lengths {
  readonly keys: number;
  readonly segments: number;
}
type Part = (iteration: Iteration) => Uint8Array;

export interface PrfData {
  /** What goes into the function for a segment. */
  of(iteration: Iteration): Uint8Array;
  /** Without the iteration variable and the counter: what a pipeline begins with. */
  readonly fixed: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** bLittleEndian and ulWidthInBits of CK_SP800_108_COUNTER_FORMAT and CK_SP800_108_DKM_LENGTH_FORMAT, from this word on. */
function formatAt(value: Uint8Array, word: number): { littleEndian: boolean; bytes: number } {
  ensure(value.length === 8 * (word + 2), 'MECHANISM_PARAM_INVALID', 'a number without its format');
  const bits = ulongAt(value, word + 1);
  ensure(bits % 8 === 0 && bits >= 8 && bits <= 64, 'MECHANISM_PARAM_INVALID', 'numbers have 8 to 64 bits, in whole bytes');
  return { littleEndian: value[8 * word] !== 0, bytes: bits / 8 };
}

function encoded(number: number, { littleEndian, bytes }: { littleEndian: boolean; bytes: number }): Uint8Array {
  ensure(number < 2 ** (8 * bytes), 'MECHANISM_PARAM_INVALID', 'a number does not fit the width that the parameter gives it');
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(number));
  const bare = out.subarray(8 - bytes);
  return littleEndian ? bare.reverse() : bare;
}

const counting = (value: Uint8Array): Part => {
  const format = formatAt(value, 0);
  return ({ counter }) => encoded(counter, format);
};

function dkmLength(value: Uint8Array, lengths: Lengths): Uint8Array {
  const method = value.length >= 8 ? ulongAt(value, 0) : 0;
  const known = method === CK.SP800_108_DKM_LENGTH_SUM_OF_KEYS || method === CK.SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS;
  ensure(known, 'MECHANISM_PARAM_INVALID', 'a length that is counted in no way');
  return encoded(method === CK.SP800_108_DKM_LENGTH_SUM_OF_KEYS ? lengths.keys : lengths.segments, formatAt(value, 1));
}

interface Read {
  /** Undefined: the same for every segment. */
  readonly changing?: Part;
  readonly fixed: Uint8Array;
}

function read(type: number, value: Uint8Array, lengths: Lengths, hasCounter: boolean, keyAt: KeyAt): Read {
  if (type === CK.SP800_108_BYTE_ARRAY) return { fixed: value };
  if (type === CK.SP800_108_KEY_HANDLE) {
    ensure(value.length === 8, 'MECHANISM_PARAM_INVALID', 'no handle of a key');
    return { fixed: keyBytes(keyAt(ulongAt(value, 0))) };
  }
  if (type === CK.SP800_108_DKM_LENGTH) return { fixed: dkmLength(value, lengths) };
  if (type === CK.SP800_108_ITERATION_VARIABLE) {
    return { fixed: EMPTY, changing: hasCounter ? counting(value) : ({ chained }) => chained };
  }
  // The counter mode has its counter as the iteration variable.
  ensure(type === CK.SP800_108_COUNTER && !hasCounter, 'MECHANISM_PARAM_INVALID', 'a kind of data that the function does not take');
  return { fixed: EMPTY, changing: counting(value) };
}

/** @param hasCounter whether the iteration variable is a counter. */
export function prfData(given: readonly Fields<'CK_PRF_DATA_PARAM'>[], lengths: Lengths, hasCounter: boolean, keyAt: KeyAt): PrfData {
  const count = (type: number): number => given.filter((each) => each.type === type).length;
  ensure(count(CK.SP800_108_ITERATION_VARIABLE) === 1, 'MECHANISM_PARAM_INVALID', 'the data has one iteration variable');
  const single = count(CK.SP800_108_COUNTER) <= 1 && count(CK.SP800_108_DKM_LENGTH) <= 1;
  ensure(single, 'MECHANISM_PARAM_INVALID', 'the data has a counter or a length twice');
  const parts = given.map(({ type, pValue }) => read(type, pValue ?? EMPTY, lengths, hasCounter, keyAt));
  return {
    of: (iteration) => Buffer.concat(parts.map(({ changing, fixed }) => changing?.(iteration) ?? fixed)),
    fixed: Buffer.concat(parts.map(({ fixed }) => fixed)),
  };
}
