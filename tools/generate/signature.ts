// The C argument lists of the C_* functions: from the rows of calls.ts, and by hand for those that have no wire form.

import { type CallName, calls, type Kind } from '../../src/protocol/calls.ts';

/** Functions whose C arguments differ from their row: they stay in the process, or have arguments that do not cross. */
const byHand: Partial<Record<CallName, string>> = {
  C_Initialize: 'CK_VOID_PTR pInitArgs',
  C_Finalize: 'CK_VOID_PTR pReserved',
  C_GetFunctionList: 'CK_FUNCTION_LIST_PTR_PTR ppFunctionList',
  C_OpenSession: 'CK_SLOT_ID slotID, CK_FLAGS flags, CK_VOID_PTR pApplication, CK_NOTIFY Notify, CK_SESSION_HANDLE_PTR phSession',
  C_GetFunctionStatus: 'CK_SESSION_HANDLE hSession',
  C_CancelFunction: 'CK_SESSION_HANDLE hSession',
  C_WaitForSlotEvent: 'CK_FLAGS flags, CK_SLOT_ID_PTR pSlot, CK_VOID_PTR pReserved',
  C_GetInterfaceList: 'CK_INTERFACE_PTR pInterfacesList, CK_ULONG_PTR pulCount',
  C_GetInterface: 'CK_UTF8CHAR_PTR pInterfaceName, CK_VERSION_PTR pVersion, CK_INTERFACE_PTR_PTR ppInterface, CK_FLAGS flags',
};

/** Arguments that have a type of their own. All of them are CK_ULONG or bytes underneath, but for tokenPresent. */
const typeOf: Readonly<Record<string, string>> = {
  tokenPresent: 'CK_BBOOL',
  slotID: 'CK_SLOT_ID',
  pSlot: 'CK_SLOT_ID_PTR',
  pSlotList: 'CK_SLOT_ID_PTR',
  pMechanismList: 'CK_MECHANISM_TYPE_PTR',
  flags: 'CK_FLAGS',
  pFlags: 'CK_FLAGS_PTR',
  userType: 'CK_USER_TYPE',
  hSession: 'CK_SESSION_HANDLE',
  phSession: 'CK_SESSION_HANDLE_PTR',
  pPin: 'CK_UTF8CHAR_PTR',
  pOldPin: 'CK_UTF8CHAR_PTR',
  pNewPin: 'CK_UTF8CHAR_PTR',
  pUsername: 'CK_UTF8CHAR_PTR',
  pLabel: 'CK_UTF8CHAR_PTR',
};

/** The one name that two functions use for two types. */
const typeIn: Partial<Record<CallName, string>> = {
  C_GetMechanismInfo: 'CK_MECHANISM_TYPE',
  C_GetSessionValidationFlags: 'CK_SESSION_VALIDATION_FLAGS_TYPE',
};

function ulongType(call: CallName, name: string): string {
  if (name === 'type') return typeIn[call] ?? 'CK_ULONG';
  return typeOf[name] ?? (/^h[A-Z]/.test(name) ? 'CK_OBJECT_HANDLE' : 'CK_ULONG');
}

const outUlongType = (name: string): string => typeOf[name] ?? (name.startsWith('ph') ? 'CK_OBJECT_HANDLE_PTR' : 'CK_ULONG_PTR');

function argument(call: CallName, kind: Kind): string {
  const bytes = typeOf[kind.name] ?? 'CK_BYTE_PTR';
  switch (kind.kind) {
    case 'ulong':
    case 'flags':
      return `${ulongType(call, kind.name)} ${kind.name}`;
    case 'bytes':
    case 'outFixed':
      return `${bytes} ${kind.name}, CK_ULONG ${kind.length}`;
    case 'fixedBytes':
      return `${bytes} ${kind.name}`;
    case 'text':
      return `CK_UTF8CHAR_PTR ${kind.name}`;
    case 'mechanism':
    case 'inOutMechanism':
    case 'messageMechanism':
    case 'inOutMessageMechanism':
      return `CK_MECHANISM_PTR ${kind.name}`;
    case 'template':
    case 'outTemplate':
      return `CK_ATTRIBUTE_PTR ${kind.name}, CK_ULONG ${kind.length}`;
    case 'parameter':
    case 'inOutMessageParameter':
      return `CK_VOID_PTR ${kind.name}, CK_ULONG ${kind.length}`;
    case 'outBytes':
    case 'maybeOutBytes':
    case 'outUlongs':
      return `${bytes} ${kind.name}, CK_ULONG_PTR ${kind.length}`;
    case 'outUlong':
    case 'maybeOutUlong':
      return `${outUlongType(kind.name)} ${kind.name}`;
    case 'outHandles':
      return `CK_OBJECT_HANDLE_PTR ${kind.name}, CK_ULONG ${kind.max}, CK_ULONG_PTR ${kind.length}`;
    case 'outStruct':
      return `${kind.struct}_PTR ${kind.name}`;
    case 'asyncData':
      return `CK_ASYNC_DATA_PTR ${kind.name}`;
  }
}

/** The arguments of a function as C writes them, without the parentheses. */
export function argumentsOf(call: CallName): string {
  const kinds: readonly Kind[] = calls[call].kinds;
  return byHand[call] ?? kinds.map((kind) => argument(call, kind)).join(', ');
}

/** All functions in the standard's order, which is the order of the function lists. */
export const names = Object.keys(calls) as CallName[];
