// Message digests.

import { allHashes, type Hash } from './hashes.ts';
import { hashed, type InParts, type Parts } from './intake.ts';
import type { Digesting, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';

class Digest implements Digesting {
  readonly size: number;
  readonly #intake: InParts;
  #parts: Parts | undefined;

  constructor(size: number, intake: InParts) {
    this.size = size;
    this.#intake = intake;
  }
  once(data: Uint8Array): Uint8Array {
    return this.#intake.once(data);
  }
  update(part: Uint8Array): void {
    this.#parts ??= this.#intake.begin();
    this.#parts.update(part);
  }
  final(): Uint8Array {
    return (this.#parts ?? this.#intake.begin()).final();
  }
}

export function digestRow(hash: Hash): Row {
  const intake = hashed(hash);
  return [
    hash.digest,
    {
      keySize: [0, 0],
      operations: {
        digest(parameter) {
          noParameter(parameter);
          return new Digest(hash.size, intake);
        },
      },
    },
  ];
}

export const digestMechanisms: readonly Row[] = allHashes.map(digestRow);
