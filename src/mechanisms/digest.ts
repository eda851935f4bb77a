// Message digests.

import { beginHash, digestInto, type HashState } from '../crypto/digest.ts';
import { allHashes, type Hash } from './hashes.ts';
import type { Digesting, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';

class Digest implements Digesting {
  readonly size: number;
  readonly #name: string;
  #state: HashState | undefined;

  constructor({ size, name }: Hash) {
    this.size = size;
    this.#name = name;
  }
  put(data: Uint8Array, place: Uint8Array): void {
    digestInto(this.#name, data, place);
  }
  update(part: Uint8Array): void {
    this.#state ??= beginHash(this.#name);
    this.#state.update(part);
  }
  final(): Uint8Array {
    return (this.#state ?? beginHash(this.#name)).digest();
  }
}

export const digestRow = (hash: Hash): Row => [
  hash.digest,
  {
    keySize: [0, 0],
    operations: {
      digest(parameter) {
        noParameter(parameter);
        return new Digest(hash);
      },
    },
  },
];

export const digestMechanisms: readonly Row[] = allHashes.map(digestRow);
