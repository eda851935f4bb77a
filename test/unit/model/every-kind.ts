// Just enough of each kind of object for C_CreateObject: whatever is taken away is missed.

import { CKC, CKK, CKO, CKP } from '../../../src/protocol/constants.ts';
import {
  aes,
  certificate,
  data,
  type Entries,
  ecPrivate,
  ecPublic,
  edwardsPrivate,
  edwardsPublic,
  filled,
  generic,
  montgomeryPrivate,
  montgomeryPublic,
  rsaPrivate,
  rsaPublic,
} from './templates.ts';

export const attributeCertificate: Entries = {
  CLASS: CKO.CERTIFICATE,
  CERTIFICATE_TYPE: CKC.X_509_ATTR_CERT,
  OWNER: 'owner',
  VALUE: 'certificate',
};
export const wtls: Entries = { ...certificate, CERTIFICATE_TYPE: CKC.WTLS };
export const trust: Entries = { CLASS: CKO.TRUST, ISSUER: 'issuer', SERIAL_NUMBER: 'serial' };

const prime = filled(128, 0xc5);
const subprime = filled(20, 0x85);
const dsa = { KEY_TYPE: CKK.DSA, PRIME: prime, SUBPRIME: subprime, BASE: filled(128, 2) };
const dh = { KEY_TYPE: CKK.DH, PRIME: prime, BASE: Uint8Array.of(2) };
const x942 = { ...dsa, KEY_TYPE: CKK.X9_42_DH };
const PUBLIC_KEY = { CLASS: CKO.PUBLIC_KEY };
const PRIVATE_KEY = { CLASS: CKO.PRIVATE_KEY };
const DOMAIN = { CLASS: CKO.DOMAIN_PARAMETERS };

export const dsaParameters: Entries = { ...DOMAIN, ...dsa };
export const dhPrivate: Entries = { ...PRIVATE_KEY, ...dh, VALUE: filled(20, 0x0f) };
export const x942Parameters: Entries = { ...DOMAIN, ...x942 };

export const mlKemPublic: Entries = { ...PUBLIC_KEY, KEY_TYPE: CKK.ML_KEM, PARAMETER_SET: CKP.ML_KEM_768, VALUE: filled(1184, 3) };
export const mlKemPrivate: Entries = { ...PRIVATE_KEY, KEY_TYPE: CKK.ML_KEM, PARAMETER_SET: CKP.ML_KEM_768, VALUE: filled(2400, 3) };
export const mlDsaPublic: Entries = { ...PUBLIC_KEY, KEY_TYPE: CKK.ML_DSA, PARAMETER_SET: CKP.ML_DSA_44, VALUE: filled(1312, 3) };
export const mlDsaPrivate: Entries = { ...PRIVATE_KEY, KEY_TYPE: CKK.ML_DSA, PARAMETER_SET: CKP.ML_DSA_44, VALUE: filled(2560, 3) };
export const slhDsaPublic: Entries = {
  ...PUBLIC_KEY,
  KEY_TYPE: CKK.SLH_DSA,
  PARAMETER_SET: CKP.SLH_DSA_SHAKE_192F,
  VALUE: filled(48, 3),
};
export const slhDsaPrivate: Entries = { ...slhDsaPublic, ...PRIVATE_KEY, VALUE: filled(96, 3) };

/** Two levels; LMS type 5, LM-OTS type 4, as RFC 8554 numbers them. */
export const hssPublic: Entries = {
  ...PUBLIC_KEY,
  KEY_TYPE: CKK.HSS,
  VALUE: Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4, ...filled(48, 7)),
};
const twice = (type: number): Uint8Array => Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0, type, 0, 0, 0, 0, 0, 0, 0);
export const hssPrivate: Entries = {
  ...PRIVATE_KEY,
  KEY_TYPE: CKK.HSS,
  HSS_LEVELS: 2,
  HSS_LMS_TYPES: twice(5),
  HSS_LMOTS_TYPES: twice(4),
  VALUE: 'state',
};
/** Parameter set 1 of both: a hash of 32 bytes. */
const xmssValue = Uint8Array.of(0, 0, 0, 1, ...filled(64, 7));
export const xmssPublic: Entries = { ...PUBLIC_KEY, KEY_TYPE: CKK.XMSS, PARAMETER_SET: 1, VALUE: xmssValue };
export const xmssPrivate: Entries = { ...PRIVATE_KEY, KEY_TYPE: CKK.XMSS, PARAMETER_SET: 1, VALUE: 'state' };

/** A length that each type of secret key can have. */
const secretLengths: Readonly<Record<string, number>> = {
  HKDF: 32,
  ...Object.fromEntries(
    Object.keys(CKK)
      .filter((name) => name.endsWith('_HMAC'))
      .map((name) => [name, 20]),
  ),
  AES_XTS: 64,
  CAMELLIA: 24,
  ARIA: 32,
  TWOFISH: 16,
  BLOWFISH: 56,
  CAST128: 16,
  RC2: 16,
  RC4: 16,
  SEED: 16,
  IDEA: 16,
  DES: 8,
  DES2: 16,
  DES3: 24,
  CHACHA20: 32,
  SALSA20: 32,
  POLY1305: 32,
};
/** Bytes of 7: DES keys want an odd number of ones in each. */
const secrets = Object.fromEntries(
  Object.entries(secretLengths).map(([name, length]): [string, Entries] => [
    name,
    { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK[name as keyof typeof CKK], VALUE: filled(length, 7) },
  ]),
);

export const everyKind: Readonly<Record<string, Entries>> = {
  data,
  certificate,
  attributeCertificate,
  wtls,
  trust,
  aes,
  generic,
  ...secrets,
  hotp: { CLASS: CKO.OTP_KEY, KEY_TYPE: CKK.HOTP, VALUE: filled(20, 7) },
  rsaPublic,
  rsaPrivate,
  dsaPublic: { ...PUBLIC_KEY, ...dsa, VALUE: filled(128, 9) },
  dsaPrivate: { ...PRIVATE_KEY, ...dsa, VALUE: filled(20, 9) },
  dsaParameters,
  dhPublic: { ...PUBLIC_KEY, ...dh, VALUE: filled(128, 9) },
  dhPrivate,
  dhParameters: { ...DOMAIN, ...dh },
  x942Public: { ...PUBLIC_KEY, ...x942, VALUE: filled(128, 9) },
  x942Private: { ...PRIVATE_KEY, ...x942, VALUE: filled(20, 9) },
  x942Parameters,
  ecPublic,
  ecPrivate,
  edwardsPublic,
  edwardsPrivate,
  montgomeryPublic,
  montgomeryPrivate,
  mlKemPublic,
  mlKemPrivate,
  mlDsaPublic,
  mlDsaPrivate,
  slhDsaPublic,
  slhDsaPrivate,
  hssPublic,
  hssPrivate,
  xmssPublic,
  xmssPrivate,
  xmssMtPublic: { ...xmssPublic, KEY_TYPE: CKK.XMSSMT },
  xmssMtPrivate: { ...xmssPrivate, KEY_TYPE: CKK.XMSSMT },
};
