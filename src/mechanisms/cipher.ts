// What every cipher does of what one can do: encrypt and decrypt data, wrap and unwrap keys. The difference is in what is wrong.

import { type CkrName, ensure } from '../model/error.ts';
import { CKO } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { classIn, lengthIn } from './derived.ts';
import type { Ciphering, Key, Operations } from './mechanism.ts';

/** The answers to input of a wrong length, and to input that is wrong in itself. */
export interface Faults {
  readonly length: CkrName;
  readonly content: CkrName;
}

export const ENCRYPTING: Faults = { length: 'DATA_LEN_RANGE', content: 'DATA_INVALID' };
export const DECRYPTING: Faults = { length: 'ENCRYPTED_DATA_LEN_RANGE', content: 'ENCRYPTED_DATA_INVALID' };
export const WRAPPING: Faults = { length: 'KEY_SIZE_RANGE', content: 'KEY_NOT_WRAPPABLE' };
export const UNWRAPPING: Faults = { length: 'WRAPPED_KEY_LEN_RANGE', content: 'WRAPPED_KEY_INVALID' };

type Begin = (key: Key, parameter: MechanismParameter, faults: Faults) => Ciphering;

export interface Cipher {
  readonly encrypt: Begin;
  readonly decrypt: Begin;
}

export const encryption = ({ encrypt, decrypt }: Cipher): Required<Pick<Operations, 'encrypt' | 'decrypt'>> => ({
  encrypt: (key, parameter) => encrypt(key, parameter, ENCRYPTING),
  decrypt: (key, parameter) => decrypt(key, parameter, DECRYPTING),
});

/** What a wrapped key holds. */
export const unwrapping =
  ({ decrypt }: Cipher) =>
  (key: Key, parameter: MechanismParameter, wrapped: Uint8Array): Uint8Array =>
    decrypt(key, parameter, UNWRAPPING).once(wrapped);

/** @param block material is filled with zeros to a multiple of so many bytes, where the cipher cannot do with less. */
export const wrapping = (cipher: Cipher, block = 1): Required<Pick<Operations, 'wrapKey' | 'unwrapKey'>> => ({
  wrapKey: (key, parameter, material) => ({ wrapped: cipher.encrypt(key, parameter, WRAPPING).once(filled(material, block)) }),
  unwrapKey(key, parameter, wrapped, template) {
    const material = unwrapping(cipher)(key, parameter, wrapped);
    // A private key's own encoding tells where it ends.
    if (block === 1 || classIn(template) !== CKO.SECRET_KEY) return material;
    const length = lengthIn(template) ?? material.length;
    const fits = length <= material.length && length > material.length - block;
    ensure(fits, 'WRAPPED_KEY_LEN_RANGE', 'the wrapped key has another length than its template says');
    return material.subarray(0, length);
  },
});

export const encryptionAndWrapping = (cipher: Cipher, block = 1): Operations => ({ ...encryption(cipher), ...wrapping(cipher, block) });

function filled(material: Uint8Array, block: number): Uint8Array {
  if (material.length % block === 0) return material;
  const whole = new Uint8Array(Math.ceil(material.length / block) * block);
  whole.set(material);
  return whole;
}
