// The handler table: what is not in it is answered with CKR_FUNCTION_NOT_SUPPORTED.

import type { CallName } from '../protocol/calls.ts';
import type { OperationName } from '../token/operation.ts';
import { asynchronous } from './asynchronous.ts';
import { ciphers } from './ciphers.ts';
import { deriving } from './deriving.ts';
import { digest } from './digest.ts';
import { dual } from './dual.ts';
import { general } from './general.ts';
import type { Handlers } from './handler.ts';
import { keys } from './keys.ts';
import { logins } from './logins.ts';
import { messageCiphers } from './message-ciphers.ts';
import { messageSignatures } from './message-signatures.ts';
import { objects } from './objects.ts';
import { random } from './random.ts';
import { recovering } from './recovering.ts';
import { sessions } from './sessions.ts';
import { signing } from './signing.ts';
import { slots } from './slots.ts';
import { states } from './states.ts';
import { verifying } from './verifying.ts';
import { wrapping } from './wrapping.ts';

export const handlers: Partial<Handlers> = {
  ...general,
  ...slots,
  ...sessions,
  ...states,
  ...logins,
  ...objects,
  ...digest,
  ...signing,
  ...verifying,
  ...recovering,
  ...ciphers,
  ...dual,
  ...messageCiphers,
  ...messageSignatures,
  ...keys,
  ...wrapping,
  ...deriving,
  ...random,
  ...asynchronous,
};

/** The operations that a call belongs to: any error of it but CKR_BUFFER_TOO_SMALL ends them (§5.2). */
export const operationOf: Partial<Record<CallName, readonly OperationName[]>> = {
  C_Digest: ['digest'],
  C_DigestUpdate: ['digest'],
  C_DigestKey: ['digest'],
  C_DigestFinal: ['digest'],
  C_Sign: ['sign'],
  C_SignUpdate: ['sign'],
  C_SignFinal: ['sign'],
  C_SignRecover: ['signRecover'],
  C_Verify: ['verify'],
  C_VerifyUpdate: ['verify'],
  C_VerifyFinal: ['verify'],
  C_VerifyRecover: ['verifyRecover'],
  C_VerifySignature: ['verifySignature'],
  C_VerifySignatureUpdate: ['verifySignature'],
  C_VerifySignatureFinal: ['verifySignature'],
  C_Encrypt: ['encrypt'],
  C_EncryptUpdate: ['encrypt'],
  C_EncryptFinal: ['encrypt'],
  C_Decrypt: ['decrypt'],
  C_DecryptUpdate: ['decrypt'],
  C_DecryptFinal: ['decrypt'],
  C_DigestEncryptUpdate: ['digest', 'encrypt'],
  C_DecryptDigestUpdate: ['decrypt', 'digest'],
  C_SignEncryptUpdate: ['sign', 'encrypt'],
  C_DecryptVerifyUpdate: ['decrypt', 'verify'],
  C_EncryptMessage: ['messageEncrypt'],
  C_EncryptMessageBegin: ['messageEncrypt'],
  C_EncryptMessageNext: ['messageEncrypt'],
  C_DecryptMessage: ['messageDecrypt'],
  C_DecryptMessageBegin: ['messageDecrypt'],
  C_DecryptMessageNext: ['messageDecrypt'],
  C_SignMessage: ['messageSign'],
  C_SignMessageBegin: ['messageSign'],
  C_SignMessageNext: ['messageSign'],
  C_VerifyMessage: ['messageVerify'],
  C_VerifyMessageBegin: ['messageVerify'],
  C_VerifyMessageNext: ['messageVerify'],
};
