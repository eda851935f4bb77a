// HMAC, at full length and cut.

import type { KeyObject } from 'node:crypto';
import { beginHmac, isWhole } from '../crypto/hmac.ts';
import { KeptMac } from '../crypto/mac.ts';
import type { Attributes } from '../model/attribute.ts';
import { CKK } from '../protocol/constants.ts';
import { allHashes, type Hash } from './hashes.ts';
import { remembered, secret } from './key.ts';
import { authentication, cut, type Length, type Mac, type MacState, whole } from './mac.ts';
import type { Key, Mechanism, Row } from './mechanism.ts';

/** The key may be shorter or longer than the hash; CK_MECHANISM_INFO has to name some end. */
export const macKeySize: Mechanism['keySize'] = [1, 2 ** 31 - 1];

class Hmac implements Mac {
  readonly size: number;
  readonly whole: KeptMac | undefined;
  readonly #hash: Hash;
  readonly #key: KeyObject;

  constructor(hash: Hash, key: KeyObject, size: number, whole: KeptMac | undefined) {
    this.size = size;
    this.whole = whole;
    this.#hash = hash;
    this.#key = key;
  }
  begin(): MacState {
    const state = beginHmac(this.#hash.name, this.#key);
    return { update: (part) => state.update(part), final: () => state.digest() };
  }
}

function hmac(hash: Hash, length: Length): Mechanism {
  const name = `hmac ${hash.name}`;
  const load = (_: Attributes, key: Key) => new KeptMac('HMAC', hash.name, secret(key), hash.size);
  const isKept = isWhole(hash.name);
  return {
    keyType: [CKK.GENERIC_SECRET, hash.hmacKey],
    keySize: macKeySize,
    operations: authentication((key, parameter) => {
      const size = length(parameter);
      return new Hmac(hash, secret(key), size, isKept ? remembered(key, name, load) : undefined);
    }),
  };
}

export const hmacRows = (hash: Hash): Row[] => [
  [hash.hmac, hmac(hash, whole(hash.size))],
  [hash.hmacGeneral, hmac(hash, cut(hash.size))],
];

export const hmacMechanisms: readonly Row[] = allHashes.flatMap(hmacRows);
