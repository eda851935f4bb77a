// Keys on Edwards curves (CKK_EC_EDWARDS): loaded from their attributes, generated, and completed when an application brings them.

import { type EdwardsCurve, readEdwardsCurve } from '../crypto/curves.ts';
import { contentOf, TAG } from '../crypto/der.ts';
import { edPkcs8, edSpki, generateSeed, isPublicKey, publicKeyOf } from '../crypto/edwards.ts';
import { loadPrivateKey, loadPublicKey, type NativeKey } from '../crypto/native.ts';
import { readRawPrivateKey } from '../crypto/raw-key.ts';
import { type Attributes, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import type { PrivateForm } from './form.ts';
import { attribute, remembered, required } from './key.ts';
import type { Key, MadePair } from './mechanism.ts';

export interface EdwardsKey {
  readonly native: NativeKey;
  readonly curve: EdwardsCurve;
  /** Bytes of a signature: R and S. */
  readonly size: number;
}

export const edwardsPrivate = (key: Key): EdwardsKey => remembered(key, 'native', loadPrivate);
export const edwardsPublic = (key: Key): EdwardsKey => remembered(key, 'native', loadPublic);

function loadPrivate(attributes: Attributes): EdwardsKey {
  const curve = curveIn(attribute(attributes, CKA.EC_PARAMS));
  return { curve, native: loadPrivateKey(edwardsForm.write(attributes)), size: 2 * curve.size };
}

export const edwardsForm: PrivateForm = {
  write: (attributes) => edPkcs8(curveIn(attribute(attributes, CKA.EC_PARAMS)), attribute(attributes, CKA.VALUE)),
  read(info) {
    const curve = readEdwardsCurve(info.algorithm);
    const seed = readRawPrivateKey(info);
    if (curve === undefined || curve === 'unknown' || seed === undefined) return undefined;
    return [
      [CKA.EC_PARAMS, curve.oid],
      [CKA.VALUE, seed],
    ];
  },
  publicOf: (attributes, key) => [
    [CKA.EC_PARAMS, attribute(attributes, CKA.EC_PARAMS)],
    [CKA.EC_POINT, key],
  ],
};

function loadPublic(attributes: Attributes): EdwardsKey {
  const curve = curveIn(attribute(attributes, CKA.EC_PARAMS));
  const publicKey = publicKeyIn(curve, attribute(attributes, CKA.EC_POINT));
  return { curve, native: loadPublicKey(edSpki(curve, publicKey)), size: 2 * curve.size };
}

function curveIn(parameters: Uint8Array): EdwardsCurve {
  const curve = readEdwardsCurve(parameters);
  ensure(curve !== undefined, 'DOMAIN_PARAMS_INVALID', 'CKA_EC_PARAMS is neither an object identifier nor a name');
  ensure(curve !== 'unknown', 'CURVE_NOT_SUPPORTED', 'CKA_EC_PARAMS names another curve than this key type has here');
  return curve;
}

/**
 * The bytes themselves since v3.1 (§6.3.5). v3.0 asked for their DER, which some read as an OCTET STRING and some as a BIT STRING:
 * both are still about, and the length tells all three apart.
 */
function publicKeyIn(curve: EdwardsCurve, given: Uint8Array): Uint8Array {
  if (given.length === curve.size) return given;
  return contentOf(given, TAG.OCTET_STRING) ?? contentOf(given, TAG.BIT_STRING)?.subarray(1) ?? given;
}

export function completeEdwardsPublic(draft: Draft): void {
  const curve = curveIn(drafted(draft, CKA.EC_PARAMS));
  const publicKey = publicKeyIn(curve, drafted(draft, CKA.EC_POINT));
  ensure(isPublicKey(curve, publicKey), 'ATTRIBUTE_VALUE_INVALID', 'CKA_EC_POINT is no public key of the curve');
  contribute(draft, CKA.PUBLIC_KEY_INFO, edSpki(curve, publicKey));
}

export function completeEdwardsPrivate(draft: Draft): void {
  const curve = curveIn(drafted(draft, CKA.EC_PARAMS));
  const seed = drafted(draft, CKA.VALUE);
  ensure(seed.length === curve.size, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is not as long as a private key of the curve');
  contribute(draft, CKA.PUBLIC_KEY_INFO, edSpki(curve, publicKeyOf(curve, seed)));
}

export function generateEdwardsPair(template: Template): MadePair {
  const parameters = required(template, CKA.EC_PARAMS);
  const curve = curveIn(parameters);
  const seed = generateSeed(curve);
  const publicKey = publicKeyOf(curve, seed);
  const common = [
    [CKA.KEY_TYPE, ulongBytes(CKK.EC_EDWARDS)],
    [CKA.EC_PARAMS, parameters],
    [CKA.PUBLIC_KEY_INFO, edSpki(curve, publicKey)],
  ] as const;
  return {
    publicKey: new Map([[CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.EC_POINT, publicKey], ...common]),
    privateKey: new Map([[CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], [CKA.VALUE, seed], ...common]),
  };
}
