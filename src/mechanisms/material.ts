// A key as the bytes that are wrapped: a secret key's CKA_VALUE, a private key's PKCS#8 PrivateKeyInfo (DER); and the way back.

import { readPkcs8 } from '../crypto/key-der.ts';
import { type Attributes, type Template, ulongBytes, ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { completeObject } from './complete.ts';
import { classIn, keyTypeIn, secretKey } from './derived.ts';
import { ecForm } from './ec-key.ts';
import { edwardsForm } from './edwards-key.ts';
import { dhType, dsaType, fieldForm, x942Type } from './field-key.ts';
import type { PrivateForm } from './form.ts';
import { attribute, required } from './key.ts';
import type { Mechanism, NewKey } from './mechanism.ts';
import { montgomeryForm } from './montgomery-key.ts';
import { mlDsa, mlKem, postQuantumForm, slhDsa } from './post-quantum-key.ts';
import { rsaForm } from './rsa-key.ts';

export const forms: ReadonlyMap<number, PrivateForm> = new Map<number, PrivateForm>([
  [CKK.RSA, rsaForm],
  [CKK.EC, ecForm],
  [CKK.EC_EDWARDS, edwardsForm],
  [CKK.EC_MONTGOMERY, montgomeryForm],
  ...[dsaType, dhType, x942Type].map((of) => [of.keyType, fieldForm(of)] as const),
  ...[mlKem, mlDsa, slhDsa].map((of) => [of.keyType, postQuantumForm(of)] as const),
]);

/** The bytes of a key that is to be wrapped by `mechanism`. @throws CKR_KEY_NOT_WRAPPABLE */
export function materialOf(attributes: Attributes, { wraps }: Mechanism): Uint8Array {
  const keyClass = ulongOf(attributes, CKA.CLASS);
  ensure(wraps === undefined || wraps === keyClass, 'KEY_NOT_WRAPPABLE', 'the mechanism does not wrap that class of key');
  if (keyClass === CKO.SECRET_KEY) return attribute(attributes, CKA.VALUE);
  const form = keyClass === CKO.PRIVATE_KEY ? forms.get(ulongOf(attributes, CKA.KEY_TYPE) ?? -1) : undefined;
  ensure(form !== undefined, 'KEY_NOT_WRAPPABLE', 'there is no form to wrap that key in');
  return form.write(attributes);
}

/** The key that unwrapped bytes are, by the template's class and type. @throws CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE */
export function unwrapped(template: Template, material: Uint8Array, { wraps }: Mechanism): NewKey {
  required(template, CKA.KEY_TYPE);
  const keyClass = classIn(template);
  ensure(wraps === undefined || wraps === keyClass, 'TEMPLATE_INCONSISTENT', 'the mechanism does not unwrap that class of key');
  return keyClass === CKO.SECRET_KEY ? secretKey(template, material, 'WRAPPED_KEY_LEN_RANGE') : privateKey(template, material);
}

function privateKey(template: Template, material: Uint8Array): NewKey {
  ensure(classIn(template) === CKO.PRIVATE_KEY, 'TEMPLATE_INCONSISTENT', 'only secret and private keys are unwrapped');
  const keyType = keyTypeIn(template);
  const info = readPkcs8(material);
  const values = info && forms.get(keyType)?.read(info);
  ensure(values !== undefined, 'WRAPPED_KEY_INVALID', 'what was unwrapped is no private key of the type in the template');
  const implied = new Map([
    [CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)],
    [CKA.KEY_TYPE, ulongBytes(keyType)],
  ]);
  const made = new Map([...implied, ...[...values].map(([type, value]) => [type, Uint8Array.from(value)] as const)]);
  completeObject(made);
  return { template, implied, made };
}
