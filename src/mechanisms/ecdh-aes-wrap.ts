// Keys of any length under a key on a curve, by way of an AES key that it agrees on with a key made for once (§6.3.20 to §6.3.22).

import { elements, octetString, TAG } from '../crypto/der.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { agreed } from './agreed-kdf.ts';
import { agreedSecret, agreedWithPublic, agreementOf } from './agreement.ts';
import { UNWRAPPING, WRAPPING } from './cipher.ts';
import { ecFlags, ecSizes } from './ecdsa.ts';
import { kwpCipher } from './key-wrap.ts';
import type { Key, Mechanism, Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { passing } from './passing.ts';

/** "Gets the first ulAESKeyBits bits of the derived key to be the temporary AES key." */
function temporary(parameter: MechanismParameter, secret: Uint8Array): Key {
  const { ulAESKeyBits, kdf, pSharedData } = structParameter(parameter, 'CK_ECDH_AES_KEY_WRAP_PARAMS');
  ensure([128, 192, 256].includes(ulAESKeyBits), 'MECHANISM_PARAM_INVALID', 'AES has no keys of that length');
  const { most, bytes } = agreed(kdf, secret, pSharedData, 'leading');
  ensure(ulAESKeyBits / 8 <= most, 'MECHANISM_PARAM_INVALID', 'the agreed secret is too short for the AES key');
  return passing(bytes(ulAESKeyBits / 8));
}

/** How the transport key's public part stands before the wrapped key, and how the two are told apart. */
interface Layout {
  write(point: Uint8Array): Uint8Array;
  /** Undefined where there is no such part. */
  split(wrapped: Uint8Array, pointSize: number): readonly [point: Uint8Array, rest: Uint8Array] | undefined;
}

const bare: Layout = {
  write: (point) => point,
  split: (wrapped, size) => (wrapped.length > size ? [wrapped.subarray(0, size), wrapped.subarray(size)] : undefined),
};

const asOctetString: Layout = {
  write: octetString,
  split(wrapped, size) {
    const length = octetString(new Uint8Array(size)).length;
    const [first] = elements(wrapped.subarray(0, length)) ?? [];
    return first?.tag === TAG.OCTET_STRING && wrapped.length > length ? [first.content, wrapped.subarray(length)] : undefined;
  },
};

const wrapping = (keyType: number | readonly number[], layout: Layout): Mechanism => ({
  keyType,
  keySize: ecSizes,
  flags: ecFlags,
  operations: {
    wrapKey(key, parameter, material) {
      const { secret, point } = agreedWithPublic(key);
      const wrapped = kwpCipher.encrypt(temporary(parameter, secret), null, WRAPPING).once(material);
      secret.fill(0);
      return { wrapped: Buffer.concat([layout.write(point), wrapped]) };
    },
    unwrapKey(key, parameter, wrapped) {
      const parts = layout.split(wrapped, agreementOf(key).pointSize);
      ensure(parts !== undefined, 'WRAPPED_KEY_LEN_RANGE', "the wrapped key does not begin with the transport key's public part");
      const secret = agreedSecret(key, parts[0], 'WRAPPED_KEY_INVALID');
      const material = kwpCipher.decrypt(temporary(parameter, secret), null, UNWRAPPING).once(parts[1]);
      secret.fill(0);
      return material;
    },
  },
});

export const ecdhAesMechanisms: readonly Row[] = [
  [CKM.ECDH_AES_KEY_WRAP, wrapping([CKK.EC, CKK.EC_MONTGOMERY], bare)],
  [CKM.ECDH_COF_AES_KEY_WRAP, wrapping(CKK.EC, asOctetString)],
  [CKM.ECDH_X_AES_KEY_WRAP, wrapping(CKK.EC_MONTGOMERY, bare)],
];
