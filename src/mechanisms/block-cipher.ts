// Block ciphers in the modes that hide, and do not authenticate: whatever the algorithm.

import type { KeyObject } from 'node:crypto';
import { KeptCipher, KeptState } from '../crypto/kept-cipher.ts';
import { ensure } from '../model/error.ts';
import { CKO } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type Cipher, encryption, encryptionAndWrapping, type Faults } from './cipher.ts';
import { remembered } from './key.ts';
import type { Ciphering, Key, Mechanism } from './mechanism.ts';
import { bytesParameter, noParameter, ulongAt } from './parameter.ts';
import { Flowing, Padding, type State, Unpadded, Unpadding } from './streaming.ts';

/** An algorithm: its keys, its block, and what OpenSSL calls it. */
export interface Algorithm extends Pick<Mechanism, 'keyType' | 'keySize'> {
  /** Bytes of a block. */
  readonly block: number;
  readonly load: (key: Key) => Loaded;
}
export interface Loaded {
  readonly key: KeyObject;
  /** OpenSSL's name of the algorithm with a key of this length, but for the mode. */
  readonly name: string;
}

/** A mode: OpenSSL's name for it, and what of the parameter is its initialisation vector. */
export interface Mode {
  readonly name: string;
  iv(parameter: MechanismParameter, block: number): Uint8Array | null;
}

const vector = (parameter: MechanismParameter, block: number): Uint8Array => bytesParameter(parameter, block);

export const ecb: Mode = {
  name: 'ecb',
  iv(parameter) {
    noParameter(parameter);
    return null;
  },
};
export const cbc: Mode = { name: 'cbc', iv: vector };
export const ofb: Mode = { name: 'ofb', iv: vector };
export const cfb = (bits: '' | '1' | '8'): Mode => ({ name: `cfb${bits}`, iv: vector });
/** CK_AES_CTR_PARAMS and CK_CAMELLIA_CTR_PARAMS: ulCounterBits, cb. */
const ctr: Mode = { name: 'ctr', iv: (parameter, block) => bytesParameter(parameter, 8 + block).subarray(8) };

type Shape = (state: State, algorithm: Algorithm, faults: Faults, parameter: MechanismParameter) => Ciphering;

const unpadded: Shape = (state, { block }, faults) => new Unpadded(state, block, faults);
const flowing: Shape = (state) => new Flowing(state);
const counting: Shape = (state, { block }, _faults, parameter) => new Flowing(state, counterSpan(parameter, block));

function begun(algorithm: Algorithm, mode: Mode, decrypting: boolean, key: Key, parameter: MechanismParameter): KeptState {
  const { key: value, name } = algorithm.load(key);
  const full = `${name}-${mode.name}`;
  const kept = remembered(key, full, () => new KeptCipher(full, value));
  return new KeptState(kept, decrypting, mode.iv(parameter, algorithm.block));
}

export const cipher = (algorithm: Algorithm, mode: Mode, encrypt: Shape, decrypt: Shape): Cipher => ({
  encrypt: (key, parameter, faults) => encrypt(begun(algorithm, mode, false, key, parameter), algorithm, faults, parameter),
  decrypt: (key, parameter, faults) => decrypt(begun(algorithm, mode, true, key, parameter), algorithm, faults, parameter),
});

export const mechanism = ({ keyType, keySize }: Algorithm, operations: Mechanism['operations']): Mechanism => ({
  ...(keyType !== undefined && { keyType }),
  keySize,
  operations,
});

/** Whole blocks: keys of other lengths are filled with zeros, so that only secret keys are told apart from them. */
export const blocks = (algorithm: Algorithm, mode: Mode): Mechanism => ({
  ...mechanism(algorithm, encryptionAndWrapping(cipher(algorithm, mode, unpadded, unpadded), algorithm.block)),
  wraps: CKO.SECRET_KEY,
});

export const padded = (algorithm: Algorithm): Mechanism => {
  const pad: Shape = (state, { block }, faults) => new Padding(state, block, faults);
  const unpad: Shape = (state, { block }, faults) => new Unpadding(state, block, faults);
  return mechanism(algorithm, encryptionAndWrapping(cipher(algorithm, cbc, pad, unpad)));
};

/** As many bytes as went in. */
const flow = (algorithm: Algorithm, mode: Mode): Cipher => cipher(algorithm, mode, flowing, flowing);
export const stream = (algorithm: Algorithm, mode: Mode): Mechanism => mechanism(algorithm, encryptionAndWrapping(flow(algorithm, mode)));
/** Of data only. */
export const dataStream = (algorithm: Algorithm, mode: Mode): Mechanism => mechanism(algorithm, encryption(flow(algorithm, mode)));

export const counter = (algorithm: Algorithm): Mechanism =>
  mechanism(algorithm, encryptionAndWrapping(cipher(algorithm, ctr, counting, counting)));

/** Bytes until the counter has used its last value. */
function counterSpan(parameter: MechanismParameter, block: number): number {
  const structure = bytesParameter(parameter, 8 + block);
  const bits = ulongAt(structure, 0);
  ensure(bits >= 1 && bits <= 8 * block, 'MECHANISM_PARAM_INVALID', 'the counter has no bits, or more than its block');
  const start = BigInt.asUintN(bits, BigInt(`0x${Buffer.from(structure.subarray(8)).toString('hex')}`));
  return Number(((1n << BigInt(bits)) - start) * BigInt(block));
}
