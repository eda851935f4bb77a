// AES in modes that take the data whole, since its end decides how what is before it is encrypted: CBC with ciphertext stealing, and XTS.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import { Gathering } from './aead.ts';
import { aes } from './aes.ts';
import { type Cipher, encryptionAndWrapping, type Faults } from './cipher.ts';
import { secret } from './key.ts';
import type { Ciphering, Key, Mechanism, Row } from './mechanism.ts';
import { bytesParameter } from './parameter.ts';

const BLOCK = 16;

interface WholeMode {
  /** OpenSSL's name for a key of so many bytes. */
  readonly nameFor: (bytes: number) => string;
  readonly refusal: string;
}

const gathering = (faults: Faults, refusal: string, work: (data: Uint8Array) => Uint8Array): Ciphering =>
  new Gathering(
    (length) => length,
    (data) => {
      ensure(data.length >= BLOCK, faults.length, 'less data than a block');
      const out = attempt(() => work(data));
      ensure(out !== undefined, faults.content, refusal);
      return out;
    },
  );

const cipher = ({ nameFor, refusal }: WholeMode): Cipher => {
  const open = (key: Key, parameter: Parameters<Cipher['encrypt']>[1]) => {
    const value = secret(key);
    return [nameFor(value.symmetricKeySize!), value, bytesParameter(parameter, BLOCK)] as const;
  };
  return {
    encrypt(key, parameter, faults) {
      const [name, value, iv] = open(key, parameter);
      return gathering(faults, refusal, (data) => createCipheriv(name, value, iv).setAutoPadding(false).update(data));
    },
    decrypt(key, parameter, faults) {
      const [name, value, iv] = open(key, parameter);
      return gathering(faults, refusal, (data) => createDecipheriv(name, value, iv).setAutoPadding(false).update(data));
    },
  };
};

/** NIST's variant CS1, which for whole blocks is CBC itself (SP 800-38A, addendum). */
const cts = cipher({ nameFor: (bytes) => `aes-${8 * bytes}-cbc-cts`, refusal: 'the data cannot be encrypted' });
const xts = cipher({ nameFor: (bytes) => `aes-${4 * bytes}-xts`, refusal: 'both halves of the key are the same' });

const xtsMechanism: Mechanism = { keyType: CKK.AES_XTS, keySize: [32, 64], operations: encryptionAndWrapping(xts, BLOCK) };

export const aesWholeMechanisms: readonly Row[] = [
  [CKM.AES_CTS, aes(encryptionAndWrapping(cts, BLOCK))],
  [CKM.AES_XTS, xtsMechanism],
];
