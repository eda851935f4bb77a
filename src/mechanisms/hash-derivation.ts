// Keys that are the hash of another (Hash-based key derivations).

import { createHash } from 'node:crypto';
import { digest } from '../crypto/digest.ts';
import { CKM } from '../protocol/constants.ts';
import { derivedFrom, lengthAsked, secretKey } from './derived.ts';
import { allHashes, type Hash } from './hashes.ts';
import type { Derivation, Mechanism, NewKey, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { anySecret, keyBytes } from './simple-derivation.ts';

const derivation = (make: (value: Uint8Array, template: Derivation['template']) => NewKey): Mechanism => ({
  keyType: anySecret,
  keySize: [0, 0],
  operations: {
    deriveKey({ base, parameter, template }) {
      noParameter(parameter);
      return { key: make(keyBytes(base), template) };
    },
  },
});

export const hashDerivation = ({ name }: Hash): Mechanism => derivation((value, template) => derivedFrom(template, digest(name, value)));

/** Its own length is that of table 142, and it gives whatever is asked for. */
const expansion = (name: string, own: number): Mechanism =>
  derivation((value, template) => {
    const outputLength = lengthAsked(template, 1 << 16, own);
    return secretKey(template, createHash(name, { outputLength }).update(value).digest());
  });

export const hashDerivations: readonly Row[] = [
  ...allHashes.flatMap((hash): Row[] => (hash.derivation === undefined ? [] : [[hash.derivation, hashDerivation(hash)]])),
  [CKM.SHAKE_128_KEY_DERIVATION, expansion('shake128', 32)],
  [CKM.SHAKE_256_KEY_DERIVATION, expansion('shake256', 64)],
];
