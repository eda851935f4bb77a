// Every class of object and its kinds. A new kind is a row here and a table in classes/.

import { CKA, CKC, CKH, CKK, CKO } from '../protocol/constants.ts';
import { clock, mechanism, monotonicCounter, profile, validation } from './classes/built-in.ts';
import { attributeCertificate, wtls, x509 } from './classes/certificate.ts';
import { ecPrivate, ecPublic, edwardsPrivate, edwardsPublic, montgomeryPrivate, montgomeryPublic } from './classes/ec.ts';
import {
  dhParameters,
  dhPrivate,
  dhPublic,
  dsaParameters,
  dsaPrivate,
  dsaPublic,
  x942Parameters,
  x942Private,
  x942Public,
} from './classes/finite-field.ts';
import { hssPrivate, hssPublic, xmssMtPrivate, xmssMtPublic, xmssPrivate, xmssPublic } from './classes/hash-based.ts';
import { hotp } from './classes/otp.ts';
import { mlDsaPrivate, mlDsaPublic, mlKemPrivate, mlKemPublic, slhDsaPrivate, slhDsaPublic } from './classes/post-quantum.ts';
import { privateKeyConstraints } from './classes/private-key.ts';
import { rsaPrivate, rsaPublic } from './classes/rsa.ts';
import { secretKeys } from './classes/secret-key.ts';
import { data } from './classes/storage.ts';
import { trust } from './classes/trust.ts';
import type { Constraint, Kind } from './rules.ts';

export interface ObjectClass {
  /** The attribute that tells the kinds of this class apart; undefined where there is only one. */
  readonly subtype?: number;
  readonly kinds: ReadonlyMap<number | undefined, Kind>;
  readonly constraints?: readonly Constraint[];
  /** The token provides them; no function makes one for an application. */
  readonly builtIn?: true;
  /** Found only by who asks for the class: docs/decisions/006-hardware-features-are-found-by-their-class.md. */
  readonly unasked?: true;
}

const only = (kind: Kind): ObjectClass => ({ kinds: new Map([[undefined, kind]]) });

const pairs: readonly (readonly [keyType: number, publicKey: Kind, privateKey: Kind])[] = [
  [CKK.RSA, rsaPublic, rsaPrivate],
  [CKK.DSA, dsaPublic, dsaPrivate],
  [CKK.DH, dhPublic, dhPrivate],
  [CKK.X9_42_DH, x942Public, x942Private],
  [CKK.EC, ecPublic, ecPrivate],
  [CKK.EC_EDWARDS, edwardsPublic, edwardsPrivate],
  [CKK.EC_MONTGOMERY, montgomeryPublic, montgomeryPrivate],
  [CKK.ML_KEM, mlKemPublic, mlKemPrivate],
  [CKK.ML_DSA, mlDsaPublic, mlDsaPrivate],
  [CKK.SLH_DSA, slhDsaPublic, slhDsaPrivate],
  [CKK.HSS, hssPublic, hssPrivate],
  [CKK.XMSS, xmssPublic, xmssPrivate],
  [CKK.XMSSMT, xmssMtPublic, xmssMtPrivate],
];
const publicKeys = new Map(pairs.map(([type, publicKey]) => [type, publicKey]));
const privateKeys = new Map(pairs.map(([type, , privateKey]) => [type, privateKey]));

const certificates = new Map<number, Kind>([
  [CKC.X_509, x509],
  [CKC.X_509_ATTR_CERT, attributeCertificate],
  [CKC.WTLS, wtls],
]);

const domainParameters = new Map<number, Kind>([
  [CKK.DSA, dsaParameters],
  [CKK.DH, dhParameters],
  [CKK.X9_42_DH, x942Parameters],
]);

const hardwareFeatures = new Map<number, Kind>([
  [CKH.CLOCK, clock],
  [CKH.MONOTONIC_COUNTER, monotonicCounter],
]);

export const classes: ReadonlyMap<number, ObjectClass> = new Map<number, ObjectClass>([
  [CKO.DATA, only(data)],
  [CKO.CERTIFICATE, { subtype: CKA.CERTIFICATE_TYPE, kinds: certificates }],
  [CKO.TRUST, only(trust)],
  [CKO.PUBLIC_KEY, { subtype: CKA.KEY_TYPE, kinds: publicKeys }],
  [CKO.PRIVATE_KEY, { subtype: CKA.KEY_TYPE, kinds: privateKeys, constraints: privateKeyConstraints }],
  [CKO.SECRET_KEY, { subtype: CKA.KEY_TYPE, kinds: secretKeys }],
  [CKO.OTP_KEY, { subtype: CKA.KEY_TYPE, kinds: new Map([[CKK.HOTP, hotp]]) }],
  [CKO.DOMAIN_PARAMETERS, { subtype: CKA.KEY_TYPE, kinds: domainParameters }],
  [CKO.HW_FEATURE, { subtype: CKA.HW_FEATURE_TYPE, kinds: hardwareFeatures, builtIn: true, unasked: true }],
  [CKO.MECHANISM, { ...only(mechanism), builtIn: true, unasked: true }],
  [CKO.PROFILE, { ...only(profile), builtIn: true }],
  [CKO.VALIDATION, { ...only(validation), builtIn: true }],
]);
