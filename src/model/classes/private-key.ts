// Private key objects, by type.

import { CKA, CKK } from '../../protocol/constants.ts';
import { EMPTY, FALSE, isTrue, TRUE } from '../attribute.ts';
import type { Constraint, Rules } from '../rules.ts';
import { bigInteger, bool, bytes, template, withDefault } from '../rules.ts';
import { nonEmpty } from '../value.ts';
import { key } from './key.ts';

const privateKey: Rules = {
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
  // Not required (1): no application from before v3.2 gives it. The library finds it itself.
  [CKA.PUBLIC_CRC64_VALUE]: { ...bytes(4, 13), confirmed: true },
};

const rsa: Rules = {
  ...privateKey,
  ...withDefault(privateKey, TRUE, CKA.DECRYPT, CKA.SIGN, CKA.SIGN_RECOVER),
  [CKA.MODULUS]: bigInteger(1, 4, 6),
  [CKA.PUBLIC_EXPONENT]: bigInteger(1, 4, 6),
  [CKA.PRIVATE_EXPONENT]: bigInteger(1, 4, 6, 7),
  [CKA.PRIME_1]: bigInteger(4, 6, 7),
  [CKA.PRIME_2]: bigInteger(4, 6, 7),
  [CKA.EXPONENT_1]: bigInteger(4, 6, 7),
  [CKA.EXPONENT_2]: bigInteger(4, 6, 7),
  [CKA.COEFFICIENT]: bigInteger(4, 6, 7),
};

const ec: Rules = {
  ...privateKey,
  ...withDefault(privateKey, TRUE, CKA.SIGN),
  [CKA.EC_PARAMS]: { ...bytes(1, 4, 6), valid: nonEmpty },
  [CKA.VALUE]: bigInteger(1, 4, 6, 7),
};

const edwards: Rules = {
  ...privateKey,
  ...withDefault(privateKey, TRUE, CKA.SIGN),
  [CKA.EC_PARAMS]: { ...bytes(1, 4, 6), valid: nonEmpty },
  [CKA.VALUE]: bigInteger(1, 4, 6, 7),
};

const montgomery: Rules = {
  ...privateKey,
  [CKA.EC_PARAMS]: { ...bytes(1, 4, 6), valid: nonEmpty },
  [CKA.VALUE]: bigInteger(1, 4, 6, 7),
};

export const privateKeys: ReadonlyMap<number, Rules> = new Map([
  [CKK.RSA, rsa],
  [CKK.EC, ec],
  [CKK.EC_EDWARDS, edwards],
  [CKK.EC_MONTGOMERY, montgomery],
]);

export const privateKeyConstraints: readonly Constraint[] = [
  {
    says: 'only a private object can ask for the PIN at each use',
    holds: (object) => !isTrue(object, CKA.ALWAYS_AUTHENTICATE) || isTrue(object, CKA.PRIVATE),
  },
];
