// What a mechanism is: a row. Its flags, sizes, key types and operations are all that the rest of the engine asks of it.

import type { Attributes, Template } from '../model/attribute.ts';
import type { Circumstances } from '../model/history.ts';
import type { MechanismParameter, ReturnedStruct } from '../protocol/parameters.ts';
import type { Relocatable } from '../protocol/relocatable.ts';
import type { SlowWork } from './slow.ts';

/** A key as an operation sees it. `memo` lives as long as this version of the object is cached by this worker. */
export interface Key {
  readonly attributes: Attributes;
  readonly memo: Map<string, unknown>;
}

/** What a result in one part is made where it is to stand: in exactly as much memory as the operation said that it needs. */
export type Put = (data: Uint8Array, place: Uint8Array) => void;

/** `size`: bytes of the result. `put` is for data in one part. */
export interface Digesting {
  readonly size: number;
  put(data: Uint8Array, place: Uint8Array): void;
  update(part: Uint8Array): void;
  final(): Uint8Array;
}
export interface Signing {
  readonly size: number;
  sign(data: Uint8Array): Uint8Array;
  /** As `sign`. */
  put?: Put | undefined;
  update?(part: Uint8Array): void;
  final?(): Uint8Array;
  /** The halves of `sign` and of `final`, of mechanisms with slow keys: what is to be signed (a digest, or the data), and its signature. */
  prepared?(data: Uint8Array): Uint8Array;
  preparedParts?(): Uint8Array;
  signed?(prepared: Uint8Array): Uint8Array;
}
/** Signing with a key that has a state: a one-time index, a counter. One step of it is one signature's, whoever else asks at the same time. */
export interface StatefulSigning {
  readonly size: number;
  /** Refuses the data, all of it, before a step is taken for it. */
  check?(data: Uint8Array): void;
  /** The attributes that a step changes, from what they are by then; called anew where another step came first. @throws CKR_KEY_EXHAUSTED */
  step(attributes: Attributes): Made;
  /** Called once the step is durable. `attributes`: as they were before it. `data`: all of it. */
  sign(data: Uint8Array, attributes: Attributes, slow: Slow): Uint8Array | Relocatable | Promise<Uint8Array>;
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
  /** As `once`, where `bound` is exact. */
  put?: Put | undefined;
  update?(part: Uint8Array): Uint8Array;
  final?(): Uint8Array;
}

/** C_VerifyRecover. `bound`: the most bytes of data; `recover` gives undefined where the signature is wrong. */
export interface Recovering {
  readonly size: number;
  readonly bound: number;
  recover(signature: Uint8Array): Uint8Array | undefined;
}

/** Attributes that a function contributes, beside those of the template. */
export type Made = ReadonlyMap<number, Uint8Array>;
export interface MadePair {
  readonly publicKey: Made;
  readonly privateKey: Made;
}

/**
 * A key as a derivation or an encapsulation makes it: to be drafted from `template` (the application's), `implied` (class and type, where
 * the template leaves them open or the mechanism does) and finished with `made`.
 */
export interface NewKey {
  readonly template: Template;
  readonly implied: Attributes;
  readonly made: Made;
}

/** What a key is wrapped as: see material.ts. `returned`: what goes back into the mechanism's parameter, a generated IV or a tag. */
export interface Wrapped {
  readonly wrapped: Uint8Array;
  readonly returned?: ReturnedStruct;
}

/** A key of the parameter (CK_OBJECT_HANDLE): the caller finds it and judges it. @throws CKR_KEY_HANDLE_INVALID */
export type KeyAt = (handle: number) => Key;

/** `template` is C_DeriveKey's, with the base key's CKA_DERIVE_TEMPLATE behind it. */
export interface Derivation {
  readonly base: Key;
  readonly parameter: MechanismParameter;
  readonly template: Template;
  readonly keyAt: KeyAt;
}
export interface Derived {
  /** C_DeriveKey's own key; without it phKey is not written, and may be NULL. */
  readonly key?: NewKey;
  /** Keys that go back through the parameter. All are stored, or none. */
  readonly further?: readonly NewKey[];
  /** What goes back into the parameter, once the further keys have handles (in their order). */
  returned?(handles: readonly number[]): ReturnedStruct;
  /** What the keys take over from those that they were made of: model/history.ts. */
  readonly heritage?: Pick<Circumstances, 'second' | 'inherits' | 'otherHalf'>;
}

/** C_EncapsulateKey. `size`: bytes of the ciphertext. */
export interface Encapsulating {
  readonly size: number;
  encapsulate(template: Template): { readonly ciphertext: Uint8Array; readonly key: NewKey };
}

/** From C_Message(En|De)cryptInit to its Final. A generated IV's counter lives here. */
export interface MessageCiphering {
  /** Bytes of output for a message in one part: exact. */
  size(length: number): number;
  /** `parameter`: of the message. In one part: begin, and last with the same parameter. */
  begin(parameter: MechanismParameter, associatedData: Uint8Array): Message;
}
export interface Message {
  /** What goes back with C_EncryptMessageBegin: the IV. */
  readonly returned?: ReturnedStruct;
  /** Bytes of output that a part of so many gives: exact. Nothing decrypted leaves before the tag was checked. */
  size(length: number, isLast: boolean): number;
  next(part: Uint8Array): Uint8Array;
  /** `parameter`: of this call, since a tag may stand in it. `returned` has the IV and the tag. @throws CKR_ENCRYPTED_DATA_INVALID */
  last(part: Uint8Array, parameter: MechanismParameter): { readonly data: Uint8Array; readonly returned?: ReturnedStruct };
}
/** From C_Message(Sign|Verify)Init to its Final: each message is an operation of its own. */
export interface MessageSigning {
  begin(parameter: MechanismParameter): Signing;
}
export interface MessageVerifying {
  begin(parameter: MechanismParameter): Verifying;
}

/** A private key, and the mechanism that it is used with. */
export interface KeyUse {
  readonly type: number;
  readonly attributes: Attributes;
  readonly parameter: MechanismParameter;
}
/** What is done with one for which it takes long (`isSlow`). `prepared`: what its Signing made of the data. */
export interface KeyUses {
  sign(prepared: Uint8Array): Uint8Array;
  signRecover(prepared: Uint8Array): Uint8Array;
  decrypt(data: Uint8Array): Uint8Array;
  unwrapKey(wrapped: Uint8Array, template: Template): Uint8Array;
  decapsulateKey(ciphertext: Uint8Array, template: Template): NewKey;
}

/** What takes long, done off the worker's own thread (design, decision 8). */
export interface Slow {
  generateRsa(bits: number, exponent: Uint8Array): Promise<Uint8Array>; // PKCS#8, DER
  use<N extends keyof KeyUses>(name: N, of: KeyUse, ...inputs: Parameters<KeyUses[N]>): Promise<ReturnType<KeyUses[N]>>;
  compute<N extends keyof SlowWork>(name: N, ...args: Parameters<SlowWork[N]>): ReturnType<SlowWork[N]>;
}

export interface Operations {
  digest?(parameter: MechanismParameter): Digesting;
  sign?(key: Key, parameter: MechanismParameter): Signing;
  /** Instead of `sign`. */
  signStateful?(key: Key, parameter: MechanismParameter): StatefulSigning;
  verify?(key: Key, parameter: MechanismParameter): Verifying;
  /** `size`: of the signature, exactly. */
  signRecover?(key: Key, parameter: MechanismParameter): Signing;
  verifyRecover?(key: Key, parameter: MechanismParameter): Recovering;
  encrypt?(key: Key, parameter: MechanismParameter): Ciphering;
  decrypt?(key: Key, parameter: MechanismParameter): Ciphering;
  generateKey?(template: Template, parameter: MechanismParameter, slow: Slow): Made | Promise<Made>;
  /** What C_GenerateKey writes into the parameter (PBE's initialisation vector). */
  generateKeyReturns?(parameter: MechanismParameter, slow: Slow): Promise<ReturnedStruct>;
  generateKeyPair?(
    publicTemplate: Template,
    privateTemplate: Template,
    parameter: MechanismParameter,
    slow: Slow,
  ): MadePair | Promise<MadePair>;
  /** `material`: the key as bytes (material.ts). @throws CKR_KEY_SIZE_RANGE */
  wrapKey?(key: Key, parameter: MechanismParameter, material: Uint8Array): Wrapped;
  /** The key's material. `template`: the new key's, for modes that cannot tell how long it was. @throws CKR_WRAPPED_KEY_INVALID */
  unwrapKey?(key: Key, parameter: MechanismParameter, wrapped: Uint8Array, template: Template): Uint8Array;
  wrapKeyAuthenticated?(key: Key, parameter: MechanismParameter, material: Uint8Array, associatedData: Uint8Array): Wrapped;
  unwrapKeyAuthenticated?(key: Key, parameter: MechanismParameter, wrapped: Uint8Array, associatedData: Uint8Array): Uint8Array;
  deriveKey?(derivation: Derivation): Derived;
  encapsulateKey?(key: Key, parameter: MechanismParameter): Encapsulating;
  decapsulateKey?(key: Key, parameter: MechanismParameter, ciphertext: Uint8Array, template: Template): NewKey;
  messageEncrypt?(key: Key, parameter: MechanismParameter): MessageCiphering;
  messageDecrypt?(key: Key, parameter: MechanismParameter): MessageCiphering;
  messageSign?(key: Key, parameter: MechanismParameter): MessageSigning;
  messageVerify?(key: Key, parameter: MechanismParameter): MessageVerifying;
}

export interface Mechanism {
  /** The type of key it works on or makes, or the types it works on; undefined for digests, and for what makes keys of any type. */
  readonly keyType?: number | readonly number[];
  /** CK_MECHANISM_INFO's sizes, in the unit that the standard gives for this mechanism; [0, 0] where keys do not apply. */
  readonly keySize: readonly [min: number, max: number];
  /** Flags beside those that follow from the operations: CKF_EC_F_P, CKF_EC_OID ... */
  readonly flags?: number;
  /** C_GenerateKey: the class of what it makes, where that is no secret key. */
  readonly generates?: number;
  /** C_GenerateKey: the one length of what it makes, where its type has several: the template need not say it. */
  readonly length?: number;
  /** The only class of key that it wraps; without it private keys are wrapped as well as secret ones. */
  readonly wraps?: number;
  /** C_DeriveKey: whether the base key may be of any type and class, and need not have CKA_DERIVE (CKM_PUB_KEY_FROM_PRIV_KEY). */
  readonly anyBase?: true;
  /** Whether a private key is such that its use takes more than a few milliseconds: it is then used off the worker's own thread. */
  readonly isSlow?: (key: Attributes) => boolean;
  readonly operations: Operations;
}

/** A mechanism under its number, as the families list theirs. */
export type Row = readonly [type: number, mechanism: Mechanism];
