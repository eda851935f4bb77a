// AES-CCM (RFC 3610).

import { ensure } from '../model/error.ts';
import { CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { joined, open, opening, parted, type Setup, seal, sealing } from './aead.ts';
import { aes } from './aes.ts';
import { DECRYPTING, ENCRYPTING, UNWRAPPING, WRAPPING } from './cipher.ts';
import { secret } from './key.ts';
import type { Key, Operations, Row } from './mechanism.ts';
import { authenticatedWrapping, type MessageScheme, messages } from './message-cipher.ts';
import { singleNonce } from './nonce.ts';
import { isStruct, structParameter } from './parameter.ts';

const macLengths: readonly number[] = [4, 6, 8, 10, 12, 14, 16];
/** Node takes no more in one call. */
const NODE_MAX = 2 ** 31 - 1;
const EMPTY = new Uint8Array(0);

interface CcmParameter {
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  readonly tagLength: number;
  readonly length?: number;
}

function checked(nonce: Uint8Array | null, aad: Uint8Array | null, tagLength: number): CcmParameter {
  const nonceFits = nonce !== null && nonce.length >= 7 && nonce.length <= 13;
  ensure(nonceFits, 'MECHANISM_PARAM_INVALID', 'CCM has nonces of 7 to 13 bytes');
  ensure(macLengths.includes(tagLength), 'MECHANISM_PARAM_INVALID', 'CCM has no MAC of that length');
  return { nonce, aad: aad ?? EMPTY, tagLength };
}

function setup(key: Key, { nonce, aad, tagLength, length }: CcmParameter): Setup {
  const value = secret(key);
  // The data's length stands in the bytes that the nonce leaves of the first block.
  const most = Math.min(2 ** (8 * (15 - nonce.length)) - 1, NODE_MAX);
  const cipher = `aes-${value.symmetricKeySize! * 8}-ccm`;
  return { cipher, key: value, nonce, aad, tagLength, most, inOnePiece: true, ...(length !== undefined && { length }) };
}

function readParameter(parameter: MechanismParameter): CcmParameter {
  const { ulDataLen, pNonce, pAAD, ulMACLen } = structParameter(parameter, 'CK_CCM_PARAMS');
  return { ...checked(pNonce, pAAD, ulMACLen), length: ulDataLen };
}

const scheme: MessageScheme = {
  read(parameter) {
    const { pNonce, ulNonceFixedBits, nonceGenerator, pMAC } = structParameter(parameter, 'CK_CCM_MESSAGE_PARAMS');
    ensure(pNonce !== null, 'MECHANISM_PARAM_INVALID', 'a CCM message without a nonce');
    return {
      nonce: { given: pNonce, fixedBits: ulNonceFixedBits, generator: nonceGenerator },
      tag: pMAC,
      returned: (nonce, tag) => ({ struct: 'CK_CCM_MESSAGE_PARAMS', fields: { pNonce: nonce, ...(tag && { pMAC: tag }) } }),
    };
  },
  // ulDataLen is a promise that the message itself keeps or breaks: it is not read.
  setup(key, parameter, nonce, aad) {
    const { ulMACLen } = structParameter(parameter, 'CK_CCM_MESSAGE_PARAMS');
    return setup(key, checked(nonce, aad, ulMACLen));
  },
};

/** C_WrapKey: CK_CCM_WRAP_PARAMS since v3.2, CK_CCM_PARAMS before; "tokens SHALL ignore" the length. */
function wrapParameter(parameter: MechanismParameter): CcmParameter & { readonly generated: boolean } {
  if (isStruct(parameter, 'CK_CCM_PARAMS')) return { ...unwrapParameter(parameter), generated: false };
  const { pNonce, ulNonceFixedBits, nonceGenerator, pAAD, ulMACLen } = structParameter(parameter, 'CK_CCM_WRAP_PARAMS');
  const { nonce, ...rest } = checked(pNonce, pAAD, ulMACLen);
  return { ...rest, nonce: singleNonce({ given: nonce, fixedBits: ulNonceFixedBits, generator: nonceGenerator }), generated: true };
}

function unwrapParameter(parameter: MechanismParameter): CcmParameter {
  const plain = isStruct(parameter, 'CK_CCM_PARAMS');
  const { pNonce, pAAD, ulMACLen } = structParameter(parameter, plain ? 'CK_CCM_PARAMS' : 'CK_CCM_WRAP_PARAMS');
  return checked(pNonce, pAAD, ulMACLen);
}

const wrapping: Operations = {
  wrapKey(key, parameter, material) {
    const read = wrapParameter(parameter);
    const wrapped = joined(seal(setup(key, read), material, WRAPPING));
    return read.generated ? { wrapped, returned: { struct: 'CK_CCM_WRAP_PARAMS', fields: { pNonce: read.nonce } } } : { wrapped };
  },
  unwrapKey(key, parameter, wrapped) {
    const read = unwrapParameter(parameter);
    return open(setup(key, read), parted(wrapped, read.tagLength, UNWRAPPING), UNWRAPPING);
  },
};

export const ccmMechanisms: readonly Row[] = [
  [
    CKM.AES_CCM,
    aes({
      encrypt: (key, parameter) => sealing(setup(key, readParameter(parameter)), ENCRYPTING),
      decrypt: (key, parameter) => opening(setup(key, readParameter(parameter)), DECRYPTING),
      ...wrapping,
      ...authenticatedWrapping(scheme),
      ...messages(scheme),
    }),
  ],
];
