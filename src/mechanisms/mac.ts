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
}

class Authenticating {
  readonly size: number;
  readonly #mac: Mac;
  #state: MacState | undefined;

  constructor(mac: Mac) {
    this.size = mac.size;
    this.#mac = mac;
  }
  update(part: Uint8Array): void {
    this.#state ??= this.#mac.begin();
    this.#state.update(part);
  }
  protected code(): Uint8Array {
    return (this.#state ?? this.#mac.begin()).final().subarray(0, this.size);
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

class MacVerifying extends Authenticating implements Verifying {
  verify(data: Uint8Array, signature: Uint8Array): boolean {
    this.update(data);
    return this.final(signature);
  }
  final(signature: Uint8Array): boolean {
    return signature.length === this.size && timingSafeEqual(this.code(), signature);
  }
}

type MacOf = (key: Key, parameter: MechanismParameter) => Mac;

/** Where the key, or what the parameter holds, is for one message only. */
export const singleAuthentication = (macOf: MacOf): Required<Pick<Operations, 'sign' | 'verify'>> => ({
  sign: (key, parameter) => new MacSigning(macOf(key, parameter)),
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
