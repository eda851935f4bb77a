// HMAC, at full length and cut.

import { createHmac, type Hmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { ensure } from '../model/error.ts';
import { CKK } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { allHashes, type Hash } from './hashes.ts';
import { secret } from './key.ts';
import type { Key, Mechanism, Row, Signing, Verifying } from './mechanism.ts';
import { bytesParameter, noParameter, ulongAt } from './parameter.ts';

class Mac {
  readonly size: number;
  readonly #hash: string;
  readonly #key: KeyObject;
  #state: Hmac | undefined;

  constructor(hash: Hash, key: Key, size: number) {
    this.size = size;
    this.#hash = hash.name;
    this.#key = secret(key);
  }
  update(part: Uint8Array): void {
    this.#state ??= createHmac(this.#hash, this.#key);
    this.#state.update(part);
  }
  protected mac(): Uint8Array {
    const state = this.#state ?? createHmac(this.#hash, this.#key);
    return state.digest().subarray(0, this.size);
  }
}

class MacSigning extends Mac implements Signing {
  sign(data: Uint8Array): Uint8Array {
    this.update(data);
    return this.mac();
  }
  final(): Uint8Array {
    return this.mac();
  }
}

class MacVerifying extends Mac implements Verifying {
  verify(data: Uint8Array, signature: Uint8Array): boolean {
    this.update(data);
    return this.final(signature);
  }
  final(signature: Uint8Array): boolean {
    return signature.length === this.size && timingSafeEqual(this.mac(), signature);
  }
}

type Length = (parameter: MechanismParameter) => number;

/** The key may be shorter or longer than the hash; CK_MECHANISM_INFO has to name some end. */
const keySize: Mechanism['keySize'] = [1, 2 ** 31 - 1];

const hmac = (hash: Hash, length: Length): Mechanism => ({
  keyType: [CKK.GENERIC_SECRET, hash.hmacKey],
  keySize,
  operations: {
    sign: (key, parameter) => new MacSigning(hash, key, length(parameter)),
    verify: (key, parameter) => new MacVerifying(hash, key, length(parameter)),
  },
});

const whole =
  (hash: Hash): Length =>
  (parameter) => {
    noParameter(parameter);
    return hash.size;
  };

/** CK_MAC_GENERAL_PARAMS. None of a MAC's bytes would be right for every message. */
const cut =
  (hash: Hash): Length =>
  (parameter) => {
    const length = ulongAt(bytesParameter(parameter, 8), 0);
    ensure(length >= 1 && length <= hash.size, 'MECHANISM_PARAM_INVALID', 'a MAC of no bytes, or of more than its hash has');
    return length;
  };

export const hmacMechanisms: readonly Row[] = allHashes.flatMap((hash): Row[] => [
  [hash.hmac, hmac(hash, whole(hash))],
  [hash.hmacGeneral, hmac(hash, cut(hash))],
]);
