// C_EncapsulateKey with a cipher: a secret is made and encrypted at once. C_DecapsulateKey decrypts it, as C_UnwrapKey would.

import { randomBytes } from 'node:crypto';
import type { Template } from '../model/attribute.ts';
import { type Cipher, unwrapping, WRAPPING } from './cipher.ts';
import { lengthAsked, secretKey } from './derived.ts';
import type { Key, Operations } from './mechanism.ts';

/** A secret as long as the template asks; no key is longer than any modulus. */
const asAsked = (_key: Key, template: Template): Uint8Array => randomBytes(lengthAsked(template, 2048));

export const encapsulation = (
  cipher: Cipher,
  sizeOf: (key: Key) => number,
  secret: (key: Key, template: Template) => Uint8Array = asAsked,
): Required<Pick<Operations, 'encapsulateKey' | 'decapsulateKey'>> => ({
  encapsulateKey: (key, parameter) => ({
    size: sizeOf(key),
    encapsulate(template) {
      const value = secret(key, template);
      const ciphertext = cipher.encrypt(key, parameter, WRAPPING).once(value);
      return { ciphertext, key: secretKey(template, value) };
    },
  }),
  decapsulateKey: (key, parameter, ciphertext, template) =>
    secretKey(template, unwrapping(cipher)(key, parameter, ciphertext), 'WRAPPED_KEY_LEN_RANGE'),
});
