// Keys on Montgomery curves (CKK_EC_MONTGOMERY): generated, completed when an application brings them, and agreed with.

import { type MontgomeryCurve, readMontgomeryCurve } from '../crypto/curves.ts';
import { contentOf, TAG } from '../crypto/der.ts';
import { generateMontgomery, montgomeryPublic } from '../crypto/montgomery.ts';
import { rawPkcs8, rawSpki, readRawPrivateKey } from '../crypto/raw-key.ts';
import { type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import type { PrivateForm } from './form.ts';
import { attribute, required } from './key.ts';
import type { MadePair } from './mechanism.ts';

export function montgomeryCurveIn(parameters: Uint8Array): MontgomeryCurve {
  const curve = readMontgomeryCurve(parameters);
  ensure(curve !== undefined, 'DOMAIN_PARAMS_INVALID', 'CKA_EC_PARAMS is neither an object identifier nor a name');
  ensure(curve !== 'unknown', 'CURVE_NOT_SUPPORTED', 'CKA_EC_PARAMS names another curve than this key type has here');
  return curve;
}

/** The bytes themselves (§6.3.7), or in the OCTET STRING or BIT STRING that others put them in: the length tells. */
export function montgomeryPoint(curve: MontgomeryCurve, given: Uint8Array): Uint8Array {
  if (given.length === curve.size) return given;
  return contentOf(given, TAG.OCTET_STRING) ?? contentOf(given, TAG.BIT_STRING)?.subarray(1) ?? given;
}

export const montgomeryForm: PrivateForm = {
  write: (attributes) => rawPkcs8(montgomeryCurveIn(attribute(attributes, CKA.EC_PARAMS)), attribute(attributes, CKA.VALUE)),
  read(info) {
    const curve = readMontgomeryCurve(info.algorithm);
    const value = readRawPrivateKey(info);
    if (curve === undefined || curve === 'unknown' || value === undefined) return undefined;
    return [
      [CKA.EC_PARAMS, curve.oid],
      [CKA.VALUE, value],
    ];
  },
  publicOf: (attributes, key) => [
    [CKA.EC_PARAMS, attribute(attributes, CKA.EC_PARAMS)],
    [CKA.EC_POINT, key],
  ],
};

export function completeMontgomeryPublic(draft: Draft): void {
  const curve = montgomeryCurveIn(drafted(draft, CKA.EC_PARAMS));
  const publicKey = montgomeryPoint(curve, drafted(draft, CKA.EC_POINT));
  ensure(publicKey.length === curve.size, 'ATTRIBUTE_VALUE_INVALID', 'CKA_EC_POINT is no public key of the curve');
  contribute(draft, CKA.PUBLIC_KEY_INFO, rawSpki(curve, publicKey));
}

export function completeMontgomeryPrivate(draft: Draft): void {
  const curve = montgomeryCurveIn(drafted(draft, CKA.EC_PARAMS));
  const value = drafted(draft, CKA.VALUE);
  ensure(value.length === curve.size, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is not as long as a private key of the curve');
  contribute(draft, CKA.PUBLIC_KEY_INFO, rawSpki(curve, montgomeryPublic(curve, value)));
}

export function generateMontgomeryPair(template: Template): MadePair {
  const parameters = required(template, CKA.EC_PARAMS);
  const curve = montgomeryCurveIn(parameters);
  const value = generateMontgomery(curve);
  const publicKey = montgomeryPublic(curve, value);
  const common = [
    [CKA.KEY_TYPE, ulongBytes(CKK.EC_MONTGOMERY)],
    [CKA.EC_PARAMS, parameters],
    [CKA.PUBLIC_KEY_INFO, rawSpki(curve, publicKey)],
  ] as const;
  return {
    publicKey: new Map([[CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.EC_POINT, publicKey], ...common]),
    privateKey: new Map([[CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], [CKA.VALUE, value], ...common]),
  };
}
