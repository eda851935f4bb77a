// Certificate objects.

import { CK, CKA } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { EMPTY, FALSE, ulongBytes } from '../attribute.ts';
import type { Constraint, Rules } from '../rules.ts';
import { bool, bytes, date, text, ulong } from '../rules.ts';
import { long, oneOf } from '../value.ts';
import { storage } from './storage.ts';

const certificate: Rules = {
  ...storage,
  [CKA.CERTIFICATE_TYPE]: ulong(1),
  [CKA.TRUSTED]: { ...bool(10), default: FALSE },
  [CKA.CERTIFICATE_CATEGORY]: {
    ...ulong(),
    default: ulongBytes(CK.CERTIFICATE_CATEGORY_UNSPECIFIED),
    valid: oneOf(
      CK.CERTIFICATE_CATEGORY_UNSPECIFIED,
      CK.CERTIFICATE_CATEGORY_TOKEN_USER,
      CK.CERTIFICATE_CATEGORY_AUTHORITY,
      CK.CERTIFICATE_CATEGORY_OTHER_ENTITY,
    ),
  },
  [CKA.CHECK_VALUE]: { ...bytes(), valid: long(0, 3), confirmed: true, erasable: true },
  [CKA.START_DATE]: { ...date(), default: EMPTY },
  [CKA.END_DATE]: { ...date(), default: EMPTY },
  // "Cryptoki does not enforce the relationship": not confirmed.
  [CKA.PUBLIC_KEY_INFO]: { ...bytes(), default: EMPTY },
};

/** The table's own footnotes: 1 and 2 are the common footnote 1; the rest of 2, 3 and 4 are the constraints below. */
export const x509: Rules = {
  ...certificate,
  [CKA.SUBJECT]: bytes(1),
  // "Only the CKA_ID, CKA_ISSUER, and CKA_SERIAL_NUMBER attributes may be modified after the object is created."
  [CKA.ID]: { ...bytes(8), default: EMPTY },
  [CKA.ISSUER]: { ...bytes(8), default: EMPTY },
  [CKA.SERIAL_NUMBER]: { ...bytes(8), default: EMPTY },
  [CKA.VALUE]: bytes(1),
  [CKA.URL]: { ...text(), default: EMPTY },
  [CKA.HASH_OF_SUBJECT_PUBLIC_KEY]: { ...bytes(), default: EMPTY },
  [CKA.HASH_OF_ISSUER_PUBLIC_KEY]: { ...bytes(), default: EMPTY },
  [CKA.JAVA_MIDP_SECURITY_DOMAIN]: {
    ...ulong(),
    default: ulongBytes(CK.SECURITY_DOMAIN_UNSPECIFIED),
    valid: oneOf(
      CK.SECURITY_DOMAIN_UNSPECIFIED,
      CK.SECURITY_DOMAIN_MANUFACTURER,
      CK.SECURITY_DOMAIN_OPERATOR,
      CK.SECURITY_DOMAIN_THIRD_PARTY,
    ),
  },
  // Without a default: "if the attribute is not present then the type defaults to SHA-1".
  [CKA.NAME_HASH_ALGORITHM]: ulong(),
};

const has = (object: Attributes, type: number): boolean => (object.get(type)?.length ?? 0) > 0;

export const certificateConstraints: readonly Constraint[] = [
  { says: 'a certificate has a value or a URL', holds: (object) => has(object, CKA.VALUE) || has(object, CKA.URL) },
  {
    says: 'a certificate with a URL has the hashes of both public keys',
    holds: (object) => !has(object, CKA.URL) || (has(object, CKA.HASH_OF_SUBJECT_PUBLIC_KEY) && has(object, CKA.HASH_OF_ISSUER_PUBLIC_KEY)),
  },
];
