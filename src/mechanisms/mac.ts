// Message authentication codes, whatever makes them: signed and verified, whole or cut, in one part or in several.

import { timingSafeEqual } from 'node:crypto';
import { ensure } from '../model/error.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import type { Key, Operations, Signing, Verifying } from './mechanism.ts';
import { type EachMessage, eachMessage } from './message-signature.ts';
import { bytesParameter, noParameter, ulongAt } from './parameter.ts';

/** A code being made. */
export interface MacState {
  update(part: Uint8Array): unknown;
  final(): Uint8Array;
}

/** An algorithm with its key and parameter: how long its codes are, and a state when the first data comes. */
export interface Mac {
  readonly size: number;
  begin(): MacState;
  /** The same for data in one piece, where that has a shorter way. */
  readonly whole?: WholeMac | undefined;
}
interface WholeMac {
  put(data: Uint8Array, place: Uint8Array): void;
  /** At full length, and good until the next one. */
  code(data: Uint8Array): Uint8Array;
}

class Authenticating {
  readonly size: number;
  protected readonly mac: Mac;
  #state: MacState | undefined;

  constructor(mac: Mac) {
    this.size = mac.size;
    this.mac = mac;
  }
  update(part: Uint8Array): void {
    this.#state ??= this.mac.begin();
    this.#state.update(part);
  }
  protected code(): Uint8Array {
    return (this.#state ?? this.mac.begin()).final().subarray(0, this.size);
  }
}

class MacSigning extends Authenticating implements Signing {
  sign(data: Uint8Array): Uint8Array {
    this.update(data);
    return this.code();
  }
  final(): Uint8Array {
    return this.code();
  }
}

class WholeMacSigning extends MacSigning {
  readonly #whole: WholeMac;

  constructor(mac: Mac, whole: WholeMac) {
    super(mac);
    this.#whole = whole;
  }
  put(data: Uint8Array, place: Uint8Array): void {
    this.#whole.put(data, place);
  }
}

class MacVerifying extends Authenticating implements Verifying {
  verify(data: Uint8Array, signature: Uint8Array): boolean {
    const { whole } = this.mac;
    if (whole !== undefined) return this.#is(whole.code(data).subarray(0, this.size), signature);
    this.update(data);
    return this.final(signature);
  }
  final(signature: Uint8Array): boolean {
    return this.#is(this.code(), signature);
  }
  #is(code: Uint8Array, signature: Uint8Array): boolean {
    return signature.length === this.size && timingSafeEqual(code, signature);
  }
}

const signing = (mac: Mac): Signing => (mac.whole === undefined ? new MacSigning(mac) : new WholeMacSigning(mac, mac.whole));

type MacOf = (key: Key, parameter: MechanismParameter) => Mac;

/** Where the key, or what the parameter holds, is for one message only. */
export const singleAuthentication = (macOf: MacOf): Required<Pick<Operations, 'sign' | 'verify'>> => ({
  sign: (key, parameter) => signing(macOf(key, parameter)),
  verify: (key, parameter) => new MacVerifying(macOf(key, parameter)),
});

export const authentication = (macOf: MacOf): EachMessage => eachMessage(singleAuthentication(macOf));

/** How much of a code is given. */
export type Length = (parameter: MechanismParameter) => number;

export const whole =
  (size: number): Length =>
  (parameter) => {
    noParameter(parameter);
    return size;
  };

/** CK_MAC_GENERAL_PARAMS. None of a code's bytes would be right for every message. */
export const cut =
  (most: number): Length =>
  (parameter) => {
    const length = ulongAt(bytesParameter(parameter, 8), 0);
    ensure(length >= 1 && length <= most, 'MECHANISM_PARAM_INVALID', 'a MAC of no bytes, or of more than its algorithm has');
    return length;
  };
