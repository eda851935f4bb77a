// native/pkcs11/traits.c: what the library knows of each function beside its arguments.

import { type CallName, calls, inits, type Kind } from '../../src/protocol/calls.ts';
import { begunBy, type OperationName, operationOf } from '../../src/protocol/operations.ts';
import { macroOf } from './layout.ts';
import { generatedC, type Output } from './output.ts';
import { names } from './signature.ts';

/**
 * Calls that change what another thread may be using: the lock they hold meanwhile (design, decision 7), the object's own or that of
 * opening and closing sessions. A call that makes an object needs none: nobody else can know its handle yet.
 */
const locks: Partial<Record<CallName, string>> = {
  C_OpenSession: 'LOCKS_SESSIONS',
  C_CloseSession: 'LOCKS_SESSIONS',
  C_CloseAllSessions: 'LOCKS_SESSIONS',
  C_CopyObject: 'LOCKS_OBJECT',
  C_DestroyObject: 'LOCKS_OBJECT',
  C_SetAttributeValue: 'LOCKS_OBJECT',
};

/** What takes part in the thread contract by its own nature. */
const roles: Partial<Record<CallName, string>> = {
  C_CloseSession: 'CLOSES',
  C_CloseAllSessions: 'CLOSES_ALL',
  C_DestroyObject: 'DESTROYS',
  C_Login: 'LOGS_IN_OR_OUT',
  C_LoginUser: 'LOGS_IN_OR_OUT',
  C_Logout: 'LOGS_IN_OR_OUT',
  C_WaitForSlotEvent: 'WAITS',
};

/** Functions with a session that do not list CKR_OPERATION_ACTIVE. */
const withoutActive: readonly CallName[] = [
  'C_VerifySignature',
  'C_VerifySignatureUpdate',
  'C_VerifySignatureFinal',
  'C_AsyncComplete',
  'C_AsyncGetID',
  'C_AsyncJoin',
];

const foreseeing = new Set<string>(Object.entries(inits).flat());

const bits = (names: readonly OperationName[]): string => names.map((name) => macroOf(name)).join(' | ') || '0';

function traits(name: CallName): string {
  const kinds: readonly Kind[] = calls[name].kinds;
  const hasSession = kinds[0]?.name === 'hSession';
  const found = [
    locks[name],
    roles[name],
    hasSession && !withoutActive.includes(name) ? 'LISTS_ACTIVE' : undefined,
    name.endsWith('Init') && kinds.some((kind) => kind.name === 'hKey') ? 'KEEPS_KEY' : undefined,
    foreseeing.has(name) ? 'FORESEES' : undefined,
  ];
  const flags = found.filter((each) => each !== undefined).join(' | ') || '0';
  const begun = begunBy[name];
  return `${flags}, ${bits(begun ? [begun] : [])}, ${bits(operationOf[name] ?? [])}`;
}

const text = (): string =>
  [
    generatedC('src/protocol/calls.ts, operations.ts', 'What the library knows of each function beside its arguments, by its number.'),
    '#include "traits.h"\n\n#include "layout.h"\n',
    `const struct traits traits[] = {\n${names.map((name) => `    [CALL_${name}] = { "${name}", ${traits(name)} },\n`).join('')}};\n`,
  ].join('\n');

export const traitsSource: Output = { path: 'native/pkcs11/traits.c', text };
