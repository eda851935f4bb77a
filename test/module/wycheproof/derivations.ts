// How the vectors for derivation, agreement and encapsulation are asked.
import { CKD, CKF, CKK, CKM, CKO, CKP, CKZ } from '../../../src/protocol/constants.ts';
import { agreed, privateKey, publicKey, secretKey, template } from '../../support/operations.ts';
import { struct } from '../../support/parameter.ts';
import { curve } from './signatures.ts';
import { hex, type Judge } from './vectors.ts';

const readable = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, SENSITIVE: false, EXTRACTABLE: true };

/** A scalar of a curve over a prime may come with zeros before it. */
const scalar = (value: unknown, size: number): Buffer => {
  const bytes = hex(value);
  return bytes.length > size ? bytes.subarray(bytes.findIndex((byte) => byte !== 0)) : bytes;
};

/** A short OCTET STRING. */
const octets = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(bytes.length < 0x80 ? [0x04, bytes.length] : [0x04, 0x81, bytes.length]), bytes]);

/** The other's point in each of these forms comes to the same. */
const agreement =
  (keyType: 'EC' | 'EC_MONTGOMERY', ...forms: readonly ((point: Buffer) => Buffer)[]): Judge =>
  (user, group, vector) => {
    const value = keyType === 'EC' ? scalar(vector.private, hex(vector.shared).length) : hex(vector.private);
    const base = user.create(privateKey(keyType, { EC_PARAMS: curve(group.curve as string), VALUE: value, DERIVE: true }));
    const derived = forms.map((form) => () => {
      const parameter = struct('CK_ECDH1_DERIVE_PARAMS', { kdf: CKD.NULL, pSharedData: null, pPublicData: form(hex(vector.public)) });
      return user.valueOf(user.derive({ mechanism: CKM.ECDH1_DERIVE, parameter }, base, template(readable)));
    });
    return hex(vector.shared).equals(agreed(...derived));
  };

const bare = (point: Buffer) => point;
export const ecdh = agreement('EC', bare, octets);
export const xdh = agreement('EC_MONTGOMERY', bare);

export const hkdf =
  (prfHashMechanism: number): Judge =>
  (user, _, vector) => {
    const base = user.create(secretKey('GENERIC_SECRET', { VALUE: hex(vector.ikm), DERIVE: true }));
    const parameter = struct('CK_HKDF_PARAMS', {
      bExtract: 1,
      bExpand: 1,
      prfHashMechanism,
      ulSaltType: CKF.HKDF_SALT_DATA,
      pSalt: hex(vector.salt),
      pInfo: hex(vector.info),
    });
    const made = template({ ...readable, VALUE_LEN: vector.size as number });
    return hex(vector.okm).equals(user.valueOf(user.derive({ mechanism: CKM.HKDF_DERIVE, parameter }, base, made)));
  };

export const pbkdf2 =
  (prf: number): Judge =>
  (user, _, vector) => {
    const parameter = struct('CK_PKCS5_PBKD2_PARAMS2', {
      saltSource: CKZ.SALT_SPECIFIED,
      pSaltSourceData: hex(vector.salt),
      iterations: vector.iterationCount as number,
      prf,
      pPassword: hex(vector.password),
    });
    const made = template({ ...readable, VALUE_LEN: vector.dkLen as number });
    const [key] = user.module.C_GenerateKey(user.session, { mechanism: CKM.PKCS5_PBKD2, parameter }, made);
    return hex(vector.dk).equals(user.valueOf(user.keep(key)));
  };

const mlKem = { mechanism: CKM.ML_KEM };
const encapsulated = template(readable);

const set = (name: unknown): number => CKP[String(name).replaceAll('-', '_') as keyof typeof CKP];
const decapsulating = (parameterSet: unknown, seed: unknown) =>
  privateKey('ML_KEM', { PARAMETER_SET: set(parameterSet), SEED: hex(seed), DECAPSULATE: true });

/** A seed makes the vector's key: expanded it is read back, and its public half, too. */
export const mlKemSeed: Judge = (user, { parameterSet }, vector) => {
  const key = user.create(decapsulating(parameterSet, vector.seed));
  const info = user.valueOf(key, 'PUBLIC_KEY_INFO');
  return hex(vector.dk).equals(user.valueOf(key)) && info.subarray(-hex(vector.ek).length).equals(hex(vector.ek));
};

export const mlKemDecapsulation: Judge = (user, { parameterSet }, vector) => {
  const key = user.create(decapsulating(parameterSet, vector.seed));
  const [made] = user.module.C_DecapsulateKey(user.session, mlKem, key, encapsulated, hex(vector.c));
  return hex(vector.K).equals(user.valueOf(user.keep(made)));
};

/** The randomness is the token's, so that what is judged is the public key: refused, or something is encapsulated for it. */
export const mlKemEncapsulation: Judge = (user, { parameterSet }, vector) => {
  const key = user.create(publicKey('ML_KEM', { PARAMETER_SET: set(parameterSet), VALUE: hex(vector.ek), ENCAPSULATE: true }));
  const [cipherText, made] = user.module.C_EncapsulateKey(user.session, mlKem, key, encapsulated);
  return cipherText.length === hex(vector.c).length && user.valueOf(user.keep(made)).length === 32;
};
