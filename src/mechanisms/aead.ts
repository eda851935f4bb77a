// Authenticated encryption, whatever the algorithm: data with its tag behind it. Nothing leaves decrypted before its tag was checked.

import { type CipherGCM, createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import type { Faults } from './cipher.ts';
import { Held } from './held.ts';
import type { Ciphering } from './mechanism.ts';

/** An algorithm with its key and parameters. */
export interface Setup {
  /** OpenSSL's name. */
  readonly cipher: string;
  readonly key: KeyObject;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  readonly tagLength: number;
  /** The most bytes of data under one nonce. */
  readonly most: number;
  /** CCM authenticates the data's length before the data: it takes it in one piece, and of no other length if one was told. */
  readonly inOnePiece?: true;
  readonly length?: number;
}

// One of the names for which Node's types have the methods that all of them have.
const nameOf = ({ cipher }: Setup) => cipher as 'aes-256-gcm';

export function beginSealing(setup: Setup, length: number): CipherGCM {
  const state = createCipheriv(nameOf(setup), setup.key, setup.nonce, { authTagLength: setup.tagLength });
  return state.setAAD(setup.aad, { plaintextLength: length }) as CipherGCM;
}

export interface Sealed {
  readonly data: Uint8Array;
  readonly tag: Uint8Array;
}

export function seal(setup: Setup, data: Uint8Array, faults: Faults): Sealed {
  checkLength(setup, data.length, faults);
  const state = beginSealing(setup, data.length);
  const sealed = state.update(data);
  state.final();
  return { data: sealed, tag: state.getAuthTag() };
}

/** @throws faults.content where the tag is wrong. */
export function open(setup: Setup, { data, tag }: Sealed, faults: Faults): Uint8Array {
  checkLength(setup, data.length, faults);
  const state = createDecipheriv(nameOf(setup), setup.key, setup.nonce, { authTagLength: setup.tagLength });
  state.setAAD(setup.aad, { plaintextLength: data.length });
  state.setAuthTag(tag);
  // CCM judges the tag while it decrypts, the others when they are asked.
  const plain = attempt(() => state.update(data));
  const right = plain !== undefined && attempt(() => state.final()) !== undefined;
  if (!right) plain?.fill(0);
  ensure(right, faults.content, 'the tag is wrong');
  return plain;
}

export function checkLength({ most, length }: Setup, actual: number, faults: Faults): void {
  ensure(actual <= most, faults.length, 'more data than the algorithm may encrypt under one nonce');
  ensure(length === undefined || length === actual, faults.length, 'the data has another length than the parameter says');
}

/** Encrypts part by part. */
class Sealing implements Ciphering {
  readonly #state: CipherGCM;
  readonly #setup: Setup;
  readonly #faults: Faults;
  #length = 0;

  constructor(setup: Setup, faults: Faults) {
    this.#state = beginSealing(setup, 0);
    this.#setup = setup;
    this.#faults = faults;
  }
  bound(length: number): number {
    return length + this.#setup.tagLength;
  }
  once(data: Uint8Array): Uint8Array {
    return Buffer.concat([this.update(data), this.final()]);
  }
  update(part: Uint8Array): Uint8Array {
    this.#length += part.length;
    checkLength(this.#setup, this.#length, this.#faults);
    return this.#state.update(part);
  }
  final(): Uint8Array {
    this.#state.final();
    return this.#state.getAuthTag();
  }
}

/** Keeps every part until the last, and does then what it does at once. */
export class Gathering implements Ciphering {
  readonly #grown: (length: number) => number;
  readonly #work: (data: Uint8Array) => Uint8Array;
  #held: Held | undefined;

  /** @param grown the most bytes that `work` makes of so many. */
  constructor(grown: (length: number) => number, work: (data: Uint8Array) => Uint8Array) {
    this.#grown = grown;
    this.#work = work;
  }
  bound(length: number): number {
    if (this.#held !== undefined && length > 0) return 0;
    return this.#grown(this.#held?.length ?? length);
  }
  once(data: Uint8Array): Uint8Array {
    return this.#work(data);
  }
  update(part: Uint8Array): Uint8Array {
    this.#held ??= new Held();
    this.#held.update(part);
    return new Uint8Array(0);
  }
  final(): Uint8Array {
    return this.#work(this.#held?.final() ?? new Uint8Array(0));
  }
}

export function sealing(setup: Setup, faults: Faults): Ciphering {
  if (!setup.inOnePiece) return new Sealing(setup, faults);
  const grown = (length: number): number => length + setup.tagLength;
  return new Gathering(grown, (data) => joined(seal(setup, data, faults)));
}

export const opening = (setup: Setup, faults: Faults): Ciphering =>
  new Gathering(
    (length) => Math.max(0, length - setup.tagLength),
    (data) => open(setup, parted(data, setup.tagLength, faults), faults),
  );

export const joined = ({ data, tag }: Sealed): Uint8Array => Buffer.concat([data, tag]);

export function parted(data: Uint8Array, tagLength: number, faults: Faults): Sealed {
  const end = data.length - tagLength;
  ensure(end >= 0, faults.length, 'the encrypted data is shorter than its tag');
  return { data: data.subarray(0, end), tag: data.subarray(end) };
}
