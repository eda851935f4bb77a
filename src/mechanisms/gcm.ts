// AES-GCM.

import { type CipherGCM, createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import { CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { aes } from './aes.ts';
import { Held } from './held.ts';
import { secret } from './key.ts';
import type { Ciphering, Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';

/** Bits of a tag (NIST SP 800-38D §5.2.1.2). */
const tagBits: readonly unknown[] = [128, 120, 112, 104, 96, 64, 32];
/** OpenSSL's limit; ours is one byte. */
const IV_MAX = 128;
/** NIST SP 800-38D §5.2.1.1: after so many bytes the block counter would come round. */
const DATA_MAX = 2 ** 36 - 32;

interface Setup {
  readonly iv: Uint8Array;
  readonly aad: Uint8Array | null;
  readonly tagLength: number;
}

/** CK_GCM_PARAMS. ulIvBits says again what ulIvLen says, and many applications leave it unset: it is not read. */
function readParameter(parameter: MechanismParameter): Setup {
  const { pIv, pAAD, ulTagBits } = structParameter(parameter, 'CK_GCM_PARAMS');
  const ivFits = pIv instanceof Uint8Array && pIv.length >= 1 && pIv.length <= IV_MAX;
  ensure(ivFits, 'MECHANISM_PARAM_INVALID', 'a GCM initialisation vector of no bytes, or of more than 128');
  ensure(tagBits.includes(ulTagBits), 'MECHANISM_PARAM_INVALID', 'GCM has no tag of that length');
  return { iv: pIv, aad: pAAD instanceof Uint8Array ? pAAD : null, tagLength: Number(ulTagBits) / 8 };
}

const nameFor = (key: KeyObject) => `aes-${key.symmetricKeySize! * 8}-gcm` as 'aes-256-gcm';

class Sealing implements Ciphering {
  readonly #state: CipherGCM;
  readonly #tagLength: number;
  #length = 0;

  constructor(key: KeyObject, { iv, aad, tagLength }: Setup) {
    this.#state = createCipheriv(nameFor(key), key, iv, { authTagLength: tagLength });
    this.#tagLength = tagLength;
    if (aad !== null) this.#state.setAAD(aad);
  }
  bound(length: number): number {
    return length + this.#tagLength;
  }
  once(data: Uint8Array): Uint8Array {
    return Buffer.concat([this.update(data), this.final()]);
  }
  update(part: Uint8Array): Uint8Array {
    this.#length += part.length;
    ensure(this.#length <= DATA_MAX, 'DATA_LEN_RANGE', 'more data than GCM may encrypt under one initialisation vector');
    return this.#state.update(part);
  }
  final(): Uint8Array {
    this.#state.final();
    return this.#state.getAuthTag();
  }
}

/** Gives no plaintext before the tag was checked (§6.13.2), so every part is kept until the last. */
class Opening implements Ciphering {
  readonly #key: KeyObject;
  readonly #setup: Setup;
  #held: Held | undefined;

  constructor(key: KeyObject, setup: Setup) {
    this.#key = key;
    this.#setup = setup;
  }
  bound(length: number): number {
    if (this.#held !== undefined && length > 0) return 0;
    return Math.max(0, (this.#held?.length ?? length) - this.#setup.tagLength);
  }
  once(data: Uint8Array): Uint8Array {
    const { iv, aad, tagLength } = this.#setup;
    const end = data.length - tagLength;
    ensure(end >= 0, 'ENCRYPTED_DATA_LEN_RANGE', 'the encrypted data is shorter than its tag');
    const state = createDecipheriv(nameFor(this.#key), this.#key, iv, { authTagLength: tagLength });
    if (aad !== null) state.setAAD(aad);
    state.setAuthTag(data.subarray(end));
    const plain = state.update(data.subarray(0, end));
    const right = attempt(() => state.final()) !== undefined;
    if (!right) plain.fill(0);
    ensure(right, 'ENCRYPTED_DATA_INVALID', 'the tag is wrong');
    return plain;
  }
  update(part: Uint8Array): Uint8Array {
    this.#held ??= new Held();
    this.#held.update(part);
    return new Uint8Array(0);
  }
  final(): Uint8Array {
    return this.once(this.#held?.final() ?? new Uint8Array(0));
  }
}

export const gcmMechanisms: readonly Row[] = [
  [
    CKM.AES_GCM,
    aes({
      encrypt: (key, parameter) => new Sealing(secret(key), readParameter(parameter)),
      decrypt: (key, parameter) => new Opening(secret(key), readParameter(parameter)),
    }),
  ],
];
