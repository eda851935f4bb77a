// Keys on Weierstrass curves (CKK_EC): loaded from their attributes, generated, and completed when an application brings them.

import { type Curve, readCurve } from '../crypto/curves.ts';
import { contentOf, octetString, TAG } from '../crypto/der.ts';
import { ecPkcs8, ecSpki, generateEc, pointOf, readEcPrivateKey, readPoint } from '../crypto/ec.ts';
import { readExplicitCurve } from '../crypto/explicit-curve.ts';
import { loadPrivateKey, loadPublicKey, type NativeKey } from '../crypto/native.ts';
import { type Attributes, type Template, ulongBytes } from '../model/attribute.ts';
import { type CkrName, ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import type { PrivateForm } from './form.ts';
import { attribute, remembered, required } from './key.ts';
import type { Key, MadePair } from './mechanism.ts';

export interface EcKey {
  readonly native: NativeKey;
  /** Bytes of a signature: r and s. */
  readonly size: number;
}

export const ecPrivate = (key: Key): EcKey => remembered(key, 'native', loadPrivate);
export const ecPublic = (key: Key): EcKey => remembered(key, 'native', loadPublic);

function loadPrivate(attributes: Attributes): EcKey {
  const curve = curveIn(attribute(attributes, CKA.EC_PARAMS));
  return { native: loadPrivateKey(ecForm.write(attributes)), size: 2 * curve.size };
}

export const ecForm: PrivateForm = {
  write: (attributes) => ecPkcs8(curveIn(attribute(attributes, CKA.EC_PARAMS)), attribute(attributes, CKA.VALUE)),
  read(info) {
    const key = readEcPrivateKey(info);
    return (
      key && [
        [CKA.EC_PARAMS, key.parameters],
        [CKA.VALUE, key.scalar],
      ]
    );
  },
  publicOf: (attributes, key) => [
    [CKA.EC_PARAMS, attribute(attributes, CKA.EC_PARAMS)],
    [CKA.EC_POINT, octetString(key)],
  ],
};

function loadPublic(attributes: Attributes): EcKey {
  const curve = curveIn(attribute(attributes, CKA.EC_PARAMS));
  return { native: loadPublicKey(ecSpki(curve, pointIn(curve, attribute(attributes, CKA.EC_POINT)))), size: 2 * curve.size };
}

/** §6.3: CKR_CURVE_NOT_SUPPORTED for a curve that is not there, CKR_DOMAIN_PARAMS_INVALID for what is no name of a curve. */
export function curveIn(parameters: Uint8Array): Curve {
  const curve = readCurve(parameters) ?? readExplicitCurve(parameters);
  ensure(curve !== undefined, 'DOMAIN_PARAMS_INVALID', 'CKA_EC_PARAMS is neither an object identifier nor a name nor a curve');
  ensure(curve !== 'unknown', 'CURVE_NOT_SUPPORTED', 'CKA_EC_PARAMS names another curve than this key type has here');
  return curve;
}

/** CKA_EC_POINT is the DER of an OCTET STRING; many applications give the point without that, and there is no mistaking it. */
export function pointIn(curve: Curve, given: Uint8Array, wrong: CkrName = 'ATTRIBUTE_VALUE_INVALID'): Uint8Array {
  const inner = contentOf(given, TAG.OCTET_STRING);
  const point = (inner && readPoint(curve, inner)) ?? readPoint(curve, given);
  ensure(point !== undefined, wrong, 'what should be a point is none of the curve');
  return point;
}

export function completeEcPublic(draft: Draft): void {
  const curve = curveIn(drafted(draft, CKA.EC_PARAMS));
  contribute(draft, CKA.PUBLIC_KEY_INFO, ecSpki(curve, pointIn(curve, drafted(draft, CKA.EC_POINT))));
}

export function completeEcPrivate(draft: Draft): void {
  const curve = curveIn(drafted(draft, CKA.EC_PARAMS));
  const point = pointOf(curve, drafted(draft, CKA.VALUE));
  ensure(point !== undefined, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is no private key of the curve');
  contribute(draft, CKA.PUBLIC_KEY_INFO, ecSpki(curve, point));
}

export function generateEcPair(template: Template): MadePair {
  const parameters = required(template, CKA.EC_PARAMS);
  const curve = curveIn(parameters);
  const { scalar, point } = generateEc(curve);
  const common = [
    [CKA.KEY_TYPE, ulongBytes(CKK.EC)],
    [CKA.EC_PARAMS, parameters],
    [CKA.PUBLIC_KEY_INFO, ecSpki(curve, point)],
  ] as const;
  return {
    publicKey: new Map([[CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.EC_POINT, octetString(point)], ...common]),
    privateKey: new Map([[CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], [CKA.VALUE, scalar], ...common]),
  };
}
