// RSA as a cipher: data and secret keys under PKCS#1 v1.5, OAEP, and no padding at all; and secret keys made for that (C_EncapsulateKey).

import { randomBytes } from 'node:crypto';
import { decryptRsa, encryptRsa, type RsaPadding } from '../crypto/native.ts';
import { widened } from '../crypto/number.ts';
import { ensure } from '../model/error.ts';
import { CKZ } from '../protocol/constants.ts';
import type { Fields, MechanismParameter } from '../protocol/parameters.ts';
import { type Cipher, encryptionAndWrapping, type Faults, unwrapping } from './cipher.ts';
import { lengthIn } from './derived.ts';
import { encapsulation } from './encapsulation.ts';
import { hashOf, maskOf } from './masks.ts';
import type { Ciphering, Key, Operations } from './mechanism.ts';
import { noParameter, structParameter } from './parameter.ts';
import { type RsaKey, rsaPrivate, rsaPublic } from './rsa-key.ts';

/** A padding, and how many bytes of the modulus it takes. */
interface Scheme {
  readonly padding: RsaPadding;
  readonly overhead: number;
}
type SchemeOf = (parameter: MechanismParameter) => Scheme;

function encrypting({ native, size }: RsaKey, { padding, overhead }: Scheme, faults: Faults): Ciphering {
  return {
    bound: () => size,
    once(data) {
      ensure(data.length <= size - overhead, faults.length, 'more data than the RSA modulus has room for');
      const out = new Uint8Array(size);
      // §6.1.12: shorter data is a number with zeros before it.
      const length = encryptRsa(native, padding === 'none' ? widened(data, size) : data, padding, out);
      ensure(length === size, faults.content, 'the data is a number that is not below the RSA modulus');
      return out;
    },
  };
}

function decrypting({ native, size }: RsaKey, { padding, overhead }: Scheme, faults: Faults): Ciphering {
  return {
    bound: () => Math.max(0, size - overhead),
    once(data) {
      ensure(data.length === size, faults.length, 'the encrypted data is not as long as the RSA modulus');
      const out = new Uint8Array(size);
      const length = decryptRsa(native, data, padding, out);
      ensure(length !== undefined, faults.content, 'the encrypted data is not what the key and the padding make');
      return out.subarray(0, length);
    },
  };
}

const cipher = (schemeOf: SchemeOf): Cipher => ({
  encrypt: (key, parameter, faults) => encrypting(rsaPublic(key), schemeOf(parameter), faults),
  decrypt: (key, parameter, faults) => decrypting(rsaPrivate(key), schemeOf(parameter), faults),
});

/** CK_RSA_PKCS_OAEP_PARAMS, or the part of CK_RSA_AES_KEY_WRAP_PARAMS that is one. */
export type OaepFields = Pick<Fields<'CK_RSA_PKCS_OAEP_PARAMS'>, 'hashAlg' | 'mgf' | 'source' | 'pSourceData'>;

function oaepScheme(fields: OaepFields): Scheme {
  const [hash, mask] = [hashOf.get(fields.hashAlg), maskOf.get(fields.mgf)];
  const label = fields.pSourceData ?? new Uint8Array(0);
  ensure(hash !== undefined && mask !== undefined, 'MECHANISM_PARAM_INVALID', 'OAEP with a hash that there is not');
  // Without a label, applications leave the source 0 as often as they say CKZ_DATA_SPECIFIED.
  const specified = fields.source === CKZ.DATA_SPECIFIED || (fields.source === 0 && label.length === 0);
  ensure(specified, 'MECHANISM_PARAM_INVALID', 'OAEP with a label from somewhere else');
  return { padding: { hash: hash.name, mgfHash: mask.name, label }, overhead: 2 + 2 * hash.size };
}

const fixed =
  (scheme: Scheme): SchemeOf =>
  (parameter) => {
    noParameter(parameter);
    return scheme;
  };

/** OAEP with these parameters, wherever they came from. */
export const oaepCipher = (read: (parameter: MechanismParameter) => OaepFields): Cipher =>
  cipher((parameter) => oaepScheme(read(parameter)));
const oaep = oaepCipher((parameter) => structParameter(parameter, 'CK_RSA_PKCS_OAEP_PARAMS'));
const pkcs1Cipher = cipher(fixed({ padding: 'pkcs1', overhead: 11 }));
const rawCipher = cipher(fixed({ padding: 'none', overhead: 0 }));

const keys = (of: Cipher): Operations => ({ ...encryptionAndWrapping(of), ...encapsulation(of, (key) => rsaPublic(key).size) });

/** To be joined with the signatures of the same mechanisms. */
export const pkcs1Operations: Operations = keys(pkcs1Cipher);
export const rawOperations: Operations = {
  ...encryptionAndWrapping(rawCipher),
  // "However many bytes are specified in the template for the length of the key are taken from the end."
  unwrapKey(key, parameter, wrapped, template) {
    const number = unwrapping(rawCipher)(key, parameter, wrapped);
    const length = lengthIn(template) ?? number.length;
    ensure(length <= number.length, 'WRAPPED_KEY_LEN_RANGE', 'the template asks for more than the RSA modulus has');
    return number.subarray(number.length - length);
  },
  ...encapsulation(rawCipher, (key) => rsaPublic(key).size, secretValue),
};

/** RSASVE (NIST SP 800-56B §7.2.1): a number below the modulus. */
function secretValue(key: Key): Uint8Array {
  const { size, bits } = rsaPublic(key);
  const value = randomBytes(size);
  // One bit less than the modulus is surely below it.
  value[0]! &= (1 << ((bits - 1) % 8)) - 1;
  return value;
}

export const oaepOperations: Operations = keys(oaep);
