// The return values that the standard lists for each function (§5.4 to §5.23, "Return values"), facts only: test/spec/return-codes.test.ts
// compares them with its text. What every function may return (§5.1.1 to §5.1.3, and CKR_CRYPTOKI_NOT_INITIALIZED and
// CKR_FUNCTION_NOT_SUPPORTED of §5.1.6) stands once at the top and in no row.

import type { CallName } from './calls.ts';
import { CKR } from './constants.ts';

export type CodeName = keyof typeof CKR;

/** §5.1.1, and the stub's answer (§5.1.9). */
const UNIVERSAL = ['OK', 'GENERAL_ERROR', 'HOST_MEMORY', 'FUNCTION_FAILED', 'OPERATION_NOT_VALIDATED', 'FUNCTION_NOT_SUPPORTED'] as const;
/** §5.1.2 */
const OF_SESSIONS = ['SESSION_HANDLE_INVALID', 'DEVICE_REMOVED', 'SESSION_CLOSED'] as const;
/** §5.1.3, where CKR_DEVICE_ERROR "can be returned by more than just the functions mentioned": it is universal here. */
const OF_TOKENS = ['DEVICE_MEMORY', 'TOKEN_NOT_PRESENT', 'DEVICE_REMOVED', 'TOKEN_NOT_INITIALIZED'] as const;

/** They can be called before C_Initialize (§5.1.6). */
const BEFORE: readonly CallName[] = ['C_Initialize', 'C_GetFunctionList', 'C_GetInterfaceList', 'C_GetInterface'];
/** They use no particular token. */
const TOKENLESS: readonly CallName[] = [...BEFORE, 'C_Finalize', 'C_GetInfo', 'C_GetSlotList', 'C_GetSlotInfo', 'C_WaitForSlotEvent'];
/** They take no session handle. */
const SESSIONLESS: readonly CallName[] = [
  ...TOKENLESS,
  'C_GetTokenInfo',
  'C_GetMechanismList',
  'C_GetMechanismInfo',
  'C_InitToken',
  'C_OpenSession',
  'C_CloseAllSessions',
];
/** Left from version 1: they "cannot return CKR_OK" (§5.1.1). */
const LEGACY: readonly CallName[] = ['C_GetFunctionStatus', 'C_CancelFunction'];

/** An operation with a key begins. */
const INIT = [
  'FUNCTION_CANCELED',
  'KEY_FUNCTION_NOT_PERMITTED',
  'KEY_HANDLE_INVALID',
  'KEY_SIZE_RANGE',
  'KEY_TYPE_INCONSISTENT',
  'MECHANISM_INVALID',
  'MECHANISM_PARAM_INVALID',
  'PIN_EXPIRED',
  'USER_NOT_LOGGED_IN',
] as const;
/** A mechanism and a template make a key. */
const MAKE = [
  'ARGUMENTS_BAD',
  'ATTRIBUTE_READ_ONLY',
  'ATTRIBUTE_TYPE_INVALID',
  'ATTRIBUTE_VALUE_INVALID',
  'CURVE_NOT_SUPPORTED',
  'FUNCTION_CANCELED',
  'MECHANISM_INVALID',
  'MECHANISM_PARAM_INVALID',
  'PIN_EXPIRED',
  'SESSION_READ_ONLY',
  'TEMPLATE_INCOMPLETE',
  'TEMPLATE_INCONSISTENT',
  'TOKEN_WRITE_PROTECTED',
  'USER_NOT_LOGGED_IN',
] as const;
const UNWRAP = [
  'BUFFER_TOO_SMALL',
  'DOMAIN_PARAMS_INVALID',
  'PARAMETER_SET_NOT_SUPPORTED',
  'UNWRAPPING_KEY_HANDLE_INVALID',
  'UNWRAPPING_KEY_SIZE_RANGE',
  'UNWRAPPING_KEY_TYPE_INCONSISTENT',
  'WRAPPED_KEY_INVALID',
  'WRAPPED_KEY_LEN_RANGE',
] as const;
/** What only the functions say that wrap keys; above, those that unwrap them. */
const WRAP = [
  'ARGUMENTS_BAD',
  'BUFFER_TOO_SMALL',
  'FUNCTION_CANCELED',
  'KEY_HANDLE_INVALID',
  'KEY_NOT_WRAPPABLE',
  'KEY_SIZE_RANGE',
  'KEY_UNEXTRACTABLE',
  'MECHANISM_INVALID',
  'MECHANISM_PARAM_INVALID',
  'PIN_EXPIRED',
  'USER_NOT_LOGGED_IN',
  'WRAPPING_KEY_HANDLE_INVALID',
  'WRAPPING_KEY_SIZE_RANGE',
  'WRAPPING_KEY_TYPE_INCONSISTENT',
] as const;
const LOGIN = [
  'ARGUMENTS_BAD',
  'FUNCTION_CANCELED',
  'OPERATION_NOT_INITIALIZED',
  'PIN_INCORRECT',
  'PIN_LOCKED',
  'SESSION_READ_ONLY_EXISTS',
  'USER_ALREADY_LOGGED_IN',
  'USER_ANOTHER_ALREADY_LOGGED_IN',
  'USER_PIN_NOT_INITIALIZED',
  'USER_TOO_MANY_TYPES',
  'USER_TYPE_INVALID',
] as const;
/** A template makes or changes an object. */
const CHANGE = [
  'ARGUMENTS_BAD',
  'ATTRIBUTE_READ_ONLY',
  'ATTRIBUTE_TYPE_INVALID',
  'ATTRIBUTE_VALUE_INVALID',
  'SESSION_READ_ONLY',
  'TEMPLATE_INCONSISTENT',
  'TOKEN_WRITE_PROTECTED',
  'USER_NOT_LOGGED_IN',
] as const;
/** An operation that is active goes on or ends. */
const GO_ON = ['ARGUMENTS_BAD', 'FUNCTION_CANCELED', 'OPERATION_NOT_INITIALIZED'] as const;
const DATA = ['DATA_INVALID', 'DATA_LEN_RANGE'] as const;
const CIPHERTEXT = ['ENCRYPTED_DATA_INVALID', 'ENCRYPTED_DATA_LEN_RANGE'] as const;
const SIGNATURE = ['SIGNATURE_INVALID', 'SIGNATURE_LEN_RANGE'] as const;
const IN_SESSION = ['OPERATION_ACTIVE', 'PENDING'] as const;

export const listedCodes = {
  C_Initialize: ['ARGUMENTS_BAD', 'CANT_LOCK', 'CRYPTOKI_ALREADY_INITIALIZED', 'NEED_TO_CREATE_THREADS'],
  C_Finalize: ['ARGUMENTS_BAD'],
  C_GetInfo: ['ARGUMENTS_BAD'],
  C_GetFunctionList: ['ARGUMENTS_BAD'],
  C_GetSlotList: ['ARGUMENTS_BAD', 'BUFFER_TOO_SMALL'],
  C_GetSlotInfo: ['ARGUMENTS_BAD', 'SLOT_ID_INVALID'],
  C_GetTokenInfo: ['ARGUMENTS_BAD', 'SLOT_ID_INVALID', 'TOKEN_NOT_RECOGNIZED'],
  C_GetMechanismList: ['ARGUMENTS_BAD', 'BUFFER_TOO_SMALL', 'SLOT_ID_INVALID', 'TOKEN_NOT_RECOGNIZED'],
  C_GetMechanismInfo: ['ARGUMENTS_BAD', 'MECHANISM_INVALID', 'SLOT_ID_INVALID', 'TOKEN_NOT_RECOGNIZED'],
  C_InitToken: [
    'ARGUMENTS_BAD',
    'FUNCTION_CANCELED',
    'PIN_INCORRECT',
    'PIN_LOCKED',
    'SESSION_EXISTS',
    'SLOT_ID_INVALID',
    'TOKEN_NOT_RECOGNIZED',
    'TOKEN_WRITE_PROTECTED',
  ],
  C_InitPIN: [
    ...IN_SESSION,
    'ARGUMENTS_BAD',
    'FUNCTION_CANCELED',
    'PIN_INVALID',
    'PIN_LEN_RANGE',
    'SESSION_READ_ONLY',
    'TOKEN_WRITE_PROTECTED',
    'USER_NOT_LOGGED_IN',
  ],
  C_SetPIN: [
    ...IN_SESSION,
    'ARGUMENTS_BAD',
    'FUNCTION_CANCELED',
    'PIN_INCORRECT',
    'PIN_INVALID',
    'PIN_LEN_RANGE',
    'PIN_LOCKED',
    'SESSION_READ_ONLY',
    'TOKEN_WRITE_PROTECTED',
  ],
  C_OpenSession: [
    'ARGUMENTS_BAD',
    'SESSION_ASYNC_NOT_SUPPORTED',
    'SESSION_COUNT',
    'SESSION_PARALLEL_NOT_SUPPORTED',
    'SESSION_READ_WRITE_SO_EXISTS',
    'SLOT_ID_INVALID',
    'TOKEN_NOT_RECOGNIZED',
    'TOKEN_WRITE_PROTECTED',
  ],
  C_CloseSession: [...IN_SESSION],
  C_CloseAllSessions: ['SLOT_ID_INVALID'],
  C_GetSessionInfo: [...IN_SESSION, 'ARGUMENTS_BAD'],
  C_GetOperationState: [...IN_SESSION, 'ARGUMENTS_BAD', 'BUFFER_TOO_SMALL', 'OPERATION_NOT_INITIALIZED', 'STATE_UNSAVEABLE'],
  C_SetOperationState: [...IN_SESSION, 'ARGUMENTS_BAD', 'KEY_CHANGED', 'KEY_NEEDED', 'KEY_NOT_NEEDED', 'SAVED_STATE_INVALID'],
  C_Login: [...LOGIN, ...IN_SESSION],
  C_Logout: [...IN_SESSION, 'USER_NOT_LOGGED_IN'],
  C_CreateObject: [
    ...CHANGE,
    ...IN_SESSION,
    'CURVE_NOT_SUPPORTED',
    'DOMAIN_PARAMS_INVALID',
    'PARAMETER_SET_NOT_SUPPORTED',
    'PIN_EXPIRED',
    'TEMPLATE_INCOMPLETE',
  ],
  C_CopyObject: [...CHANGE, ...IN_SESSION, 'ACTION_PROHIBITED', 'OBJECT_HANDLE_INVALID', 'PIN_EXPIRED'],
  C_DestroyObject: [
    ...IN_SESSION,
    'ACTION_PROHIBITED',
    'OBJECT_HANDLE_INVALID',
    'PIN_EXPIRED',
    'SESSION_READ_ONLY',
    'TOKEN_WRITE_PROTECTED',
  ],
  C_GetObjectSize: [...IN_SESSION, 'ARGUMENTS_BAD', 'INFORMATION_SENSITIVE', 'OBJECT_HANDLE_INVALID'],
  C_GetAttributeValue: [
    ...IN_SESSION,
    'ARGUMENTS_BAD',
    'ATTRIBUTE_SENSITIVE',
    'ATTRIBUTE_TYPE_INVALID',
    'BUFFER_TOO_SMALL',
    'OBJECT_HANDLE_INVALID',
  ],
  C_SetAttributeValue: [...CHANGE, ...IN_SESSION, 'ACTION_PROHIBITED', 'OBJECT_HANDLE_INVALID'],
  C_FindObjectsInit: [...IN_SESSION, 'ARGUMENTS_BAD', 'ATTRIBUTE_TYPE_INVALID', 'ATTRIBUTE_VALUE_INVALID', 'PIN_EXPIRED'],
  C_FindObjects: [...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_NOT_INITIALIZED'],
  C_FindObjectsFinal: [...IN_SESSION, 'OPERATION_NOT_INITIALIZED'],
  C_EncryptInit: [...INIT, ...IN_SESSION, 'OPERATION_CANCEL_FAILED'],
  C_Encrypt: [...GO_ON, ...DATA, ...IN_SESSION, 'BUFFER_TOO_SMALL'],
  C_EncryptUpdate: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'DATA_LEN_RANGE'],
  C_EncryptFinal: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'DATA_LEN_RANGE'],
  C_DecryptInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_CANCEL_FAILED'],
  C_Decrypt: [...GO_ON, ...CIPHERTEXT, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'USER_NOT_LOGGED_IN'],
  C_DecryptUpdate: [...GO_ON, ...CIPHERTEXT, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'USER_NOT_LOGGED_IN'],
  C_DecryptFinal: [...GO_ON, ...CIPHERTEXT, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'USER_NOT_LOGGED_IN'],
  C_DigestInit: [
    ...IN_SESSION,
    'ARGUMENTS_BAD',
    'FUNCTION_CANCELED',
    'MECHANISM_INVALID',
    'MECHANISM_PARAM_INVALID',
    'OPERATION_CANCEL_FAILED',
    'PIN_EXPIRED',
    'USER_NOT_LOGGED_IN',
  ],
  C_Digest: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL'],
  C_DigestUpdate: [...GO_ON, ...IN_SESSION],
  C_DigestKey: [
    ...IN_SESSION,
    'FUNCTION_CANCELED',
    'KEY_HANDLE_INVALID',
    'KEY_INDIGESTIBLE',
    'KEY_SIZE_RANGE',
    'OPERATION_NOT_INITIALIZED',
  ],
  C_DigestFinal: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL'],
  C_SignInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_CANCEL_FAILED'],
  C_Sign: [...GO_ON, ...DATA, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'FUNCTION_REJECTED', 'TOKEN_RESOURCE_EXCEEDED', 'USER_NOT_LOGGED_IN'],
  C_SignUpdate: [...GO_ON, ...IN_SESSION, 'DATA_LEN_RANGE', 'TOKEN_RESOURCE_EXCEEDED', 'USER_NOT_LOGGED_IN'],
  C_SignFinal: [
    ...GO_ON,
    ...IN_SESSION,
    'BUFFER_TOO_SMALL',
    'DATA_LEN_RANGE',
    'FUNCTION_REJECTED',
    'TOKEN_RESOURCE_EXCEEDED',
    'USER_NOT_LOGGED_IN',
  ],
  C_SignRecoverInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_CANCEL_FAILED'],
  C_SignRecover: [...GO_ON, ...DATA, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'TOKEN_RESOURCE_EXCEEDED', 'USER_NOT_LOGGED_IN'],
  C_VerifyInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_CANCEL_FAILED'],
  C_Verify: [...GO_ON, ...DATA, ...SIGNATURE, ...IN_SESSION, 'TOKEN_RESOURCE_EXCEEDED'],
  C_VerifyUpdate: [...GO_ON, ...IN_SESSION, 'DATA_LEN_RANGE', 'TOKEN_RESOURCE_EXCEEDED'],
  C_VerifyFinal: [...GO_ON, ...SIGNATURE, ...IN_SESSION, 'DATA_LEN_RANGE', 'TOKEN_RESOURCE_EXCEEDED'],
  C_VerifyRecoverInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_CANCEL_FAILED'],
  C_VerifyRecover: [...GO_ON, ...DATA, ...SIGNATURE, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'TOKEN_RESOURCE_EXCEEDED'],
  C_DigestEncryptUpdate: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'DATA_LEN_RANGE'],
  C_DecryptDigestUpdate: [...GO_ON, ...CIPHERTEXT, ...IN_SESSION, 'BUFFER_TOO_SMALL'],
  C_SignEncryptUpdate: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'DATA_LEN_RANGE', 'USER_NOT_LOGGED_IN'],
  C_DecryptVerifyUpdate: [...GO_ON, ...CIPHERTEXT, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'DATA_LEN_RANGE'],
  C_GenerateKey: [...MAKE, ...IN_SESSION],
  C_GenerateKeyPair: [...MAKE, ...IN_SESSION, 'DOMAIN_PARAMS_INVALID', 'PARAMETER_SET_NOT_SUPPORTED'],
  C_WrapKey: [...WRAP, ...IN_SESSION],
  C_UnwrapKey: [...MAKE, ...UNWRAP, ...IN_SESSION],
  C_DeriveKey: [...MAKE, ...IN_SESSION, 'DOMAIN_PARAMS_INVALID', 'KEY_HANDLE_INVALID', 'KEY_SIZE_RANGE', 'KEY_TYPE_INCONSISTENT'],
  C_SeedRandom: [...IN_SESSION, 'ARGUMENTS_BAD', 'FUNCTION_CANCELED', 'RANDOM_NO_RNG', 'RANDOM_SEED_NOT_SUPPORTED', 'USER_NOT_LOGGED_IN'],
  C_GenerateRandom: [...IN_SESSION, 'ARGUMENTS_BAD', 'FUNCTION_CANCELED', 'RANDOM_NO_RNG', 'SEED_RANDOM_REQUIRED', 'USER_NOT_LOGGED_IN'],
  C_GetFunctionStatus: [...IN_SESSION, 'FUNCTION_NOT_PARALLEL'],
  C_CancelFunction: [...IN_SESSION, 'FUNCTION_NOT_PARALLEL'],
  C_WaitForSlotEvent: ['ARGUMENTS_BAD', 'NO_EVENT'],
  C_GetInterfaceList: ['ARGUMENTS_BAD', 'BUFFER_TOO_SMALL'],
  C_GetInterface: ['ARGUMENTS_BAD', 'BUFFER_TOO_SMALL'],
  C_LoginUser: [...LOGIN, ...IN_SESSION],
  C_SessionCancel: [...IN_SESSION, 'OPERATION_CANCEL_FAILED'],
  C_MessageEncryptInit: [...INIT, ...IN_SESSION, 'OPERATION_CANCEL_FAILED'],
  C_EncryptMessage: [...GO_ON, ...DATA, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'MECHANISM_PARAM_INVALID'],
  C_EncryptMessageBegin: [
    ...IN_SESSION,
    'FUNCTION_CANCELED',
    'MECHANISM_PARAM_INVALID',
    'OPERATION_NOT_INITIALIZED',
    'PIN_EXPIRED',
    'USER_NOT_LOGGED_IN',
  ],
  C_EncryptMessageNext: [...GO_ON, ...IN_SESSION, 'BUFFER_TOO_SMALL', 'DATA_LEN_RANGE', 'MECHANISM_PARAM_INVALID'],
  C_MessageEncryptFinal: [...GO_ON, ...IN_SESSION],
  C_MessageDecryptInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD', 'OPERATION_CANCEL_FAILED'],
  C_DecryptMessage: [
    ...GO_ON,
    ...CIPHERTEXT,
    ...IN_SESSION,
    'AEAD_DECRYPT_FAILED',
    'BUFFER_TOO_SMALL',
    'MECHANISM_PARAM_INVALID',
    'OPERATION_CANCEL_FAILED',
    'USER_NOT_LOGGED_IN',
  ],
  C_DecryptMessageBegin: [...GO_ON, ...IN_SESSION, 'MECHANISM_PARAM_INVALID', 'PIN_EXPIRED', 'USER_NOT_LOGGED_IN'],
  C_DecryptMessageNext: [
    ...GO_ON,
    ...CIPHERTEXT,
    ...IN_SESSION,
    'AEAD_DECRYPT_FAILED',
    'BUFFER_TOO_SMALL',
    'MECHANISM_PARAM_INVALID',
    'USER_NOT_LOGGED_IN',
  ],
  C_MessageDecryptFinal: [...GO_ON, ...IN_SESSION, 'USER_NOT_LOGGED_IN'],
  C_MessageSignInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD'],
  C_SignMessage: [
    ...GO_ON,
    ...DATA,
    ...IN_SESSION,
    'BUFFER_TOO_SMALL',
    'FUNCTION_REJECTED',
    'MECHANISM_PARAM_INVALID',
    'TOKEN_RESOURCE_EXCEEDED',
    'USER_NOT_LOGGED_IN',
  ],
  C_SignMessageBegin: [...GO_ON, ...IN_SESSION, 'MECHANISM_PARAM_INVALID', 'PIN_EXPIRED', 'TOKEN_RESOURCE_EXCEEDED', 'USER_NOT_LOGGED_IN'],
  C_SignMessageNext: [
    ...GO_ON,
    ...IN_SESSION,
    'BUFFER_TOO_SMALL',
    'DATA_LEN_RANGE',
    'FUNCTION_REJECTED',
    'MECHANISM_PARAM_INVALID',
    'TOKEN_RESOURCE_EXCEEDED',
    'USER_NOT_LOGGED_IN',
  ],
  C_MessageSignFinal: [...GO_ON, ...IN_SESSION, 'FUNCTION_REJECTED', 'TOKEN_RESOURCE_EXCEEDED', 'USER_NOT_LOGGED_IN'],
  C_MessageVerifyInit: [...INIT, ...IN_SESSION, 'ARGUMENTS_BAD'],
  C_VerifyMessage: [...GO_ON, ...DATA, ...SIGNATURE, ...IN_SESSION, 'MECHANISM_PARAM_INVALID', 'TOKEN_RESOURCE_EXCEEDED'],
  C_VerifyMessageBegin: [...GO_ON, ...IN_SESSION, 'MECHANISM_PARAM_INVALID', 'PIN_EXPIRED', 'USER_NOT_LOGGED_IN'],
  C_VerifyMessageNext: [...GO_ON, ...SIGNATURE, ...IN_SESSION, 'DATA_LEN_RANGE', 'MECHANISM_PARAM_INVALID', 'TOKEN_RESOURCE_EXCEEDED'],
  C_MessageVerifyFinal: [...GO_ON, ...IN_SESSION, 'DATA_LEN_RANGE', 'TOKEN_RESOURCE_EXCEEDED'],
  C_EncapsulateKey: [
    ...MAKE,
    'DOMAIN_PARAMS_INVALID',
    'KEY_HANDLE_INVALID',
    'KEY_SIZE_RANGE',
    'KEY_TYPE_INCONSISTENT',
    'OPERATION_ACTIVE',
    'PARAMETER_SET_NOT_SUPPORTED',
  ],
  C_DecapsulateKey: [...MAKE, ...UNWRAP, 'OPERATION_ACTIVE'],
  C_VerifySignatureInit: [...INIT, 'ARGUMENTS_BAD', 'OPERATION_ACTIVE', 'OPERATION_CANCEL_FAILED', 'SIGNATURE_LEN_RANGE'],
  C_VerifySignature: [...GO_ON, ...DATA, ...SIGNATURE, 'TOKEN_RESOURCE_EXCEEDED'],
  C_VerifySignatureUpdate: [...GO_ON, 'DATA_LEN_RANGE', 'TOKEN_RESOURCE_EXCEEDED'],
  C_VerifySignatureFinal: [...GO_ON, ...SIGNATURE, 'DATA_LEN_RANGE', 'TOKEN_RESOURCE_EXCEEDED'],
  C_GetSessionValidationFlags: [...IN_SESSION],
  C_AsyncComplete: [],
  C_AsyncGetID: ['ARGUMENTS_BAD', 'STATE_UNSAVEABLE'],
  C_AsyncJoin: ['ARGUMENTS_BAD', 'BUFFER_TOO_SMALL', 'SAVED_STATE_INVALID'],
  C_WrapKeyAuthenticated: [...WRAP, 'OPERATION_ACTIVE'],
  C_UnwrapKeyAuthenticated: [...MAKE, ...UNWRAP, 'OPERATION_ACTIVE'],
} as const satisfies Record<CallName, readonly CodeName[]>;

/** The codes that the standard lets a function return. */
export function standardCodes(name: CallName): ReadonlySet<CodeName> {
  const codes = new Set<CodeName>([...UNIVERSAL, 'DEVICE_ERROR', ...listedCodes[name]]);
  if (!BEFORE.includes(name)) codes.add('CRYPTOKI_NOT_INITIALIZED');
  if (!TOKENLESS.includes(name)) for (const code of OF_TOKENS) codes.add(code);
  if (!SESSIONLESS.includes(name)) for (const code of OF_SESSIONS) codes.add(code);
  if (LEGACY.includes(name)) codes.delete('OK');
  return codes;
}

const nameOf = new Map<number, CodeName>(Object.entries(CKR).map(([name, value]) => [value, name as CodeName]));

/** A code's name without its CKR_. */
export const codeName = (rv: number): CodeName | undefined => nameOf.get(rv);
