// HMAC, at full length and cut.

import type { KeyObject } from 'node:crypto';
import { beginHmac, isWhole } from '../crypto/hmac.ts';
import { KeptMac } from '../crypto/mac.ts';
import { CKK } from '../protocol/constants.ts';
import { allHashes, type Hash } from './hashes.ts';
import { remembered, secret } from './key.ts';
import { authentication, cut, type Length, type MacState, whole } from './mac.ts';
import type { Mechanism, Row } from './mechanism.ts';

/** The key may be shorter or longer than the hash; CK_MECHANISM_INFO has to name some end. */
export const macKeySize: Mechanism['keySize'] = [1, 2 ** 31 - 1];

function begin({ name }: Hash, key: KeyObject): MacState {
  const state = beginHmac(name, key);
  return { update: (part) => state.update(part), final: () => state.digest() };
}

const hmac = (hash: Hash, length: Length): Mechanism => ({
  keyType: [CKK.GENERIC_SECRET, hash.hmacKey],
  keySize: macKeySize,
  operations: authentication((key, parameter) => {
    const [value, size] = [secret(key), length(parameter)];
    const whole = isWhole(hash.name)
      ? remembered(key, `hmac ${hash.name}`, () => new KeptMac('HMAC', hash.name, value, hash.size))
      : undefined;
    return { size, begin: () => begin(hash, value), whole };
  }),
});

export const hmacRows = (hash: Hash): Row[] => [
  [hash.hmac, hmac(hash, whole(hash.size))],
  [hash.hmacGeneral, hmac(hash, cut(hash.size))],
];

export const hmacMechanisms: readonly Row[] = allHashes.flatMap(hmacRows);
