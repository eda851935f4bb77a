// What a function answers: the codes that the standard lists for it, and those few that it answers beyond them.

import type { CallName } from '../protocol/calls.ts';
import { CKR } from '../protocol/constants.ts';
import { type CodeName, codeName, standardCodes } from '../protocol/return-codes.ts';

interface Beyond {
  readonly code: CodeName;
  readonly of: readonly CallName[];
  readonly why: string;
}

/** Codes that a function answers although its list lacks them: "presumably some gaps", says §5.1 of the lists. */
export const beyond: readonly Beyond[] = [
  {
    code: 'KEY_FUNCTION_NOT_PERMITTED',
    of: [
      'C_WrapKey',
      'C_WrapKeyAuthenticated',
      'C_UnwrapKey',
      'C_UnwrapKeyAuthenticated',
      'C_DeriveKey',
      'C_EncapsulateKey',
      'C_DecapsulateKey',
    ],
    why: '§5.1.6 has it for every use of a key that its attributes do not allow, and nothing else says which attribute is in the way',
  },
  { code: 'BUFFER_TOO_SMALL', of: ['C_EncapsulateKey'], why: 'its own text asks for it' },
  { code: 'OPERATION_NOT_INITIALIZED', of: ['C_AsyncComplete', 'C_AsyncGetID'], why: "C_AsyncGetID's own text asks for it" },
  { code: 'OPERATION_ACTIVE', of: ['C_VerifySignature'], why: 'after a part was given; C_Verify lists it for the same' },
  {
    code: 'ARGUMENTS_BAD',
    of: ['C_EncryptInit', 'C_MessageEncryptInit', 'C_EncryptMessageBegin', 'C_GetSessionValidationFlags', 'C_AsyncComplete'],
    why: 'a pointer is NULL that must not be; the decrypting counterparts list it',
  },
  {
    code: 'DATA_LEN_RANGE',
    of: ['C_Decrypt', 'C_DecryptUpdate', 'C_DecryptDigestUpdate'],
    why: 'AES in counter mode: its own text asks for it where the counter would overflow',
  },
  { code: 'DATA_LEN_RANGE', of: ['C_DeriveKey'], why: 'key derivation by data encryption: its own text asks for it' },
  {
    code: 'KEY_EXHAUSTED',
    of: ['C_Sign', 'C_SignFinal'],
    why: "HSS: its own text asks for it; a HOTP key's counter ends as its one-time keys do",
  },
  { code: 'PIN_LEN_RANGE', of: ['C_InitToken'], why: '§5.1.6 has it for every function that sets a PIN' },
];

/** The same fault under another name, or a wider one: what a function answers that does not list the first. */
const kin: Partial<Record<CodeName, readonly CodeName[]>> = {
  KEY_HANDLE_INVALID: ['UNWRAPPING_KEY_HANDLE_INVALID'],
  // The key was destroyed under its operation.
  OBJECT_HANDLE_INVALID: ['KEY_HANDLE_INVALID', 'OPERATION_NOT_INITIALIZED'],
  KEY_TYPE_INCONSISTENT: ['WRAPPING_KEY_TYPE_INCONSISTENT', 'UNWRAPPING_KEY_TYPE_INCONSISTENT', 'ATTRIBUTE_VALUE_INVALID'],
  KEY_SIZE_RANGE: ['UNWRAPPING_KEY_SIZE_RANGE', 'ATTRIBUTE_VALUE_INVALID'],
  CURVE_NOT_SUPPORTED: ['ATTRIBUTE_VALUE_INVALID'],
  PARAMETER_SET_NOT_SUPPORTED: ['ATTRIBUTE_VALUE_INVALID'],
  DOMAIN_PARAMS_INVALID: ['ATTRIBUTE_VALUE_INVALID'],
  TEMPLATE_INCOMPLETE: ['TEMPLATE_INCONSISTENT'],
  // The key went with the login that it was found under, and its operation with the key.
  USER_NOT_LOGGED_IN: ['OPERATION_NOT_INITIALIZED'],
  // No PIN is the right one where none was set.
  USER_PIN_NOT_INITIALIZED: ['PIN_INCORRECT'],
  // The token was deleted under an open session.
  TOKEN_NOT_RECOGNIZED: ['DEVICE_REMOVED'],
  TOKEN_RESOURCE_EXCEEDED: ['DEVICE_MEMORY'],
};

/** What a function may answer here. */
export function codesOf(name: CallName): ReadonlySet<CodeName> {
  return new Set([...standardCodes(name), ...beyond.filter(({ of }) => of.includes(name)).map(({ code }) => code)]);
}

/** Made when a function first fails. */
const allowed = new Map<CallName, ReadonlySet<CodeName>>();

function allowedBy(name: CallName): ReadonlySet<CodeName> {
  let codes = allowed.get(name);
  if (codes === undefined) {
    codes = codesOf(name);
    allowed.set(name, codes);
  }
  return codes;
}

/** What the function answers for a fault, or undefined where it has no code for it: that is a bug of ours. */
export function returnValue(name: CallName, rv: number): number | undefined {
  const code = codeName(rv);
  if (code === undefined) return undefined;
  const own = allowedBy(name);
  const answer = [code, ...(kin[code] ?? [])].find((each) => own.has(each));
  return answer && CKR[answer];
}
