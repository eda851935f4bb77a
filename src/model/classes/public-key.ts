// What public keys of every type have in common.

import { CKA } from '../../protocol/constants.ts';
import { EMPTY, FALSE } from '../attribute.ts';
import { checksumOf } from '../computed.ts';
import type { Rules } from '../rules.ts';
import { bool, bytes, template } from '../rules.ts';
import { key } from './key.ts';

export const publicKey: Rules = {
  ...key,
  [CKA.SUBJECT]: { ...bytes(8), default: EMPTY },
  [CKA.ENCRYPT]: { ...bool(8), default: FALSE },
  [CKA.VERIFY]: { ...bool(8), default: FALSE },
  [CKA.VERIFY_RECOVER]: { ...bool(8), default: FALSE },
  [CKA.WRAP]: { ...bool(8), default: FALSE },
  [CKA.ENCAPSULATE]: { ...bool(8), default: FALSE },
  [CKA.TRUSTED]: { ...bool(10), default: FALSE },
  [CKA.WRAP_TEMPLATE]: template(),
  [CKA.ENCAPSULATE_TEMPLATE]: template(),
  [CKA.PUBLIC_KEY_INFO]: { ...bytes(), default: EMPTY, confirmed: true },
  // Not required (1): no application from before v3.2 gives it. The library finds it itself.
  [CKA.PUBLIC_CRC64_VALUE]: { ...bytes(4, 13), computed: checksumOf(CKA.MODULUS, CKA.VALUE) },
};
