// How a private key of one type is written as a PrivateKeyInfo (Wrapping/unwrapping private keys), and what one says of it.

import type { PrivateKeyInfo } from '../crypto/key-der.ts';
import type { Attributes } from '../model/attribute.ts';

export type Entry = readonly [type: number, value: Uint8Array];

export interface PrivateForm {
  /** DER. @throws CKR_KEY_TYPE_INCONSISTENT where the object lacks what belongs in it. */
  write(attributes: Attributes): Uint8Array;
  /** The key's attributes; undefined where it is no key of this type. What they are worth is for their completion to say. */
  read(info: PrivateKeyInfo): Iterable<Entry> | undefined;
  /** The public key's own attributes. `key`: the BIT STRING's content of its SubjectPublicKeyInfo. */
  publicOf(attributes: Attributes, key: Uint8Array): Iterable<Entry>;
}
