// Triple DES, Camellia and ARIA: AES's older and foreign relations, in the modes that the standard has for them.

import { createSecretKey } from 'node:crypto';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import { type Algorithm, blocks, cbc, cfb, counter, dataStream, ecb, mechanism, ofb, padded } from './block-cipher.ts';
import { encryption } from './cipher.ts';
import { cbcMac, cbcMacGeneral, cmac, cmacGeneral } from './cipher-mac.ts';
import { cbcEncryptData, ecbEncryptData } from './data-encryption.ts';
import { attribute, remembered, secret } from './key.ts';
import type { Row } from './mechanism.ts';
import { tripled } from './secret-type.ts';
import { segmented } from './segments.ts';

const like = (keyType: number, name: string): Algorithm => ({
  keyType,
  keySize: [16, 32],
  block: 16,
  load(key) {
    const value = secret(key);
    return { key: value, name: `${name}-${value.symmetricKeySize! * 8}` };
  },
});

/** Keys of one, two and three parts, which are used as three. */
const des = (keyType: Algorithm['keyType'], keySize: Algorithm['keySize']): Algorithm => ({
  ...(keyType !== undefined && { keyType }),
  keySize,
  block: 8,
  load: (key) => ({
    key: remembered(key, 'des', (attributes) => createSecretKey(tripled(attribute(attributes, CKA.VALUE)))),
    name: 'des-ede3',
  }),
});

const camellia = like(CKK.CAMELLIA, 'camellia');
const aria = like(CKK.ARIA, 'aria');
export const des3 = des([CKK.DES2, CKK.DES3], [16, 24]);
const des1 = des(CKK.DES, [8, 8]);
const anyDes = des([CKK.DES, CKK.DES2, CKK.DES3], [8, 24]);

export const blockCipherMechanisms: readonly Row[] = [
  [CKM.DES3_ECB, blocks(des3, ecb)],
  [CKM.DES3_CBC, blocks(des3, cbc)],
  [CKM.DES3_CBC_PAD, padded(des3)],
  [CKM.DES3_MAC, cbcMac(des3)],
  [CKM.DES3_MAC_GENERAL, cbcMacGeneral(des3)],
  [CKM.DES3_CMAC, cmac(des3)],
  [CKM.DES3_CMAC_GENERAL, cmacGeneral(des3)],
  [CKM.DES3_ECB_ENCRYPT_DATA, ecbEncryptData(des3)],
  [CKM.DES3_CBC_ENCRYPT_DATA, cbcEncryptData(des3, 'CK_DES_CBC_ENCRYPT_DATA_PARAMS')],
  [CKM.CAMELLIA_ECB, blocks(camellia, ecb)],
  [CKM.CAMELLIA_CBC, blocks(camellia, cbc)],
  [CKM.CAMELLIA_CBC_PAD, padded(camellia)],
  [CKM.CAMELLIA_CTR, counter(camellia)],
  [CKM.CAMELLIA_MAC, cbcMac(camellia)],
  [CKM.CAMELLIA_MAC_GENERAL, cbcMacGeneral(camellia)],
  [CKM.CAMELLIA_ECB_ENCRYPT_DATA, ecbEncryptData(camellia)],
  [CKM.CAMELLIA_CBC_ENCRYPT_DATA, cbcEncryptData(camellia, 'CK_CAMELLIA_CBC_ENCRYPT_DATA_PARAMS')],
  [CKM.ARIA_ECB, blocks(aria, ecb)],
  [CKM.ARIA_CBC, blocks(aria, cbc)],
  [CKM.ARIA_CBC_PAD, padded(aria)],
  [CKM.ARIA_MAC, cbcMac(aria)],
  [CKM.ARIA_MAC_GENERAL, cbcMacGeneral(aria)],
  [CKM.ARIA_ECB_ENCRYPT_DATA, ecbEncryptData(aria)],
  [CKM.ARIA_CBC_ENCRYPT_DATA, cbcEncryptData(aria, 'CK_ARIA_CBC_ENCRYPT_DATA_PARAMS')],
];

/** Single DES, and what it has in common with its successors: behind the setting `legacy`. */
export const desMechanisms: readonly Row[] = [
  [CKM.DES_ECB, blocks(des1, ecb)],
  [CKM.DES_CBC, blocks(des1, cbc)],
  [CKM.DES_CBC_PAD, padded(des1)],
  [CKM.DES_MAC, cbcMac(des1)],
  [CKM.DES_MAC_GENERAL, cbcMacGeneral(des1)],
  [CKM.DES_ECB_ENCRYPT_DATA, ecbEncryptData(des1)],
  [CKM.DES_CBC_ENCRYPT_DATA, cbcEncryptData(des1, 'CK_DES_CBC_ENCRYPT_DATA_PARAMS')],
  [CKM.DES_OFB64, dataStream(anyDes, ofb)],
  [CKM.DES_OFB8, mechanism(anyDes, encryption(segmented(anyDes, 1, 'OFB')))],
  [CKM.DES_CFB64, dataStream(anyDes, cfb(''))],
  [CKM.DES_CFB8, dataStream(anyDes, cfb('8'))],
];
