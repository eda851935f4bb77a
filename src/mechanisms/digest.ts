// Message digests.

import { createHash } from 'node:crypto';
import { allHashes, type Hash } from './hashes.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';

const digest = (hash: Hash): Mechanism => ({
  keySize: [0, 0],
  operations: {
    digest(parameter) {
      noParameter(parameter);
      const state = createHash(hash.name);
      return {
        size: hash.size,
        update: (part) => void state.update(part),
        final: () => state.digest(),
      };
    },
  },
});

export const digestMechanisms: readonly Row[] = allHashes.map((hash) => [hash.digest, digest(hash)]);
