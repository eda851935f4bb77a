// What is broken or too short, offered where it is asked for: MD5, SSL 3.0, single DES and other ciphers of its time.

import { CKM } from '../protocol/constants.ts';
import { desMechanisms } from './block-ciphers.ts';
import { digestRow } from './digest.ts';
import { hashDerivation } from './hash-derivation.ts';
import { md5 } from './hashes.ts';
import { hmacRows } from './hmac.ts';
import { legacyCipherMechanisms } from './legacy-ciphers.ts';
import type { Row } from './mechanism.ts';
import { legacyPbeMechanisms } from './pbe.ts';
import { rc2Mechanisms } from './rc2.ts';
import { rsaWithHash } from './rsa.ts';
import { x931Mechanisms } from './rsa-x931.ts';
import { generation } from './secret-key.ts';
import { secretTypes } from './secret-type.ts';
import { ssl3Mechanisms } from './ssl3.ts';

export const legacyMechanisms: readonly Row[] = [
  digestRow(md5),
  ...hmacRows(md5),
  rsaWithHash(CKM.MD5_RSA_PKCS, md5),
  ...x931Mechanisms,
  [CKM.MD5_KEY_DERIVATION, hashDerivation(md5)],
  [CKM.DES_KEY_GEN, generation(secretTypes.DES)],
  ...desMechanisms,
  ...legacyCipherMechanisms,
  ...rc2Mechanisms,
  ...legacyPbeMechanisms,
  ...ssl3Mechanisms,
];
