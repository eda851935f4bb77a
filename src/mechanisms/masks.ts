// Hashes by the numbers that parameters name them with.

import { CKG } from '../protocol/constants.ts';
import { allHashes, type Hash, hashes } from './hashes.ts';

/** By CKM of the digest. */
export const hashOf: ReadonlyMap<number, Hash> = new Map(allHashes.map((hash) => [hash.digest, hash]));

/** By mask generation function. */
export const maskOf: ReadonlyMap<number, Hash> = new Map<number, Hash>([
  [CKG.MGF1_SHA1, hashes.SHA1],
  [CKG.MGF1_SHA224, hashes.SHA224],
  [CKG.MGF1_SHA256, hashes.SHA256],
  [CKG.MGF1_SHA384, hashes.SHA384],
  [CKG.MGF1_SHA512, hashes.SHA512],
  [CKG.MGF1_SHA3_224, hashes.SHA3_224],
  [CKG.MGF1_SHA3_256, hashes.SHA3_256],
  [CKG.MGF1_SHA3_384, hashes.SHA3_384],
  [CKG.MGF1_SHA3_512, hashes.SHA3_512],
]);
