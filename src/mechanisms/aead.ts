// Authenticated encryption, whatever the algorithm: data with its tag behind it. Nothing leaves decrypted before its tag was checked.

import { type CipherGCM, createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { Aead } from '../crypto/aead.ts';
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
  /** The key's own contexts, for data in one piece: where the key is one that stays. */
  readonly whole?: Aead;
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
  const sealed = new Uint8Array(data.length + setup.tagLength);
  sealInto(setup, data, sealed, faults);
  return { data: sealed.subarray(0, data.length), tag: sealed.subarray(data.length) };
}

/** @param place for the data and the tag behind it. */
function sealInto(setup: Setup, data: Uint8Array, place: Uint8Array, faults: Faults): void {
  checkLength(setup, data.length, faults);
  if (setup.whole !== undefined) {
    setup.whole.seal(setup.nonce, setup.aad, data, place);
    return;
  }
  const state = beginSealing(setup, data.length);
  place.set(state.update(data));
  state.final();
  place.set(state.getAuthTag(), data.length);
}

/** @throws faults.content where the tag is wrong. */
export function open(setup: Setup, sealed: Sealed, faults: Faults): Uint8Array {
  const plain = new Uint8Array(sealed.data.length);
  openInto(setup, sealed, plain, faults);
  return plain;
}

function openInto(setup: Setup, { data, tag }: Sealed, place: Uint8Array, faults: Faults): void {
  checkLength(setup, data.length, faults);
  const right = setup.whole?.open(setup.nonce, setup.aad, data, tag, place) ?? opened(setup, { data, tag }, place);
  ensure(right, faults.content, 'the tag is wrong');
}

function opened(setup: Setup, { data, tag }: Sealed, place: Uint8Array): boolean {
  const state = createDecipheriv(nameOf(setup), setup.key, setup.nonce, { authTagLength: setup.tagLength });
  state.setAAD(setup.aad, { plaintextLength: data.length });
  state.setAuthTag(tag);
  // CCM judges the tag while it decrypts, the others when they are asked.
  const plain = attempt(() => state.update(data));
  const right = plain !== undefined && attempt(() => state.final()) !== undefined;
  if (right) place.set(plain);
  plain?.fill(0);
  return right;
}

export function checkLength({ most, length }: Setup, actual: number, faults: Faults): void {
  ensure(actual <= most, faults.length, 'more data than the algorithm may encrypt under one nonce');
  ensure(length === undefined || length === actual, faults.length, 'the data has another length than the parameter says');
}

/** Encrypts part by part, or at once. */
class Sealing implements Ciphering {
  #state: CipherGCM | undefined;
  readonly #setup: Setup;
  readonly #faults: Faults;
  #length = 0;

  constructor(setup: Setup, faults: Faults) {
    this.#setup = setup;
    this.#faults = faults;
  }
  bound(length: number): number {
    return length + this.#setup.tagLength;
  }
  once(data: Uint8Array): Uint8Array {
    return joined(seal(this.#setup, data, this.#faults));
  }
  put(data: Uint8Array, place: Uint8Array): void {
    sealInto(this.#setup, data, place, this.#faults);
  }
  update(part: Uint8Array): Uint8Array {
    this.#length += part.length;
    checkLength(this.#setup, this.#length, this.#faults);
    return this.#begun().update(part);
  }
  final(): Uint8Array {
    const state = this.#begun();
    state.final();
    return state.getAuthTag();
  }
  #begun(): CipherGCM {
    this.#state ??= beginSealing(this.#setup, 0);
    return this.#state;
  }
}

/** Keeps every part until the last, and does then what it does at once. */
export class Gathering implements Ciphering {
  readonly #grown: (length: number) => number;
  readonly #work: (data: Uint8Array) => Uint8Array;
  readonly put: Ciphering['put'];
  #held: Held | undefined;

  /** @param grown the most bytes that `work` makes of so many; with `put`, the number that it does. */
  constructor(grown: (length: number) => number, work: (data: Uint8Array) => Uint8Array, put?: Ciphering['put']) {
    this.#grown = grown;
    this.#work = work;
    this.put = put;
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
    (data, place) => openInto(setup, parted(data, setup.tagLength, faults), place, faults),
  );

export const joined = ({ data, tag }: Sealed): Uint8Array => Buffer.concat([data, tag]);

export function parted(data: Uint8Array, tagLength: number, faults: Faults): Sealed {
  const end = data.length - tagLength;
  ensure(end >= 0, faults.length, 'the encrypted data is shorter than its tag');
  return { data: data.subarray(0, end), tag: data.subarray(end) };
}
