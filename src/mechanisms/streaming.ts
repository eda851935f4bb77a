// Ciphers as streams: what may go in, what comes out when, and how the end is judged.

import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import type { Faults } from './cipher.ts';
import type { Ciphering, Put } from './mechanism.ts';

/** OpenSSL's, or one of ours that does as much. */
export interface State {
  update(part: Uint8Array): Uint8Array;
  final(): Uint8Array;
  setAutoPadding(on: boolean): State;
  /** All of it at once, into as much room as it needs: its length, or undefined where OpenSSL refuses how the data ends. */
  whole?(data: Uint8Array, place: Uint8Array): number | undefined;
}

abstract class Streaming implements Ciphering {
  protected readonly state: State;
  readonly put: Put | undefined;
  /** Bytes that went in. */
  protected length = 0;

  /** @param isExact whether `bound` is, for data in one piece. */
  constructor(state: State, isExact = true) {
    this.state = state;
    this.put = isExact && state.whole !== undefined ? (data, place) => void this.#whole(data, place) : undefined;
  }
  abstract bound(length: number): number;

  once(data: Uint8Array): Uint8Array {
    if (this.state.whole !== undefined) {
      const place = new Uint8Array(this.bound(data.length));
      return place.subarray(0, this.#whole(data, place));
    }
    const [first, last] = [this.update(data), this.final()];
    return last.length === 0 ? first : Buffer.concat([first, last]);
  }
  update(part: Uint8Array): Uint8Array {
    this.count(part.length);
    return this.state.update(part);
  }
  final(): Uint8Array {
    this.checkEnd();
    return this.judged(() => this.state.final());
  }
  #whole(data: Uint8Array, place: Uint8Array): number {
    this.count(data.length);
    this.checkEnd();
    return this.judged(() => this.state.whole?.(data, place));
  }

  /** @throws where that is more than there may be. */
  protected count(length: number): void {
    this.length += length;
  }
  /** @throws where the data may not end here. */
  protected checkEnd(): void {}
  /** Whatever OpenSSL has to say of the end. */
  protected judged<T>(end: () => T | undefined): T {
    const result = end();
    ensure(result !== undefined, 'DEVICE_ERROR', 'OpenSSL refuses what nothing is wrong with');
    return result;
  }
}

/** Blocks of so many bytes. */
abstract class Blocks extends Streaming {
  protected readonly block: number;
  protected readonly faults: Faults;

  constructor(state: State, block: number, faults: Faults, isExact = true) {
    super(state, isExact);
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
  protected override checkEnd(): void {
    ensure(this.length % this.block === 0, this.faults.length, 'the data does not end with a whole block');
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
  constructor(state: State, block: number, faults: Faults) {
    super(state, block, faults, false);
  }
  bound(length: number): number {
    return this.length === 0 ? length : length + this.block;
  }
  protected override checkEnd(): void {
    const whole = this.length > 0 && this.length % this.block === 0;
    ensure(whole, this.faults.length, 'the encrypted data does not end with a whole block');
  }
  protected override judged<T>(end: () => T | undefined): T {
    const result = attempt(end);
    ensure(result !== undefined, this.faults.content, 'the padding is wrong');
    return result;
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
  protected override count(length: number): void {
    // v3.2, AES with Counter: the same answer in both directions.
    ensure(this.length + length <= this.#span, 'DATA_LEN_RANGE', 'the counter bits of the counter block would overflow');
    super.count(length);
  }
}
