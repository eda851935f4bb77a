// AES in the modes that hide, and do not authenticate: ECB, CBC, CBC with padding, CTR.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { secret } from './key.ts';
import type { Ciphering, Mechanism, Row } from './mechanism.ts';
import { bytesParameter, noParameter, ulongAt } from './parameter.ts';
import { BLOCK, Counting, Padding, type State, Unpadded, Unpadding } from './streaming.ts';

/** A mode of operation: OpenSSL's name for it, and what of the parameter is its initialisation vector. */
interface Mode {
  readonly name: 'ecb' | 'cbc' | 'ctr';
  iv(parameter: MechanismParameter): Uint8Array | null;
}

const ecb: Mode = {
  name: 'ecb',
  iv(parameter) {
    noParameter(parameter);
    return null;
  },
};
const cbc: Mode = { name: 'cbc', iv: (parameter) => bytesParameter(parameter, BLOCK) };
/** CK_AES_CTR_PARAMS: ulCounterBits, cb. */
const ctr: Mode = { name: 'ctr', iv: (parameter) => bytesParameter(parameter, 8 + BLOCK).subarray(8) };

/** Bytes until the counter has used its last value. */
function counterSpan(parameter: MechanismParameter): number {
  const structure = bytesParameter(parameter, 8 + BLOCK);
  const bits = ulongAt(structure, 0);
  ensure(bits >= 1 && bits <= 128, 'MECHANISM_PARAM_INVALID', 'the counter has no bits, or more than its block');
  const start = BigInt.asUintN(bits, BigInt(`0x${Buffer.from(structure.subarray(8)).toString('hex')}`));
  return Number(((1n << BigInt(bits)) - start) * BigInt(BLOCK));
}

export const aes = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.AES, keySize: [16, 32], operations });

const nameFor = (key: KeyObject, mode: Mode): string => `aes-${key.symmetricKeySize! * 8}-${mode.name}`;

type Begin = (state: State, parameter: MechanismParameter) => Ciphering;

const cipher = (mode: Mode, encrypt: Begin, decrypt: Begin): Mechanism =>
  aes({
    encrypt(key, parameter) {
      const value = secret(key);
      return encrypt(createCipheriv(nameFor(value, mode), value, mode.iv(parameter)), parameter);
    },
    decrypt(key, parameter) {
      const value = secret(key);
      return decrypt(createDecipheriv(nameFor(value, mode), value, mode.iv(parameter)), parameter);
    },
  });

const encryptBlocks: Begin = (state) => new Unpadded(state, 'DATA_LEN_RANGE');
const decryptBlocks: Begin = (state) => new Unpadded(state, 'ENCRYPTED_DATA_LEN_RANGE');
const pad: Begin = (state) => new Padding(state);
const unpad: Begin = (state) => new Unpadding(state);
const count: Begin = (state, parameter) => new Counting(state, counterSpan(parameter));

export const aesMechanisms: readonly Row[] = [
  [CKM.AES_ECB, cipher(ecb, encryptBlocks, decryptBlocks)],
  [CKM.AES_CBC, cipher(cbc, encryptBlocks, decryptBlocks)],
  [CKM.AES_CBC_PAD, cipher(cbc, pad, unpad)],
  [CKM.AES_CTR, cipher(ctr, count, count)],
];
