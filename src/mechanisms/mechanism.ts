// What a mechanism is: a row. Its flags, sizes, key types and operations are all that the rest of the engine asks of it.

import type { Attributes, Template } from '../model/attribute.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';

/** A key as an operation sees it. `memo` lives as long as this version of the object is cached by this worker. */
export interface Key {
  readonly attributes: Attributes;
  readonly memo: Map<string, unknown>;
}

/** `size`: bytes of the result. Without `update` and `final` the mechanism is single-part only. `once` is for data in one part. */
export interface Digesting {
  readonly size: number;
  once(data: Uint8Array): Uint8Array;
  update(part: Uint8Array): void;
  final(): Uint8Array;
}
export interface Signing {
  readonly size: number;
  sign(data: Uint8Array): Uint8Array;
  update?(part: Uint8Array): void;
  final?(): Uint8Array;
}
/** `size`: the only length that a signature can have, unless `accepts` is there to say; checked by the caller (CKR_SIGNATURE_LEN_RANGE). */
export interface Verifying {
  readonly size: number;
  accepts?(length: number): boolean;
  verify(data: Uint8Array, signature: Uint8Array): boolean;
  update?(part: Uint8Array): void;
  final?(signature: Uint8Array): boolean;
}
/** `bound`: the most bytes that the next call (`once`, `update`, or `final` with 0) can give for so many bytes of input. */
export interface Ciphering {
  bound(length: number): number;
  once(data: Uint8Array): Uint8Array;
  update?(part: Uint8Array): Uint8Array;
  final?(): Uint8Array;
}

/** What takes long, done off the worker's own thread (design, decision 8). */
export interface Slow {
  generateRsa(bits: number, exponent: Uint8Array): Promise<Uint8Array>; // PKCS#8, DER
}

/** Attributes that a generation contributes, beside those of the template. */
export type Made = ReadonlyMap<number, Uint8Array>;
export interface MadePair {
  readonly publicKey: Made;
  readonly privateKey: Made;
}

export interface Operations {
  digest?(parameter: MechanismParameter): Digesting;
  sign?(key: Key, parameter: MechanismParameter): Signing;
  verify?(key: Key, parameter: MechanismParameter): Verifying;
  encrypt?(key: Key, parameter: MechanismParameter): Ciphering;
  decrypt?(key: Key, parameter: MechanismParameter): Ciphering;
  generateKey?(template: Template, parameter: MechanismParameter): Made;
  generateKeyPair?(
    publicTemplate: Template,
    privateTemplate: Template,
    parameter: MechanismParameter,
    slow: Slow,
  ): MadePair | Promise<MadePair>;
}

export interface Mechanism {
  /** The type of key it works on or makes, or the types it works on; undefined for digests. */
  readonly keyType?: number | readonly number[];
  /** CK_MECHANISM_INFO's sizes, in the unit that the standard gives for this mechanism; [0, 0] where keys do not apply. */
  readonly keySize: readonly [min: number, max: number];
  /** Flags beside those that follow from the operations: CKF_EC_F_P, CKF_EC_OID ... */
  readonly flags?: number;
  readonly operations: Operations;
}

/** A mechanism under its number, as the families list theirs. */
export type Row = readonly [type: number, mechanism: Mechanism];
