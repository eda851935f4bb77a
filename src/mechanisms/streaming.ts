// Block ciphers as streams: what may go in, what comes out when, and how the end is judged.

import type { Cipheriv, Decipheriv } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import type { Ciphering } from './mechanism.ts';

/** Bytes of an AES block. */
export const BLOCK = 16;

export type State = Cipheriv | Decipheriv;

abstract class Streaming implements Ciphering {
  protected readonly state: State;
  /** Bytes that went in. */
  protected length = 0;

  constructor(state: State) {
    this.state = state;
  }
  abstract bound(length: number): number;

  once(data: Uint8Array): Uint8Array {
    const [first, last] = [this.update(data), this.final()];
    return last.length === 0 ? first : Buffer.concat([first, last]);
  }
  update(part: Uint8Array): Uint8Array {
    this.length += part.length;
    return this.state.update(part);
  }
  final(): Uint8Array {
    return this.state.final();
  }
}

/** Without padding; `partial` is the answer to data that does not end with a whole block. */
export class Unpadded extends Streaming {
  readonly #partial: 'DATA_LEN_RANGE' | 'ENCRYPTED_DATA_LEN_RANGE';

  constructor(state: State, partial: 'DATA_LEN_RANGE' | 'ENCRYPTED_DATA_LEN_RANGE') {
    super(state.setAutoPadding(false));
    this.#partial = partial;
  }
  bound(length: number): number {
    return (this.length % BLOCK) + length;
  }
  override final(): Uint8Array {
    ensure(this.length % BLOCK === 0, this.#partial, 'the data does not end with a whole block');
    return super.final();
  }
}

/** PKCS#7 padding, put on. */
export class Padding extends Streaming {
  bound(length: number): number {
    const whole = (this.length % BLOCK) + length;
    return whole - (whole % BLOCK) + BLOCK;
  }
}

/** PKCS#7 padding, taken off: the last block is held back until it is known to be the last. */
export class Unpadding extends Streaming {
  bound(length: number): number {
    return this.length === 0 ? length : length + BLOCK;
  }
  override final(): Uint8Array {
    const whole = this.length > 0 && this.length % BLOCK === 0;
    ensure(whole, 'ENCRYPTED_DATA_LEN_RANGE', 'the encrypted data does not end with a whole block');
    const last = attempt(() => super.final());
    ensure(last !== undefined, 'ENCRYPTED_DATA_INVALID', 'the padding is wrong');
    return last;
  }
}

/** A key stream of `span` bytes: no blocks to fill, but a counter that must not run over. */
export class Counting extends Streaming {
  readonly #span: number;

  constructor(state: State, span: number) {
    super(state);
    this.#span = span;
  }
  bound(length: number): number {
    return length;
  }
  override update(part: Uint8Array): Uint8Array {
    // v3.2, AES with Counter: the same answer in both directions.
    ensure(this.length + part.length <= this.#span, 'DATA_LEN_RANGE', 'the counter bits of the counter block would overflow');
    return super.update(part);
  }
}
