// What a session can be doing, and which calls belong to it. The engine ends by these rows what a failed call ends; the library, which
// refuses some calls itself, asks for the same.

import type { CallName } from './calls.ts';

/** Each at most once at a time in a session; the order is that of bits. The last four are on many messages, one after another. */
export const operations = [
  'digest',
  'sign',
  'verify',
  'encrypt',
  'decrypt',
  'find',
  'signRecover',
  'verifyRecover',
  'verifySignature',
  'messageEncrypt',
  'messageDecrypt',
  'messageSign',
  'messageVerify',
] as const;

export type OperationName = (typeof operations)[number];

export const operationBit = (name: OperationName): number => 2 ** operations.indexOf(name);

/** The operation that a call begins. */
export const begunBy: Partial<Record<CallName, OperationName>> = {
  C_DigestInit: 'digest',
  C_SignInit: 'sign',
  C_VerifyInit: 'verify',
  C_EncryptInit: 'encrypt',
  C_DecryptInit: 'decrypt',
  C_FindObjectsInit: 'find',
  C_SignRecoverInit: 'signRecover',
  C_VerifyRecoverInit: 'verifyRecover',
  C_VerifySignatureInit: 'verifySignature',
  C_MessageEncryptInit: 'messageEncrypt',
  C_MessageDecryptInit: 'messageDecrypt',
  C_MessageSignInit: 'messageSign',
  C_MessageVerifyInit: 'messageVerify',
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
