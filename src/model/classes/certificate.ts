// Certificate objects.

import { CK, CKA } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { EMPTY, FALSE, ulongBytes } from '../attribute.ts';
import type { Constraint, Kind, Rules } from '../rules.ts';
import { bool, bytes, date, text, ulong } from '../rules.ts';
import { oneOf } from '../value.ts';
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
  [CKA.CHECK_VALUE]: { ...bytes(), lengths: [0, 3], confirmed: true, erasable: true },
  [CKA.START_DATE]: { ...date(), default: EMPTY },
  [CKA.END_DATE]: { ...date(), default: EMPTY },
  // "Cryptoki does not enforce the relationship": not confirmed.
  [CKA.PUBLIC_KEY_INFO]: { ...bytes(), default: EMPTY },
};

const has = (object: Attributes, type: number): boolean => (object.get(type)?.length ?? 0) > 0;

const valueOrUrl: Constraint = {
  says: 'a certificate has a value or a URL',
  holds: (object) => has(object, CKA.VALUE) || has(object, CKA.URL),
};
const hashesOfUrl: Constraint = {
  says: 'a certificate with a URL has the hashes of both public keys',
  holds: (object) => !has(object, CKA.URL) || (has(object, CKA.HASH_OF_SUBJECT_PUBLIC_KEY) && has(object, CKA.HASH_OF_ISSUER_PUBLIC_KEY)),
};

/** The table's own footnotes: 1 and 2 are the common footnote 1; the rest of 2, 3 and 4 are the constraints. */
export const x509: Kind = {
  rules: {
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
  },
  constraints: [valueOrUrl, hashesOfUrl],
};

/** The table's own footnotes as above; 1 goes on: "Can only be empty if CKA_VALUE is empty". */
export const wtls: Kind = {
  rules: {
    ...certificate,
    [CKA.SUBJECT]: bytes(1),
    // "Only the CKA_ISSUER attribute may be modified after the object has been created."
    [CKA.ISSUER]: { ...bytes(8), default: EMPTY },
    [CKA.VALUE]: bytes(1),
    [CKA.URL]: { ...text(), default: EMPTY },
    [CKA.HASH_OF_SUBJECT_PUBLIC_KEY]: { ...bytes(), default: EMPTY },
    [CKA.HASH_OF_ISSUER_PUBLIC_KEY]: { ...bytes(), default: EMPTY },
    [CKA.NAME_HASH_ALGORITHM]: ulong(),
  },
  constraints: [
    valueOrUrl,
    hashesOfUrl,
    { says: 'a WTLS certificate with a value has a subject', holds: (object) => has(object, CKA.SUBJECT) || !has(object, CKA.VALUE) },
  ],
};

export const attributeCertificate: Kind = {
  rules: {
    ...certificate,
    [CKA.OWNER]: bytes(1),
    // "Only the CKA_AC_ISSUER, CKA_SERIAL_NUMBER and CKA_ATTR_TYPES attributes may be modified after the object is created."
    [CKA.AC_ISSUER]: { ...bytes(8), default: EMPTY },
    [CKA.SERIAL_NUMBER]: { ...bytes(8), default: EMPTY },
    [CKA.ATTR_TYPES]: { ...bytes(8), default: EMPTY },
    [CKA.VALUE]: bytes(1),
  },
};
