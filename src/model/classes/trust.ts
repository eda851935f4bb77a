// Trust objects: what a certificate may be trusted for.

import { CKA, CKT } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { EMPTY, ulongOf } from '../attribute.ts';
import type { Kind, Rule } from '../rules.ts';
import { bytes, ulong } from '../rules.ts';
import { oneOf } from '../value.ts';
import { storage } from './storage.ts';

// Open to C_SetAttributeValue (8), which the table is silent about: "CKA_MODIFIABLE ... defaults to CK_TRUE" would else mean nothing.
// Without a default: "missing CKA_TRUST_XXX attributes are treated as CKT_TRUST_UNKNOWN".
const trusted: Rule = { ...ulong(8), valid: oneOf(...Object.values(CKT)) };

const uses = [
  CKA.TRUST_SERVER_AUTH,
  CKA.TRUST_CLIENT_AUTH,
  CKA.TRUST_CODE_SIGNING,
  CKA.TRUST_EMAIL_PROTECTION,
  CKA.TRUST_IPSEC_IKE,
  CKA.TRUST_TIME_STAMPING,
  CKA.TRUST_OCSP_SIGNING,
];

const noTrust: ReadonlySet<number | undefined> = new Set([undefined, CKT.TRUST_UNKNOWN, CKT.NOT_TRUSTED]);
const trusts = (object: Attributes): boolean => uses.some((use) => !noTrust.has(ulongOf(object, use)));

/** The table's own footnotes: 1 is the common footnote 1, 2 is the constraint, 3 is said above. */
export const trust: Kind = {
  rules: {
    ...storage,
    [CKA.ISSUER]: bytes(1),
    [CKA.SERIAL_NUMBER]: bytes(1),
    [CKA.HASH_OF_CERTIFICATE]: { ...bytes(), default: EMPTY },
    [CKA.NAME_HASH_ALGORITHM]: ulong(),
    ...Object.fromEntries(uses.map((use) => [use, trusted])),
  },
  constraints: [
    {
      says: 'a certificate that is trusted is named by its hash',
      holds: (object) => !trusts(object) || (object.get(CKA.HASH_OF_CERTIFICATE)!.length > 0 && object.has(CKA.NAME_HASH_ALGORITHM)),
      refusal: 'TEMPLATE_INCOMPLETE',
    },
  ],
};
