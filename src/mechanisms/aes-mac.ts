// MACs made of AES: CMAC, CBC-MAC, XCBC-MAC and GMAC.

import { createCipheriv, type KeyObject } from 'node:crypto';
import { createMac } from '../crypto/mac.ts';
import { CKM } from '../protocol/constants.ts';
import { aes, aesAlgorithm } from './aes.ts';
import { cbcMac, cbcMacGeneral, cmac, cmacGeneral } from './cipher-mac.ts';
import { gcmParameter } from './gcm.ts';
import { secret } from './key.ts';
import { authentication, type MacState, singleAuthentication, whole } from './mac.ts';
import type { Mechanism, Row } from './mechanism.ts';

const BLOCK = 16;

const encrypted = (key: KeyObject, block: Uint8Array): Uint8Array =>
  createCipheriv(`aes-${key.symmetricKeySize! * 8}-ecb`, key, null)
    .setAutoPadding(false)
    .update(block);

const xored = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);

/** RFC 3566 §4: CBC with a key made of the key, its last block changed with one of two others. */
export function beginXcbc(key: KeyObject): MacState {
  const [k1, k2, k3] = [1, 2, 3].map((n) => encrypted(key, new Uint8Array(BLOCK).fill(n)));
  const chain = createCipheriv('aes-128-cbc', k1!, new Uint8Array(BLOCK)).setAutoPadding(false);
  let held: Uint8Array = new Uint8Array(0);
  return {
    update(part) {
      const data = Buffer.concat([held, part]);
      // The last block is held back, whole or not, until it is known to be the last.
      const ready = Math.max(0, Math.ceil(data.length / BLOCK) - 1) * BLOCK;
      chain.update(data.subarray(0, ready));
      held = data.subarray(ready);
    },
    final() {
      const last = new Uint8Array(BLOCK);
      last.set(held);
      if (held.length === BLOCK) return chain.update(xored(last, k2!));
      last[held.length] = 0x80;
      return chain.update(xored(last, k3!));
    },
  };
}

const xcbc = (size: number): Mechanism =>
  aes(
    authentication((key, parameter) => {
      whole(size)(parameter);
      const value = secret(key);
      return { size, begin: () => beginXcbc(value) };
    }),
  );

const gmac: Mechanism = aes(
  singleAuthentication((key, parameter) => {
    const value = secret(key);
    const { iv, tagLength } = gcmParameter(parameter);
    return { size: tagLength, begin: () => createMac('gmac', value, { cipher: `aes-${value.symmetricKeySize! * 8}-gcm`, iv }) };
  }),
);

export const aesMacMechanisms: readonly Row[] = [
  [CKM.AES_CMAC, cmac(aesAlgorithm)],
  [CKM.AES_CMAC_GENERAL, cmacGeneral(aesAlgorithm)],
  [CKM.AES_MAC, cbcMac(aesAlgorithm)],
  [CKM.AES_MAC_GENERAL, cbcMacGeneral(aesAlgorithm)],
  [CKM.AES_XCBC_MAC, xcbc(BLOCK)],
  [CKM.AES_XCBC_MAC_96, xcbc(12)],
  [CKM.AES_GMAC, gmac],
];
