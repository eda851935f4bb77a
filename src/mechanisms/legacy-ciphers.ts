// The ciphers of OpenSSL's legacy provider that need nothing of their own: behind the setting `legacy`.

import { createCipheriv } from 'node:crypto';
import { legacyCipher } from '../crypto/legacy.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type Algorithm, blocks, cbc, ecb, padded } from './block-cipher.ts';
import { encryption } from './cipher.ts';
import { cbcMac, cbcMacGeneral } from './cipher-mac.ts';
import { cbcEncryptData, ecbEncryptData } from './data-encryption.ts';
import { secret } from './key.ts';
import type { Key, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { generation } from './secret-key.ts';
import { secretTypes } from './secret-type.ts';
import { Flowing } from './streaming.ts';

const algorithm = (name: string, keyType: number, block: number, keySize: Algorithm['keySize']): Algorithm => ({
  keyType,
  keySize,
  block,
  load: (key) => ({ key: secret(key), name: legacyCipher(name) }),
});

const seed = algorithm('seed', CKK.SEED, 16, [16, 16]);
const blowfish = algorithm('bf', CKK.BLOWFISH, 8, [1, 56]);

/** What the standard has for every block cipher. */
const family = (name: 'CAST128' | 'IDEA' | 'SEED', of: Algorithm): readonly Row[] => [
  [CKM[`${name}_KEY_GEN`], generation(secretTypes[name])],
  [CKM[`${name}_ECB`], blocks(of, ecb)],
  [CKM[`${name}_CBC`], blocks(of, cbc)],
  [CKM[`${name}_CBC_PAD`], padded(of)],
  [CKM[`${name}_MAC`], cbcMac(of)],
  [CKM[`${name}_MAC_GENERAL`], cbcMacGeneral(of)],
];

/** The same in both directions. */
const rc4 = (key: Key, parameter: MechanismParameter): Flowing => {
  noParameter(parameter);
  return new Flowing(createCipheriv(legacyCipher('rc4'), secret(key), null));
};

export const legacyCipherMechanisms: readonly Row[] = [
  ...family('SEED', seed),
  [CKM.SEED_ECB_ENCRYPT_DATA, ecbEncryptData(seed)],
  [CKM.SEED_CBC_ENCRYPT_DATA, cbcEncryptData(seed, 'CK_SEED_CBC_ENCRYPT_DATA_PARAMS')],
  [CKM.BLOWFISH_KEY_GEN, generation(secretTypes.BLOWFISH)],
  [CKM.BLOWFISH_CBC, blocks(blowfish, cbc)],
  [CKM.BLOWFISH_CBC_PAD, padded(blowfish)],
  ...family('CAST128', algorithm('cast5', CKK.CAST128, 8, [1, 16])),
  ...family('IDEA', algorithm('idea', CKK.IDEA, 8, [16, 16])),
  [CKM.RC4_KEY_GEN, generation(secretTypes.RC4, 8)],
  // Its sizes are told in bits.
  [CKM.RC4, { keyType: CKK.RC4, keySize: [8, 2048], operations: encryption({ encrypt: rc4, decrypt: rc4 }) }],
];
