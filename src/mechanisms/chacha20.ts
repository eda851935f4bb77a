// ChaCha20, and ChaCha20-Poly1305 (RFC 8439), each also with the long nonces of XChaCha20.

import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { Aead } from '../crypto/aead.ts';
import { hchacha20 } from '../crypto/hchacha20.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { opening, type Setup, sealing } from './aead.ts';
import { type Cipher, DECRYPTING, ENCRYPTING, encryption } from './cipher.ts';
import { remembered, secret } from './key.ts';
import type { Ciphering, Key, Mechanism, Row } from './mechanism.ts';
import { type MessageScheme, messages } from './message-cipher.ts';
import { structParameter } from './parameter.ts';
import { Flowing } from './streaming.ts';

/** Bits, as the standard has its sizes. */
const KEY = 256;
const TAG = 16;
/** RFC 8439 §2.8: the block counter has 32 bits, and its first value makes the authenticator's key. */
const DATA_MAX = 64 * (2 ** 32 - 1);
const CIPHER = 'chacha20-poly1305';
const EMPTY = new Uint8Array(0);

const chacha = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.CHACHA20, keySize: [KEY, KEY], operations });

/** A nonce of 24 bytes makes another key of its first 16 (draft-irtf-cfrg-xchacha §2.3). */
function extended(key: KeyObject, nonce: Uint8Array): { key: KeyObject; rest: Uint8Array } {
  return { key: createSecretKey(hchacha20(key.export(), nonce.subarray(0, 16))), rest: nonce.subarray(16) };
}

function setup(key: Key, nonce: Uint8Array | null, aad: Uint8Array | null): Setup {
  // The original's 64-bit nonces go with an authentication of another shape, which nothing here has.
  const fits = nonce !== null && (nonce.length === 12 || nonce.length === 24);
  ensure(fits, 'MECHANISM_PARAM_INVALID', 'ChaCha20-Poly1305 has nonces of 96 or 192 bits');
  const base = { cipher: CIPHER, aad: aad ?? EMPTY, tagLength: TAG, most: DATA_MAX };
  const value = secret(key);
  if (nonce.length === 12) return { ...base, key: value, whole: remembered(key, CIPHER, () => new Aead(CIPHER, value)), nonce };
  const { key: made, rest } = extended(value, nonce);
  return { ...base, key: made, nonce: Buffer.concat([new Uint8Array(4), rest]) };
}

function readParameter(key: Key, parameter: MechanismParameter): Setup {
  const { pNonce, pAAD } = structParameter(parameter, 'CK_SALSA20_CHACHA20_POLY1305_PARAMS');
  return setup(key, pNonce, pAAD);
}

const scheme: MessageScheme = {
  read(parameter) {
    const { pNonce, pTag } = structParameter(parameter, 'CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS');
    return {
      nonce: { given: pNonce ?? EMPTY, fixedBits: 0, generator: 0 },
      tag: pTag,
      returned: (_nonce, tag) => ({ struct: 'CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS', fields: tag ? { pTag: tag } : {} }),
    };
  },
  setup: (key, _parameter, nonce, aad) => setup(key, nonce, aad),
};

/** CK_CHACHA20_PARAMS; OpenSSL takes counter and nonce as one block of 16 bytes, the counter first, its lowest byte first. */
function stream(key: Key, parameter: MechanismParameter): Ciphering {
  const { pBlockCounter, blockCounterBits, pNonce, ulNonceBits } = structParameter(parameter, 'CK_CHACHA20_PARAMS');
  const counterFits = pBlockCounter !== null && blockCounterBits === (ulNonceBits === 96 ? 32 : 64);
  const fits = pNonce !== null && [64, 96, 192].includes(ulNonceBits) && counterFits;
  ensure(fits, 'MECHANISM_PARAM_INVALID', 'ChaCha20 has nonces of 64, 96 or 192 bits, and a counter of 64, 32 or 64');
  const { key: value, rest } = ulNonceBits === 192 ? extended(secret(key), pNonce) : { key: secret(key), rest: pNonce };
  const start = BigInt(`0x${Buffer.from(pBlockCounter).reverse().toString('hex')}`);
  const span = Number((1n << BigInt(blockCounterBits)) - start) * 64;
  return new Flowing(createCipheriv('chacha20', value, Buffer.concat([pBlockCounter, rest])), span);
}
const chacha20: Cipher = { encrypt: stream, decrypt: stream };

export const chachaMechanisms: readonly Row[] = [
  [CKM.CHACHA20, chacha(encryption(chacha20))],
  [
    CKM.CHACHA20_POLY1305,
    chacha({
      encrypt: (key, parameter) => sealing(readParameter(key, parameter), ENCRYPTING),
      decrypt: (key, parameter) => opening(readParameter(key, parameter), DECRYPTING),
      ...messages(scheme),
    }),
  ],
];
