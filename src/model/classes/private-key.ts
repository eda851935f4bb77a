// What private keys of every type have in common.

import { CKA } from '../../protocol/constants.ts';
import { EMPTY, FALSE, isTrue, TRUE } from '../attribute.ts';
import { checksumOf } from '../computed.ts';
import type { Constraint, Rules } from '../rules.ts';
import { bool, bytes, template, withDefault } from '../rules.ts';
import { key } from './key.ts';

export const privateKey: Rules = {
  ...key,
  ...withDefault(key, TRUE, CKA.PRIVATE),
  [CKA.SUBJECT]: { ...bytes(8), default: EMPTY },
  [CKA.SENSITIVE]: { ...bool(8, 11), default: TRUE },
  [CKA.DECRYPT]: { ...bool(8), default: FALSE },
  [CKA.SIGN]: { ...bool(8), default: FALSE },
  [CKA.SIGN_RECOVER]: { ...bool(8), default: FALSE },
  [CKA.UNWRAP]: { ...bool(8), default: FALSE },
  [CKA.DECAPSULATE]: { ...bool(8), default: FALSE },
  [CKA.EXTRACTABLE]: { ...bool(8, 12), default: FALSE },
  [CKA.ALWAYS_SENSITIVE]: bool(2, 4, 6),
  [CKA.NEVER_EXTRACTABLE]: bool(2, 4, 6),
  [CKA.WRAP_WITH_TRUSTED]: { ...bool(11), default: FALSE },
  [CKA.UNWRAP_TEMPLATE]: template(),
  [CKA.DECAPSULATE_TEMPLATE]: template(),
  [CKA.ALWAYS_AUTHENTICATE]: { ...bool(), default: FALSE },
  [CKA.PUBLIC_KEY_INFO]: { ...bytes(8), default: EMPTY, confirmed: true },
  [CKA.DERIVE_TEMPLATE]: template(),
  // Not required (1): no application from before v3.2 gives it. Over a public value: where the key has none, its mechanism finds it.
  [CKA.PUBLIC_CRC64_VALUE]: { ...bytes(4, 13), computed: checksumOf(CKA.MODULUS) },
};

export const privateKeyConstraints: readonly Constraint[] = [
  {
    says: 'only a private object can ask for the PIN at each use',
    holds: (object) => !isTrue(object, CKA.ALWAYS_AUTHENTICATE) || isTrue(object, CKA.PRIVATE),
  },
];
