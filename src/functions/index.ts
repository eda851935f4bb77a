// The handler table: what is not in it is answered with CKR_FUNCTION_NOT_SUPPORTED.

import type { CallName } from '../protocol/calls.ts';
import { ciphers } from './ciphers.ts';
import { digest } from './digest.ts';
import { general } from './general.ts';
import type { Handlers } from './handler.ts';
import { keys } from './keys.ts';
import { objects } from './objects.ts';
import { random } from './random.ts';
import { sessions } from './sessions.ts';
import { signing } from './signing.ts';
import { slots } from './slots.ts';
import { verifying } from './verifying.ts';

export const handlers: Partial<Handlers> = {
  ...general,
  ...slots,
  ...sessions,
  ...objects,
  ...digest,
  ...signing,
  ...verifying,
  ...ciphers,
  ...keys,
  ...random,
};

/** The operation that a call belongs to: any error of it but CKR_BUFFER_TOO_SMALL ends that operation (§5.2). */
export const operationOf = {
  C_Digest: 'digest',
  C_DigestUpdate: 'digest',
  C_DigestKey: 'digest',
  C_DigestFinal: 'digest',
  C_Sign: 'sign',
  C_SignUpdate: 'sign',
  C_SignFinal: 'sign',
  C_Verify: 'verify',
  C_VerifyUpdate: 'verify',
  C_VerifyFinal: 'verify',
  C_Encrypt: 'encrypt',
  C_EncryptUpdate: 'encrypt',
  C_EncryptFinal: 'encrypt',
  C_Decrypt: 'decrypt',
  C_DecryptUpdate: 'decrypt',
  C_DecryptFinal: 'decrypt',
} as const satisfies Partial<Record<CallName, string>>;
