// Pseudorandom functions that derivations are made of, by the mechanisms that name them: HMACs, and MACs made of ciphers.

import type { KeyObject } from 'node:crypto';
import { hmac } from '../crypto/hmac.ts';
import { ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import { aesAlgorithm } from './aes.ts';
import { beginXcbc } from './aes-mac.ts';
import type { Algorithm, Loaded } from './block-cipher.ts';
import { des3 } from './block-ciphers.ts';
import { beginCmac } from './cipher-mac.ts';
import { allHashes, type Hash } from './hashes.ts';
import { secret } from './key.ts';
import type { MacState } from './mac.ts';
import type { Key } from './mechanism.ts';

/** With its key. */
export interface Prf {
  readonly size: number;
  of(...parts: readonly Uint8Array[]): Uint8Array;
}

const hmacs: ReadonlyMap<number, Hash> = new Map(allHashes.map((hash) => [hash.hmac, hash]));

interface CipherPrf {
  readonly algorithm: Algorithm;
  readonly begin: (loaded: Loaded) => MacState;
}
const ciphers: ReadonlyMap<number, CipherPrf> = new Map<number, CipherPrf>([
  [CKM.AES_CMAC, { algorithm: aesAlgorithm, begin: beginCmac }],
  [CKM.AES_XCBC_MAC, { algorithm: aesAlgorithm, begin: ({ key }) => beginXcbc(key) }],
  [CKM.DES3_CMAC, { algorithm: des3, begin: beginCmac }],
]);

const hmacPrf = ({ name, size }: Hash, key: KeyObject): Prf => ({ size, of: (...parts) => hmac(name, key, ...parts) });

function cipherPrf({ algorithm, begin }: CipherPrf, base: Key): Prf {
  const keyType = ulongOf(base.attributes, CKA.KEY_TYPE);
  // A generic secret will do, as it does for others: its length must be one of the cipher's all the same.
  const isFit = keyType === CKK.GENERIC_SECRET || [algorithm.keyType].flat().includes(keyType);
  const length = secret(base).symmetricKeySize!;
  ensure(isFit && [16, 24, 32].includes(length), 'KEY_TYPE_INCONSISTENT', 'the function is for another type of key');
  const loaded = algorithm.load(base);
  return {
    size: algorithm.block,
    of(...parts) {
      const state = begin(loaded);
      for (const part of parts) state.update(part);
      return state.final();
    },
  };
}

export function prfOf(mechanism: number, base: Key): Prf {
  const hash = hmacs.get(mechanism);
  if (hash !== undefined) return hmacPrf(hash, secret(base));
  const cipher = ciphers.get(mechanism);
  ensure(cipher !== undefined, 'MECHANISM_PARAM_INVALID', 'no such pseudorandom function');
  return cipherPrf(cipher, base);
}
