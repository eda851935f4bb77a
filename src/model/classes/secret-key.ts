// Secret key objects, by type.

import { CKA, CKK } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { FALSE, TRUE, ulongBytes } from '../attribute.ts';
import type { Rules } from '../rules.ts';
import { bool, bytes, template, ulong, withDefault } from '../rules.ts';
import { long, nonEmpty } from '../value.ts';
import { key } from './key.ts';

const secretKey: Rules = {
  ...key,
  ...withDefault(key, TRUE, CKA.PRIVATE),
  // Stricter than the standard, whose default is CK_FALSE here: a key that is to leave must be said to.
  [CKA.SENSITIVE]: { ...bool(8, 11), default: TRUE },
  [CKA.ENCRYPT]: { ...bool(8), default: FALSE },
  [CKA.DECRYPT]: { ...bool(8), default: FALSE },
  [CKA.SIGN]: { ...bool(8), default: FALSE },
  [CKA.VERIFY]: { ...bool(8), default: FALSE },
  [CKA.WRAP]: { ...bool(8), default: FALSE },
  [CKA.UNWRAP]: { ...bool(8), default: FALSE },
  [CKA.EXTRACTABLE]: { ...bool(8, 12), default: FALSE },
  [CKA.ALWAYS_SENSITIVE]: bool(2, 4, 6),
  [CKA.NEVER_EXTRACTABLE]: bool(2, 4, 6),
  [CKA.CHECK_VALUE]: { ...bytes(), valid: long(0, 3), confirmed: true, erasable: true },
  [CKA.WRAP_WITH_TRUSTED]: { ...bool(11), default: FALSE },
  [CKA.TRUSTED]: { ...bool(10), default: FALSE },
  [CKA.WRAP_TEMPLATE]: template(),
  [CKA.UNWRAP_TEMPLATE]: template(),
  [CKA.DERIVE_TEMPLATE]: template(),
};

function valueLength(object: Attributes): Uint8Array | undefined {
  const value = object.get(CKA.VALUE);
  return value && ulongBytes(value.length);
}

const generic: Rules = {
  ...secretKey,
  ...withDefault(secretKey, TRUE, CKA.SIGN, CKA.VERIFY),
  [CKA.VALUE]: { ...bytes(1, 4, 6, 7), valid: nonEmpty },
  [CKA.VALUE_LEN]: { ...ulong(2, 3), computed: valueLength },
};

const aes: Rules = {
  ...secretKey,
  ...withDefault(secretKey, TRUE, CKA.ENCRYPT, CKA.DECRYPT, CKA.SIGN, CKA.VERIFY),
  [CKA.VALUE]: { ...bytes(1, 4, 6, 7), valid: long(16, 24, 32) },
  [CKA.VALUE_LEN]: { ...ulong(2, 3), computed: valueLength },
};

export const secretKeys: ReadonlyMap<number, Rules> = new Map([
  [CKK.GENERIC_SECRET, generic],
  [CKK.AES, aes],
  // The HMAC key types have no tables of their own: generic secrets with a narrower use.
  [CKK.SHA_1_HMAC, generic],
  [CKK.SHA224_HMAC, generic],
  [CKK.SHA256_HMAC, generic],
  [CKK.SHA384_HMAC, generic],
  [CKK.SHA512_HMAC, generic],
  [CKK.SHA512_224_HMAC, generic],
  [CKK.SHA512_256_HMAC, generic],
  [CKK.SHA512_T_HMAC, generic],
  [CKK.SHA3_224_HMAC, generic],
  [CKK.SHA3_256_HMAC, generic],
  [CKK.SHA3_384_HMAC, generic],
  [CKK.SHA3_512_HMAC, generic],
]);
