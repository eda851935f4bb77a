// How signatures are made and checked, whatever the algorithm. A family says which keys and which scheme; an intake says
// how the application's data becomes what the scheme signs. Everything that can be is made once, so that C_SignInit with a
// key that was used before makes one object and no more.

import { ensure } from '../model/error.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type InParts, type Intake, type Parts, takesParts } from './intake.ts';
import type { Key, Operations, Signing, Verifying } from './mechanism.ts';
import { type EachMessage, eachMessage } from './message-signature.ts';

/** A key as the scheme wants it, and how many bytes its signatures have. */
export interface Loaded {
  readonly size: number;
}

/** One half of an algorithm. `data` is what was signed: a digest, or whatever the application gave. */
export interface Check<K extends Loaded> {
  verify(key: K, data: Uint8Array, signature: Uint8Array): boolean;
  /** Where signatures may have other lengths than `size`: whether they may have this one. */
  accepts?(key: K, length: number): boolean;
}
/** Both. `out` is as long as a signature; signing fills it. */
export interface Scheme<K extends Loaded> extends Check<K> {
  sign(key: K, data: Uint8Array, out: Uint8Array): number;
}

interface Checking<K extends Loaded> {
  readonly public: (key: Key) => K;
  readonly scheme: (parameter: MechanismParameter, key: K) => Check<K>;
}
export interface Family<K extends Loaded> extends Checking<K> {
  readonly private: (key: Key) => K;
  readonly scheme: (parameter: MechanismParameter, key: K) => Scheme<K>;
}

export const verification = <K extends Loaded>(family: Checking<K>, intake: Intake): Required<Pick<Operations, 'verify'>> => ({
  verify(key, parameter) {
    const loaded = family.public(key);
    const scheme = family.scheme(parameter, loaded);
    return takesParts(intake) ? new VerifyParts(loaded, scheme, intake) : new Verify(loaded, scheme, intake);
  },
});

export function signature<K extends Loaded>(family: Family<K>, intake: Intake): EachMessage {
  return eachMessage({
    sign(key, parameter) {
      const loaded = family.private(key);
      const scheme = family.scheme(parameter, loaded);
      return takesParts(intake) ? new SignParts(loaded, scheme, intake) : new Sign(loaded, scheme, intake);
    },
    ...verification(family, intake),
  });
}

class Signature<K extends Loaded, I extends Intake, S extends Check<K>> {
  readonly size: number;
  protected readonly key: K;
  protected readonly scheme: S;
  protected readonly intake: I;
  constructor(key: K, scheme: S, intake: I) {
    this.size = key.size;
    this.key = key;
    this.scheme = scheme;
    this.intake = intake;
  }
}

class Sign<K extends Loaded, I extends Intake> extends Signature<K, I, Scheme<K>> implements Signing {
  sign(data: Uint8Array): Uint8Array {
    return this.signed(this.prepared(data));
  }
  prepared(data: Uint8Array): Uint8Array {
    return this.intake.once(data);
  }
  signed(data: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(this.size);
    this.#fill(data, out);
    return out;
  }
  put(data: Uint8Array, place: Uint8Array): void {
    this.#fill(this.prepared(data), place);
  }
  #fill(data: Uint8Array, out: Uint8Array): void {
    const length = this.scheme.sign(this.key, data, out);
    // What was not written is memory that held something else.
    ensure(length === out.length, 'DEVICE_ERROR', 'a signature has another length than its key says');
  }
}

class SignParts<K extends Loaded> extends Sign<K, InParts> {
  #parts: Parts | undefined;
  update(part: Uint8Array): void {
    this.#parts ??= this.intake.begin();
    this.#parts.update(part);
  }
  final(): Uint8Array {
    return this.signed(this.preparedParts());
  }
  preparedParts(): Uint8Array {
    return (this.#parts ?? this.intake.begin()).final();
  }
}

class Verify<K extends Loaded, I extends Intake> extends Signature<K, I, Check<K>> implements Verifying {
  verify(data: Uint8Array, signature: Uint8Array): boolean {
    return this.scheme.verify(this.key, this.intake.once(data), signature);
  }
  accepts(length: number): boolean {
    return this.scheme.accepts?.(this.key, length) ?? length === this.size;
  }
}

class VerifyParts<K extends Loaded> extends Verify<K, InParts> {
  #parts: Parts | undefined;
  update(part: Uint8Array): void {
    this.#parts ??= this.intake.begin();
    this.#parts.update(part);
  }
  final(signature: Uint8Array): boolean {
    return this.scheme.verify(this.key, (this.#parts ?? this.intake.begin()).final(), signature);
  }
}
