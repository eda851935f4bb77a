// What versions 3.0 and 3.2 added, and what needs more than one pointer, through the library.
import { expect } from 'vitest';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const expected = {
  'C_EncryptMessageNext without a message': 'OPERATION_NOT_INITIALIZED',
  "C_EncryptMessage's length": 'OK',
  'which is exact': 'OK',
  C_EncryptMessage: 'OK',
  'and its IV is another': 'OK',
  C_EncryptMessageBegin: 'OK',
  'C_EncryptMessage in the middle': 'OPERATION_ACTIVE',
  'which ends the message': 'OPERATION_NOT_INITIALIZED',
  C_EncryptMessageNext: 'OK',
  C_MessageEncryptFinal: 'OK',
  C_DecryptMessage: 'OK',
  C_DecryptMessageNext: 'OK',
  'C_DecryptMessage of a wrong tag': 'AEAD_DECRYPT_FAILED',
  C_SessionCancel: 'OK',
  'C_MessageDecryptFinal after it': 'OPERATION_NOT_INITIALIZED',
  C_WrapKeyAuthenticated: 'OK',
  'and the IV comes back': 'OK',
  C_UnwrapKeyAuthenticated: 'OK',
  'of other data': 'WRAPPED_KEY_INVALID',
  "C_EncapsulateKey's length": 'OK',
  "which is the modulus'": 'OK',
  'C_EncapsulateKey without room': 'BUFFER_TOO_SMALL',
  C_EncapsulateKey: 'OK',
  'C_EncapsulateKey by the private key': 'KEY_TYPE_INCONSISTENT',
  'C_DecapsulateKey by the public key': 'UNWRAPPING_KEY_TYPE_INCONSISTENT',
  C_DecapsulateKey: 'OK',
  'and both keys are the same': 'OK',
  'C_DeriveKey without a place': 'ARGUMENTS_BAD',
  'which makes nothing': 'OK',
  C_DeriveKey: 'OK',
  'and its own key is there': 'OK',
  'and the further one is another': 'OK',
  'C_DeriveKey from none': 'KEY_HANDLE_INVALID',
  'C_VerifySignatureInit of a wrong length': 'SIGNATURE_LEN_RANGE',
  C_VerifySignature: 'OK',
  C_VerifySignatureFinal: 'OK',
  'C_VerifySignature of other data': 'SIGNATURE_INVALID',
  'which ends it': 'OPERATION_NOT_INITIALIZED',
  C_GetSessionValidationFlags: 'OK',
  'which are none': 'OK',
  C_AsyncComplete: 'OPERATION_NOT_INITIALIZED',
  C_AsyncGetID: 'OPERATION_NOT_INITIALIZED',
  C_AsyncJoin: 'SAVED_STATE_INVALID',
  'C_LoginUser with a name': 'USER_TYPE_INVALID',
  C_LoginUser: 'OK',
  'C_GetOperationState of nothing': 'OPERATION_NOT_INITIALIZED',
  'C_GetOperationState without room': 'BUFFER_TOO_SMALL',
  C_GetOperationState: 'OK',
  'C_SetOperationState, elsewhere': 'OK',
  'C_SetOperationState with a key': 'KEY_NOT_NEEDED',
  'C_SetOperationState of what was tampered with': 'SAVED_STATE_INVALID',
  'C_GetOperationState of an encryption': 'STATE_UNSAVEABLE',
};

test('the functions since 3.0, and saved states, do what the standard says', async ({ room, token }) => {
  const { calls, end } = await probe(room, 'functions', { PROBE_PIN: token.pin });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls).toEqual(expected);
});
