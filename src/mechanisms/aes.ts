// AES in the modes that hide, and do not authenticate; and the keys that such encryption makes.

import { CKK, CKM } from '../protocol/constants.ts';
import { type Algorithm, blocks, cbc, cfb, counter, ecb, ofb, padded, stream } from './block-cipher.ts';
import { encryptionAndWrapping } from './cipher.ts';
import { cbcEncryptData, ecbEncryptData } from './data-encryption.ts';
import { secret } from './key.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { segmented } from './segments.ts';

export const aesAlgorithm: Algorithm = {
  keyType: CKK.AES,
  keySize: [16, 32],
  block: 16,
  load(key) {
    const value = secret(key);
    return { key: value, name: `aes-${value.symmetricKeySize! * 8}` };
  },
};

export const aes = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.AES, keySize: [16, 32], operations });

export const aesMechanisms: readonly Row[] = [
  [CKM.AES_ECB, blocks(aesAlgorithm, ecb)],
  [CKM.AES_CBC, blocks(aesAlgorithm, cbc)],
  [CKM.AES_CBC_PAD, padded(aesAlgorithm)],
  [CKM.AES_CTR, counter(aesAlgorithm)],
  [CKM.AES_OFB, stream(aesAlgorithm, ofb)],
  [CKM.AES_CFB1, stream(aesAlgorithm, cfb('1'))],
  [CKM.AES_CFB8, stream(aesAlgorithm, cfb('8'))],
  [CKM.AES_CFB64, aes(encryptionAndWrapping(segmented(aesAlgorithm, 8, 'CFB')))],
  [CKM.AES_CFB128, stream(aesAlgorithm, cfb(''))],
  [CKM.AES_ECB_ENCRYPT_DATA, ecbEncryptData(aesAlgorithm)],
  [CKM.AES_CBC_ENCRYPT_DATA, cbcEncryptData(aesAlgorithm, 'CK_AES_CBC_ENCRYPT_DATA_PARAMS')],
];
