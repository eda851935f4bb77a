// Ciphers as streams: what may go in, what comes out when, and how the end is judged.

import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import type { Faults } from './cipher.ts';
import type { Ciphering } from './mechanism.ts';

/** OpenSSL's, or one of ours that does as much. */
export interface State {
  update(part: Uint8Array): Uint8Array;
  final(): Uint8Array;
  setAutoPadding(on: boolean): State;
}

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

/** Blocks of so many bytes. */
abstract class Blocks extends Streaming {
  protected readonly block: number;
  protected readonly faults: Faults;

  constructor(state: State, block: number, faults: Faults) {
    super(state);
    this.block = block;
    this.faults = faults;
  }
}

/** Without padding: the data must end with a whole block. */
export class Unpadded extends Blocks {
  constructor(state: State, block: number, faults: Faults) {
    super(state.setAutoPadding(false), block, faults);
  }
  bound(length: number): number {
    return (this.length % this.block) + length;
  }
  override final(): Uint8Array {
    ensure(this.length % this.block === 0, this.faults.length, 'the data does not end with a whole block');
    return super.final();
  }
}

/** PKCS#7 padding, put on. */
export class Padding extends Blocks {
  bound(length: number): number {
    const whole = (this.length % this.block) + length;
    return whole - (whole % this.block) + this.block;
  }
}

/** PKCS#7 padding, taken off: the last block is held back until it is known to be the last. */
export class Unpadding extends Blocks {
  bound(length: number): number {
    return this.length === 0 ? length : length + this.block;
  }
  override final(): Uint8Array {
    const whole = this.length > 0 && this.length % this.block === 0;
    ensure(whole, this.faults.length, 'the encrypted data does not end with a whole block');
    const last = attempt(() => super.final());
    ensure(last !== undefined, this.faults.content, 'the padding is wrong');
    return last;
  }
}

/** A key stream of `span` bytes: no blocks to fill, but a counter that must not run over. */
export class Flowing extends Streaming {
  readonly #span: number;

  constructor(state: State, span = Number.POSITIVE_INFINITY) {
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
