// CKM_PUB_KEY_FROM_PRIV_KEY: the public key that a private one implies.

import { contentOf, elements, TAG } from '../crypto/der.ts';
import { type Attributes, type Template, ulongBytes, ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKM, CKO } from '../protocol/constants.ts';
import { attribute } from './key.ts';
import { forms } from './material.ts';
import type { NewKey, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';

/** What the public key has from the private one, unless the template says otherwise: [public key's attribute, private key's]. */
const inherited: readonly (readonly [number, number])[] = [
  [CKA.ENCRYPT, CKA.DECRYPT],
  [CKA.VERIFY, CKA.SIGN],
  [CKA.VERIFY_RECOVER, CKA.SIGN_RECOVER],
  [CKA.WRAP, CKA.UNWRAP],
  [CKA.ENCAPSULATE, CKA.DECAPSULATE],
  [CKA.DERIVE, CKA.DERIVE],
  [CKA.ID, CKA.ID],
  [CKA.START_DATE, CKA.START_DATE],
  [CKA.END_DATE, CKA.END_DATE],
  [CKA.SUBJECT, CKA.SUBJECT],
  [CKA.ALLOWED_MECHANISMS, CKA.ALLOWED_MECHANISMS],
];

/** The BIT STRING of a SubjectPublicKeyInfo, without its count of unused bits. */
function publicBits(info: Uint8Array): Uint8Array {
  const [, key] = elements(contentOf(info, TAG.SEQUENCE) ?? new Uint8Array(0)) ?? [];
  ensure(key?.tag === TAG.BIT_STRING, 'KEY_TYPE_INCONSISTENT', 'the private key does not say which public key is its own');
  return key.content.subarray(1);
}

function publicKey(base: Attributes, template: Template): NewKey {
  ensure(ulongOf(base, CKA.CLASS) === CKO.PRIVATE_KEY, 'KEY_TYPE_INCONSISTENT', 'the base key is no private key');
  const keyType = ulongOf(base, CKA.KEY_TYPE) ?? -1;
  const form = forms.get(keyType);
  ensure(form !== undefined, 'KEY_TYPE_INCONSISTENT', 'there are no public keys of that type');
  const info = attribute(base, CKA.PUBLIC_KEY_INFO);
  const implied = new Map([
    [CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)],
    [CKA.KEY_TYPE, ulongBytes(keyType)],
  ]);
  const open = inherited.filter(([type, from]) => base.has(from) && !template.some((entry) => entry.type === type));
  const copies = open.map(([type, from]) => [type, base.get(from)!] as const);
  const made = new Map([...copies, ...implied, ...form.publicOf(base, publicBits(info)), [CKA.PUBLIC_KEY_INFO, info] as const]);
  return { template, implied, made };
}

export const publicDerivations: readonly Row[] = [
  [
    CKM.PUB_KEY_FROM_PRIV_KEY,
    {
      keySize: [0, 0],
      anyBase: true,
      operations: {
        deriveKey({ base, parameter, template }) {
          noParameter(parameter);
          return { key: publicKey(base.attributes, template), heritage: { otherHalf: true } };
        },
      },
    },
  ],
];
