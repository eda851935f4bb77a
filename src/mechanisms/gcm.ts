// AES-GCM.

import { Aead } from '../crypto/aead.ts';
import { ensure } from '../model/error.ts';
import { CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { joined, open, opening, parted, type Setup, seal, sealing } from './aead.ts';
import { aes } from './aes.ts';
import { DECRYPTING, ENCRYPTING, UNWRAPPING, WRAPPING } from './cipher.ts';
import { remembered, secret } from './key.ts';
import type { Key, Operations, Row } from './mechanism.ts';
import { authenticatedWrapping, type MessageScheme, messages } from './message-cipher.ts';
import { singleNonce } from './nonce.ts';
import { isStruct, structParameter } from './parameter.ts';

/** Bits of a tag (NIST SP 800-38D §5.2.1.2). */
const tagBits: readonly number[] = [128, 120, 112, 104, 96, 64, 32];
/** OpenSSL's limit; ours is one byte. */
const IV_MAX = 128;
/** NIST SP 800-38D §5.2.1.1: after so many bytes the block counter would come round. */
const DATA_MAX = 2 ** 36 - 32;

const EMPTY = new Uint8Array(0);

interface GcmParameter {
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
  readonly tagLength: number;
}

function checked(iv: Uint8Array | null, aad: Uint8Array | null, bits: number): GcmParameter {
  const ivFits = iv !== null && iv.length >= 1 && iv.length <= IV_MAX;
  ensure(ivFits, 'MECHANISM_PARAM_INVALID', 'a GCM initialisation vector of no bytes, or of more than 128');
  ensure(tagBits.includes(bits), 'MECHANISM_PARAM_INVALID', 'GCM has no tag of that length');
  return { iv, aad: aad ?? EMPTY, tagLength: bits / 8 };
}

/** CK_GCM_PARAMS. ulIvBits says again what ulIvLen says, and many applications leave it unset: it is not read. */
export function gcmParameter(parameter: MechanismParameter): GcmParameter {
  const { pIv, pAAD, ulTagBits } = structParameter(parameter, 'CK_GCM_PARAMS');
  return checked(pIv, pAAD, ulTagBits);
}

function setup(key: Key, { iv, aad, tagLength }: GcmParameter): Setup {
  const value = secret(key);
  const cipher = `aes-${value.symmetricKeySize! * 8}-gcm`;
  const whole = remembered(key, 'gcm', () => new Aead(cipher, value));
  return { cipher, key: value, whole, nonce: iv, aad, tagLength, most: DATA_MAX };
}

const scheme: MessageScheme = {
  read(parameter) {
    const { pIv, ulIvFixedBits, ivGenerator, pTag } = structParameter(parameter, 'CK_GCM_MESSAGE_PARAMS');
    ensure(pIv !== null, 'MECHANISM_PARAM_INVALID', 'a GCM message without an initialisation vector');
    return {
      nonce: { given: pIv, fixedBits: ulIvFixedBits, generator: ivGenerator },
      tag: pTag,
      returned: (nonce, tag) => ({ struct: 'CK_GCM_MESSAGE_PARAMS', fields: { pIv: nonce, ...(tag && { pTag: tag }) } }),
    };
  },
  setup(key, parameter, nonce, aad) {
    const { ulTagBits } = structParameter(parameter, 'CK_GCM_MESSAGE_PARAMS');
    return setup(key, checked(nonce, aad, ulTagBits));
  },
};

/** C_WrapKey: CK_GCM_WRAP_PARAMS since v3.2, CK_GCM_PARAMS before. */
function wrapParameter(parameter: MechanismParameter): GcmParameter & { readonly generated: boolean } {
  if (isStruct(parameter, 'CK_GCM_PARAMS')) return { ...gcmParameter(parameter), generated: false };
  const { pIv, ulIvFixedBits, ivGenerator, pAAD, ulTagBits } = structParameter(parameter, 'CK_GCM_WRAP_PARAMS');
  const { iv, ...rest } = checked(pIv, pAAD, ulTagBits);
  return { ...rest, iv: singleNonce({ given: iv, fixedBits: ulIvFixedBits, generator: ivGenerator }), generated: true };
}

/** The IV of a wrapped key, whoever made it. */
function unwrapParameter(parameter: MechanismParameter): GcmParameter {
  if (isStruct(parameter, 'CK_GCM_PARAMS')) return gcmParameter(parameter);
  const { pIv, pAAD, ulTagBits } = structParameter(parameter, 'CK_GCM_WRAP_PARAMS');
  return checked(pIv, pAAD, ulTagBits);
}

const wrapping: Operations = {
  wrapKey(key, parameter, material) {
    const read = wrapParameter(parameter);
    const wrapped = joined(seal(setup(key, read), material, WRAPPING));
    return read.generated ? { wrapped, returned: { struct: 'CK_GCM_WRAP_PARAMS', fields: { pIv: read.iv } } } : { wrapped };
  },
  unwrapKey(key, parameter, wrapped) {
    const read = unwrapParameter(parameter);
    return open(setup(key, read), parted(wrapped, read.tagLength, UNWRAPPING), UNWRAPPING);
  },
};

export const gcmMechanisms: readonly Row[] = [
  [
    CKM.AES_GCM,
    aes({
      encrypt: (key, parameter) => sealing(setup(key, gcmParameter(parameter)), ENCRYPTING),
      decrypt: (key, parameter) => opening(setup(key, gcmParameter(parameter)), DECRYPTING),
      ...wrapping,
      ...authenticatedWrapping(scheme),
      ...messages(scheme),
    }),
  ],
];
