// AES Key Wrap (NIST SP 800-38F): for keys, and for data in one part.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import { CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { aes } from './aes.ts';
import { type Cipher, encryptionAndWrapping } from './cipher.ts';
import { secret } from './key.ts';
import type { Row } from './mechanism.ts';
import { bytesParameter } from './parameter.ts';

/** Bytes of a semiblock. */
const SEMIBLOCK = 8;

/** One of the two algorithms: OpenSSL's name for it, and the initial value that it has where the application gives none. */
interface Variant {
  readonly name: 'wrap' | 'wrap-pad';
  readonly initial: Uint8Array;
  /** Bytes of data, at the least, and of what they come in. */
  readonly least: number;
  readonly unit: number;
}
const KW: Variant = { name: 'wrap', initial: Buffer.from('a6a6a6a6a6a6a6a6', 'hex'), least: 2 * SEMIBLOCK, unit: SEMIBLOCK };
const KWP: Variant = { name: 'wrap-pad', initial: Buffer.from('a65959a6', 'hex'), least: 1, unit: 1 };

const nameFor = (key: KeyObject, { name }: Variant): string => `aes${key.symmetricKeySize! * 8}-${name}`;

function initialValue(parameter: MechanismParameter, { initial }: Variant): Uint8Array {
  const none = parameter === null || (parameter instanceof Uint8Array && parameter.length === 0);
  return none ? initial : bytesParameter(parameter, initial.length);
}

const wrapped = (length: number): number => Math.ceil(length / SEMIBLOCK) * SEMIBLOCK + SEMIBLOCK;

const cipher = (variant: Variant): Cipher => ({
  encrypt(key, parameter, faults) {
    const [value, initial] = [secret(key), initialValue(parameter, variant)];
    return {
      bound: wrapped,
      once(data) {
        const fits = data.length >= variant.least && data.length % variant.unit === 0;
        ensure(fits, faults.length, 'AES Key Wrap takes whole semiblocks, two at least');
        return createCipheriv(nameFor(value, variant), value, initial).update(data);
      },
    };
  },
  decrypt(key, parameter, faults) {
    const [value, initial] = [secret(key), initialValue(parameter, variant)];
    return {
      bound: (length) => Math.max(0, length - SEMIBLOCK),
      once(data) {
        const fits = data.length >= wrapped(variant.least) && data.length % SEMIBLOCK === 0;
        ensure(fits, faults.length, 'the wrapped data is not as long as AES Key Wrap makes any');
        const plain = attempt(() => createDecipheriv(nameFor(value, variant), value, initial).update(data));
        ensure(plain !== undefined, faults.content, 'the wrapped data is not what the key makes');
        return plain;
      },
    };
  },
});

/** PKCS#7's padding to semiblocks before an algorithm that takes nothing else. */
const padded = (inner: Cipher): Cipher => ({
  encrypt(key, parameter, faults) {
    const wrapping = inner.encrypt(key, parameter, faults);
    return {
      bound: (length) => wrapped(length + 1),
      once(data) {
        const fill = SEMIBLOCK - (data.length % SEMIBLOCK);
        return wrapping.once(Buffer.concat([data, Buffer.alloc(fill, fill)]));
      },
    };
  },
  decrypt(key, parameter, faults) {
    const unwrapping = inner.decrypt(key, parameter, faults);
    return {
      bound: (length) => unwrapping.bound(length),
      once(data) {
        const plain = unwrapping.once(data);
        const fill = plain.at(-1)!;
        // What came out was authentic: this padding is nobody's oracle.
        const right = fill >= 1 && fill <= SEMIBLOCK && plain.subarray(-fill).every((byte) => byte === fill);
        ensure(right, faults.content, 'the padding is wrong');
        return plain.subarray(0, -fill);
      },
    };
  },
});

export const kwpCipher = cipher(KWP);
const kwCipher = cipher(KW);

export const keyWrapMechanisms: readonly Row[] = [
  // "A secret key whose length is not a multiple of the semiblock size will be zero padded to fit."
  [CKM.AES_KEY_WRAP, aes(encryptionAndWrapping(kwCipher, SEMIBLOCK))],
  // Deprecated, and never told apart from KWP by those who offer it.
  [CKM.AES_KEY_WRAP_PAD, aes(encryptionAndWrapping(kwpCipher))],
  [CKM.AES_KEY_WRAP_KWP, aes(encryptionAndWrapping(kwpCipher))],
  [CKM.AES_KEY_WRAP_PKCS7, aes(encryptionAndWrapping(padded(kwCipher)))],
];
