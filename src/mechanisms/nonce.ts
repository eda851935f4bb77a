// Nonces that the token makes (CK_GENERATOR_FUNCTION): around the bits that the application fixes, and never twice in one process.

import { randomBytes } from 'node:crypto';
import { ensure } from '../model/error.ts';
import { CKG } from '../protocol/constants.ts';

export interface NonceAsked {
  /** As the application gave it: all of it, or what its fixed bits are taken from. */
  readonly given: Uint8Array;
  readonly fixedBits: number;
  readonly generator: number;
}

/** The nonces of one process, from C_MessageEncryptInit to its Final. */
export class Nonces {
  #counter = 0n;
  #start: bigint | undefined;

  next({ given, fixedBits, generator }: NonceAsked): Uint8Array {
    if (generator === CKG.NO_GENERATE) return given;
    const free = 8 * given.length - fixedBits;
    ensure(free > 0, 'MECHANISM_PARAM_INVALID', 'every bit of the nonce is fixed');
    const value = numberOf(given);
    const own = BigInt.asUintN(free, value);
    return bytesOf(value - own + this.#free(generator, own, free), given.length);
  }

  #free(generator: number, given: bigint, bits: number): bigint {
    if (generator === CKG.GENERATE_COUNTER) return this.#count(bits);
    if (generator === CKG.GENERATE_COUNTER_XOR) return given ^ this.#count(bits);
    if (generator === CKG.GENERATE_RANDOM) return randomBits(bits);
    ensure(generator === CKG.GENERATE, 'MECHANISM_PARAM_INVALID', 'no such generator of nonces');
    // From anywhere, and then one after the other: no two alike here, and no others begin at the same place.
    this.#start ??= randomBits(bits);
    return BigInt.asUintN(bits, this.#start + this.#count(bits));
  }

  #count(bits: number): bigint {
    const next = this.#counter++;
    ensure(next < 1n << BigInt(bits), 'MECHANISM_PARAM_INVALID', 'every nonce with these fixed bits was used');
    return next;
  }
}

const randomBits = (bits: number): bigint => BigInt.asUintN(bits, numberOf(randomBytes(Math.ceil(bits / 8))));

/** For one message alone, where a counter would begin again each time. */
export function singleNonce(asked: NonceAsked): Uint8Array {
  const counts = asked.generator === CKG.GENERATE_COUNTER || asked.generator === CKG.GENERATE_COUNTER_XOR;
  ensure(!counts, 'MECHANISM_PARAM_INVALID', 'a counter of one nonce would give every key the same');
  return new Nonces().next(asked);
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (number: bigint, length: number): Uint8Array => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
