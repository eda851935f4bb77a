// Every function of PKCS#11 v3.2, once: its place in the function lists, its wire number, its arguments and their direction.
// tools/generate.ts makes native/pkcs11/calls.c of these rows; the same rows type the handlers in src/functions/.
// Direction stands in the row because C's types do not tell it: C_GenerateRandom's (CK_BYTE_PTR, CK_ULONG) is an output.

import type { StructValues } from './structs.ts';

/** What a C argument (or a pair or triple of them) is on the wire. */
export type Kind =
  | { readonly kind: 'ulong'; readonly name: string }
  /** CK_FLAGS: every bit counts, and a number has 53. */
  | { readonly kind: 'flags'; readonly name: string }
  | { readonly kind: 'bytes'; readonly name: string; readonly length: string }
  | { readonly kind: 'fixedBytes'; readonly name: string; readonly size: number }
  | { readonly kind: 'text'; readonly name: string }
  | { readonly kind: 'mechanism' | 'inOutMechanism'; readonly name: string }
  | { readonly kind: 'messageMechanism' | 'inOutMessageMechanism'; readonly name: string }
  | { readonly kind: 'template'; readonly name: string; readonly length: string }
  | { readonly kind: 'parameter' | 'inOutMessageParameter'; readonly name: string; readonly length: string }
  | { readonly kind: 'outBytes' | 'maybeOutBytes'; readonly name: string; readonly length: string }
  | { readonly kind: 'outFixed'; readonly name: string; readonly length: string }
  | { readonly kind: 'outTemplate'; readonly name: string; readonly length: string }
  | { readonly kind: 'outUlong' | 'maybeOutUlong'; readonly name: string }
  | { readonly kind: 'outUlongs'; readonly name: string; readonly length: string }
  | { readonly kind: 'outHandles'; readonly name: string; readonly max: string; readonly length: string }
  | { readonly kind: 'outStruct'; readonly name: string; readonly struct: keyof StructValues }
  | { readonly kind: 'asyncData'; readonly name: string };

/** Who writes the C entry: 'call' is generated, 'hand' crosses to the engine but is written by hand, 'local' never leaves the process. */
export type Entry = 'call' | 'hand' | 'local';

export interface Call<K extends readonly Kind[] = readonly Kind[]> {
  /** Wire number, never reused; also the place in the standard's own order, from 1. */
  readonly id: number;
  readonly entry: Entry;
  readonly kinds: K;
  /** What the library and the engine say to each other beside the standard's arguments, and after them. */
  readonly aside?: readonly Kind[];
}

const row =
  (entry: Entry) =>
  <const K extends readonly Kind[]>(id: number, ...kinds: K): Call<K> => ({ id, entry, kinds });
const [call, hand, local] = [row('call'), row('hand'), row('local')];

const ulong = <const N extends string>(name: N) => ({ kind: 'ulong', name }) as const;
const flags = <const N extends string>(name: N) => ({ kind: 'flags', name }) as const;
const bytes = <const N extends string>(name: N, length: string) => ({ kind: 'bytes', name, length }) as const;
const fixedBytes = <const N extends string>(name: N, size: number) => ({ kind: 'fixedBytes', name, size }) as const;
const text = <const N extends string>(name: N) => ({ kind: 'text', name }) as const;
const mechanism = <const N extends string>(name: N) => ({ kind: 'mechanism', name }) as const;
const inOutMechanism = <const N extends string>(name: N) => ({ kind: 'inOutMechanism', name }) as const;
/** Its parameter, if a structure with pointers, is one of parameter-of.ts' messageParameters. */
const messageMechanism = <const N extends string>(name: N) => ({ kind: 'messageMechanism', name }) as const;
const inOutMessageMechanism = <const N extends string>(name: N) => ({ kind: 'inOutMessageMechanism', name }) as const;
const inOutMessageParameter = <const N extends string>(name: N, length: string) =>
  ({ kind: 'inOutMessageParameter', name, length }) as const;
const template = <const N extends string>(name: N, length: string) => ({ kind: 'template', name, length }) as const;
const parameter = <const N extends string>(name: N, length: string) => ({ kind: 'parameter', name, length }) as const;
const outBytes = <const N extends string>(name: N, length: string) => ({ kind: 'outBytes', name, length }) as const;
/** The length's pointer is NULL where there is no output yet. */
const maybeOutBytes = <const N extends string>(name: N, length: string) => ({ kind: 'maybeOutBytes', name, length }) as const;
const outFixed = <const N extends string>(name: N, length: string) => ({ kind: 'outFixed', name, length }) as const;
const outTemplate = <const N extends string>(name: N, length: string) => ({ kind: 'outTemplate', name, length }) as const;
const outUlong = <const N extends string>(name: N) => ({ kind: 'outUlong', name }) as const;
/** NULL where the mechanism makes no key of its own. */
const maybeOutUlong = <const N extends string>(name: N) => ({ kind: 'maybeOutUlong', name }) as const;
const outUlongs = <const N extends string>(name: N, length: string) => ({ kind: 'outUlongs', name, length }) as const;
const outHandles = <const N extends string>(name: N, max: string, length: string) => ({ kind: 'outHandles', name, max, length }) as const;
const outStruct = <const N extends string, const S extends keyof StructValues>(name: N, struct: S) =>
  ({ kind: 'outStruct', name, struct }) as const;
const asyncData = <const N extends string>(name: N) => ({ kind: 'asyncData', name }) as const;

export const calls = {
  // Version 2.40
  C_Initialize: local(1),
  C_Finalize: local(2),
  C_GetInfo: call(3, outStruct('pInfo', 'CK_INFO')),
  C_GetFunctionList: local(4),
  C_GetSlotList: call(5, ulong('tokenPresent'), outUlongs('pSlotList', 'pulCount')),
  C_GetSlotInfo: call(6, ulong('slotID'), outStruct('pInfo', 'CK_SLOT_INFO')),
  C_GetTokenInfo: call(7, ulong('slotID'), outStruct('pInfo', 'CK_TOKEN_INFO')),
  C_GetMechanismList: call(8, ulong('slotID'), outUlongs('pMechanismList', 'pulCount')),
  C_GetMechanismInfo: call(9, ulong('slotID'), ulong('type'), outStruct('pInfo', 'CK_MECHANISM_INFO')),
  C_InitToken: call(10, ulong('slotID'), bytes('pPin', 'ulPinLen'), fixedBytes('pLabel', 32)),
  C_InitPIN: call(11, ulong('hSession'), bytes('pPin', 'ulPinLen')),
  C_SetPIN: call(12, ulong('hSession'), bytes('pOldPin', 'ulOldLen'), bytes('pNewPin', 'ulNewLen')),
  C_OpenSession: hand(13, ulong('slotID'), flags('flags'), outUlong('phSession')),
  C_CloseSession: call(14, ulong('hSession')),
  C_CloseAllSessions: call(15, ulong('slotID')),
  C_GetSessionInfo: hand(16, ulong('hSession'), outStruct('pInfo', 'CK_SESSION_INFO')),
  C_GetOperationState: call(17, ulong('hSession'), outBytes('pOperationState', 'pulOperationStateLen')),
  C_SetOperationState: hand(
    18,
    ulong('hSession'),
    bytes('pOperationState', 'ulOperationStateLen'),
    ulong('hEncryptionKey'),
    ulong('hAuthenticationKey'),
  ),
  C_Login: call(19, ulong('hSession'), ulong('userType'), bytes('pPin', 'ulPinLen')),
  C_Logout: call(20, ulong('hSession')),
  C_CreateObject: call(21, ulong('hSession'), template('pTemplate', 'ulCount'), outUlong('phObject')),
  C_CopyObject: call(22, ulong('hSession'), ulong('hObject'), template('pTemplate', 'ulCount'), outUlong('phNewObject')),
  C_DestroyObject: call(23, ulong('hSession'), ulong('hObject')),
  C_GetObjectSize: call(24, ulong('hSession'), ulong('hObject'), outUlong('pulSize')),
  C_GetAttributeValue: call(25, ulong('hSession'), ulong('hObject'), outTemplate('pTemplate', 'ulCount')),
  C_SetAttributeValue: call(26, ulong('hSession'), ulong('hObject'), template('pTemplate', 'ulCount')),
  // Whether the library has a search of the session already; room for the first handles; whether there are more (native/pkcs11/search.c).
  C_FindObjectsInit: {
    ...hand(27, ulong('hSession'), template('pTemplate', 'ulCount')),
    aside: [ulong('active'), outHandles('phObject', 'room', 'count'), outUlong('more')],
  },
  // Whether it is worth while to ask on: the engine gives a part at a time.
  C_FindObjects: {
    ...hand(28, ulong('hSession'), outHandles('phObject', 'ulMaxObjectCount', 'pulObjectCount')),
    aside: [outUlong('more')],
  },
  C_FindObjectsFinal: hand(29, ulong('hSession')),
  C_EncryptInit: hand(30, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_Encrypt: hand(31, ulong('hSession'), bytes('pData', 'ulDataLen'), outBytes('pEncryptedData', 'pulEncryptedDataLen')),
  C_EncryptUpdate: call(32, ulong('hSession'), bytes('pPart', 'ulPartLen'), outBytes('pEncryptedPart', 'pulEncryptedPartLen')),
  C_EncryptFinal: call(33, ulong('hSession'), outBytes('pLastEncryptedPart', 'pulLastEncryptedPartLen')),
  C_DecryptInit: hand(34, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_Decrypt: hand(35, ulong('hSession'), bytes('pEncryptedData', 'ulEncryptedDataLen'), outBytes('pData', 'pulDataLen')),
  C_DecryptUpdate: call(36, ulong('hSession'), bytes('pEncryptedPart', 'ulEncryptedPartLen'), outBytes('pPart', 'pulPartLen')),
  C_DecryptFinal: call(37, ulong('hSession'), outBytes('pLastPart', 'pulLastPartLen')),
  C_DigestInit: hand(38, ulong('hSession'), mechanism('pMechanism')),
  C_Digest: hand(39, ulong('hSession'), bytes('pData', 'ulDataLen'), outBytes('pDigest', 'pulDigestLen')),
  C_DigestUpdate: call(40, ulong('hSession'), bytes('pPart', 'ulPartLen')),
  C_DigestKey: call(41, ulong('hSession'), ulong('hKey')),
  C_DigestFinal: call(42, ulong('hSession'), outBytes('pDigest', 'pulDigestLen')),
  C_SignInit: hand(43, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_Sign: hand(44, ulong('hSession'), bytes('pData', 'ulDataLen'), outBytes('pSignature', 'pulSignatureLen')),
  C_SignUpdate: call(45, ulong('hSession'), bytes('pPart', 'ulPartLen')),
  C_SignFinal: call(46, ulong('hSession'), outBytes('pSignature', 'pulSignatureLen')),
  C_SignRecoverInit: call(47, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_SignRecover: call(48, ulong('hSession'), bytes('pData', 'ulDataLen'), outBytes('pSignature', 'pulSignatureLen')),
  C_VerifyInit: hand(49, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_Verify: hand(50, ulong('hSession'), bytes('pData', 'ulDataLen'), bytes('pSignature', 'ulSignatureLen')),
  C_VerifyUpdate: call(51, ulong('hSession'), bytes('pPart', 'ulPartLen')),
  C_VerifyFinal: call(52, ulong('hSession'), bytes('pSignature', 'ulSignatureLen')),
  C_VerifyRecoverInit: call(53, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_VerifyRecover: call(54, ulong('hSession'), bytes('pSignature', 'ulSignatureLen'), outBytes('pData', 'pulDataLen')),
  C_DigestEncryptUpdate: call(55, ulong('hSession'), bytes('pPart', 'ulPartLen'), outBytes('pEncryptedPart', 'pulEncryptedPartLen')),
  C_DecryptDigestUpdate: call(56, ulong('hSession'), bytes('pEncryptedPart', 'ulEncryptedPartLen'), outBytes('pPart', 'pulPartLen')),
  C_SignEncryptUpdate: call(57, ulong('hSession'), bytes('pPart', 'ulPartLen'), outBytes('pEncryptedPart', 'pulEncryptedPartLen')),
  C_DecryptVerifyUpdate: call(58, ulong('hSession'), bytes('pEncryptedPart', 'ulEncryptedPartLen'), outBytes('pPart', 'pulPartLen')),
  C_GenerateKey: call(59, ulong('hSession'), inOutMechanism('pMechanism'), template('pTemplate', 'ulCount'), outUlong('phKey')),
  C_GenerateKeyPair: call(
    60,
    ulong('hSession'),
    mechanism('pMechanism'),
    template('pPublicKeyTemplate', 'ulPublicKeyAttributeCount'),
    template('pPrivateKeyTemplate', 'ulPrivateKeyAttributeCount'),
    outUlong('phPublicKey'),
    outUlong('phPrivateKey'),
  ),
  C_WrapKey: call(
    61,
    ulong('hSession'),
    inOutMechanism('pMechanism'),
    ulong('hWrappingKey'),
    ulong('hKey'),
    outBytes('pWrappedKey', 'pulWrappedKeyLen'),
  ),
  C_UnwrapKey: call(
    62,
    ulong('hSession'),
    mechanism('pMechanism'),
    ulong('hUnwrappingKey'),
    bytes('pWrappedKey', 'ulWrappedKeyLen'),
    template('pTemplate', 'ulAttributeCount'),
    outUlong('phKey'),
  ),
  C_DeriveKey: call(
    63,
    ulong('hSession'),
    inOutMechanism('pMechanism'),
    ulong('hBaseKey'),
    template('pTemplate', 'ulAttributeCount'),
    maybeOutUlong('phKey'),
  ),
  C_SeedRandom: call(64, ulong('hSession'), bytes('pSeed', 'ulSeedLen')),
  C_GenerateRandom: call(65, ulong('hSession'), outFixed('RandomData', 'ulRandomLen')),
  C_GetFunctionStatus: local(66),
  C_CancelFunction: local(67),
  C_WaitForSlotEvent: hand(68, flags('flags'), outUlong('pSlot')),
  // Version 3.0
  C_GetInterfaceList: local(69),
  C_GetInterface: local(70),
  C_LoginUser: call(71, ulong('hSession'), ulong('userType'), bytes('pPin', 'ulPinLen'), bytes('pUsername', 'ulUsernameLen')),
  // Operations that a call which the library refused would have ended (operations.ts), beside those that are cancelled.
  C_SessionCancel: { ...hand(72, ulong('hSession'), flags('flags')), aside: [ulong('failed')] },
  C_MessageEncryptInit: call(73, ulong('hSession'), messageMechanism('pMechanism'), ulong('hKey')),
  C_EncryptMessage: call(
    74,
    ulong('hSession'),
    inOutMessageParameter('pParameter', 'ulParameterLen'),
    bytes('pAssociatedData', 'ulAssociatedDataLen'),
    bytes('pPlaintext', 'ulPlaintextLen'),
    outBytes('pCiphertext', 'pulCiphertextLen'),
  ),
  C_EncryptMessageBegin: call(
    75,
    ulong('hSession'),
    inOutMessageParameter('pParameter', 'ulParameterLen'),
    bytes('pAssociatedData', 'ulAssociatedDataLen'),
  ),
  C_EncryptMessageNext: call(
    76,
    ulong('hSession'),
    inOutMessageParameter('pParameter', 'ulParameterLen'),
    bytes('pPlaintextPart', 'ulPlaintextPartLen'),
    outBytes('pCiphertextPart', 'pulCiphertextPartLen'),
    flags('flags'),
  ),
  C_MessageEncryptFinal: call(77, ulong('hSession')),
  C_MessageDecryptInit: call(78, ulong('hSession'), messageMechanism('pMechanism'), ulong('hKey')),
  C_DecryptMessage: call(
    79,
    ulong('hSession'),
    inOutMessageParameter('pParameter', 'ulParameterLen'),
    bytes('pAssociatedData', 'ulAssociatedDataLen'),
    bytes('pCiphertext', 'ulCiphertextLen'),
    outBytes('pPlaintext', 'pulPlaintextLen'),
  ),
  C_DecryptMessageBegin: call(
    80,
    ulong('hSession'),
    inOutMessageParameter('pParameter', 'ulParameterLen'),
    bytes('pAssociatedData', 'ulAssociatedDataLen'),
  ),
  C_DecryptMessageNext: call(
    81,
    ulong('hSession'),
    inOutMessageParameter('pParameter', 'ulParameterLen'),
    bytes('pCiphertextPart', 'ulCiphertextPartLen'),
    outBytes('pPlaintextPart', 'pulPlaintextPartLen'),
    flags('flags'),
  ),
  C_MessageDecryptFinal: call(82, ulong('hSession')),
  C_MessageSignInit: call(83, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_SignMessage: call(
    84,
    ulong('hSession'),
    parameter('pParameter', 'ulParameterLen'),
    bytes('pData', 'ulDataLen'),
    outBytes('pSignature', 'pulSignatureLen'),
  ),
  C_SignMessageBegin: call(85, ulong('hSession'), parameter('pParameter', 'ulParameterLen')),
  C_SignMessageNext: call(
    86,
    ulong('hSession'),
    parameter('pParameter', 'ulParameterLen'),
    bytes('pData', 'ulDataLen'),
    maybeOutBytes('pSignature', 'pulSignatureLen'),
  ),
  C_MessageSignFinal: call(87, ulong('hSession')),
  C_MessageVerifyInit: call(88, ulong('hSession'), mechanism('pMechanism'), ulong('hKey')),
  C_VerifyMessage: call(
    89,
    ulong('hSession'),
    parameter('pParameter', 'ulParameterLen'),
    bytes('pData', 'ulDataLen'),
    bytes('pSignature', 'ulSignatureLen'),
  ),
  C_VerifyMessageBegin: call(90, ulong('hSession'), parameter('pParameter', 'ulParameterLen')),
  C_VerifyMessageNext: call(
    91,
    ulong('hSession'),
    parameter('pParameter', 'ulParameterLen'),
    bytes('pData', 'ulDataLen'),
    bytes('pSignature', 'ulSignatureLen'),
  ),
  C_MessageVerifyFinal: call(92, ulong('hSession')),
  // Version 3.2
  C_EncapsulateKey: call(
    93,
    ulong('hSession'),
    mechanism('pMechanism'),
    ulong('hPublicKey'),
    template('pTemplate', 'ulAttributeCount'),
    outBytes('pCiphertext', 'pulCiphertextLen'),
    outUlong('phKey'),
  ),
  C_DecapsulateKey: call(
    94,
    ulong('hSession'),
    mechanism('pMechanism'),
    ulong('hPrivateKey'),
    template('pTemplate', 'ulAttributeCount'),
    bytes('pCiphertext', 'ulCiphertextLen'),
    outUlong('phKey'),
  ),
  C_VerifySignatureInit: call(95, ulong('hSession'), mechanism('pMechanism'), ulong('hKey'), bytes('pSignature', 'ulSignatureLen')),
  C_VerifySignature: call(96, ulong('hSession'), bytes('pData', 'ulDataLen')),
  C_VerifySignatureUpdate: call(97, ulong('hSession'), bytes('pPart', 'ulPartLen')),
  C_VerifySignatureFinal: call(98, ulong('hSession')),
  C_GetSessionValidationFlags: call(99, ulong('hSession'), ulong('type'), outUlong('pFlags')),
  C_AsyncComplete: hand(100, ulong('hSession'), text('pFunctionName'), asyncData('pResult')),
  C_AsyncGetID: hand(101, ulong('hSession'), text('pFunctionName'), outUlong('pulID')),
  C_AsyncJoin: hand(102, ulong('hSession'), text('pFunctionName'), ulong('ulID'), bytes('pData', 'ulData')),
  C_WrapKeyAuthenticated: call(
    103,
    ulong('hSession'),
    inOutMessageMechanism('pMechanism'),
    ulong('hWrappingKey'),
    ulong('hKey'),
    bytes('pAssociatedData', 'ulAssociatedDataLen'),
    outBytes('pWrappedKey', 'pulWrappedKeyLen'),
  ),
  C_UnwrapKeyAuthenticated: call(
    104,
    ulong('hSession'),
    inOutMessageMechanism('pMechanism'),
    ulong('hUnwrappingKey'),
    bytes('pWrappedKey', 'ulWrappedKeyLen'),
    template('pTemplate', 'ulAttributeCount'),
    bytes('pAssociatedData', 'ulAssociatedDataLen'),
    outUlong('phKey'),
  ),
} as const satisfies Record<string, Call>;

/** Calls that carry an operation out, and the Init that may travel with each. native/pkcs11/foreseen.c tells when. */
export const inits = {
  C_Encrypt: 'C_EncryptInit',
  C_Decrypt: 'C_DecryptInit',
  C_Digest: 'C_DigestInit',
  C_Sign: 'C_SignInit',
  C_Verify: 'C_VerifyInit',
} as const satisfies { readonly [N in CallName]?: CallName };

/** Set in the number of a call whose Init was answered by the library and travels with it: the Init's arguments stand before its own. */
export const FORESEEN = 2 ** 32;

export type CallName = keyof typeof calls;

/** All that crosses for a call, in its order. */
export const wireOf = ({ kinds, aside = [] }: Call): readonly Kind[] => [...kinds, ...aside];
