// Public key objects, by type.

import { CKA, CKK } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { EMPTY, FALSE, TRUE, ulongBytes } from '../attribute.ts';
import { derPoint, rawPoint } from '../ec-point.ts';
import type { Rules } from '../rules.ts';
import { bigInteger, bool, bytes, template, ulong, withDefault } from '../rules.ts';
import { nonEmpty } from '../value.ts';
import { key } from './key.ts';

const publicKey: Rules = {
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
  [CKA.PUBLIC_CRC64_VALUE]: { ...bytes(4, 13), confirmed: true },
};

function modulusBits(object: Attributes): Uint8Array | undefined {
  const modulus = object.get(CKA.MODULUS);
  if (modulus === undefined) return undefined;
  const first = modulus.findIndex((byte) => byte !== 0);
  return ulongBytes(first < 0 ? 0 : (modulus.length - first) * 8 - (Math.clz32(modulus[first]!) - 24));
}

const rsa: Rules = {
  ...publicKey,
  ...withDefault(publicKey, TRUE, CKA.ENCRYPT, CKA.VERIFY, CKA.VERIFY_RECOVER),
  [CKA.MODULUS]: bigInteger(1, 4),
  [CKA.MODULUS_BITS]: { ...ulong(2, 3), computed: modulusBits },
  [CKA.PUBLIC_EXPONENT]: bigInteger(1),
};

const ec: Rules = {
  ...publicKey,
  ...withDefault(publicKey, TRUE, CKA.VERIFY),
  [CKA.EC_PARAMS]: { ...bytes(1, 3), valid: nonEmpty },
  [CKA.EC_POINT]: { ...bytes(1, 4), valid: nonEmpty, normalise: derPoint },
};

const edwards: Rules = {
  ...publicKey,
  ...withDefault(publicKey, TRUE, CKA.VERIFY),
  [CKA.EC_PARAMS]: { ...bytes(1, 3), valid: nonEmpty },
  [CKA.EC_POINT]: { ...bytes(1, 4), valid: nonEmpty, normalise: rawPoint },
};

const montgomery: Rules = {
  ...publicKey,
  [CKA.EC_PARAMS]: { ...bytes(1, 3), valid: nonEmpty },
  [CKA.EC_POINT]: { ...bytes(1, 4), valid: nonEmpty, normalise: rawPoint },
};

export const publicKeys: ReadonlyMap<number, Rules> = new Map([
  [CKK.RSA, rsa],
  [CKK.EC, ec],
  [CKK.EC_EDWARDS, edwards],
  [CKK.EC_MONTGOMERY, montgomery],
]);
