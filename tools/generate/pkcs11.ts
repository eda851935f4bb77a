// native/shared/pkcs11.h: the PKCS#11 v3.2 interface in C, for LP64 Linux, where the structures have the compiler's own packing.

import * as constants from '../../src/protocol/constants.ts';
import { structs, typedefs } from '../../src/protocol/structs.ts';
import { generatedC, type Output } from './output.ts';
import { argumentsOf, names } from './signature.ts';

/** Functions of each list: a later version's list begins with the one before it. */
const lists = [
  { macro: 'CK_FUNCTIONS_2_40', type: 'CK_FUNCTION_LIST', before: '', from: 0, to: 68 },
  { macro: 'CK_FUNCTIONS_3_0', type: 'CK_FUNCTION_LIST_3_0', before: 'CK_FUNCTIONS_2_40', from: 68, to: 92 },
  { macro: 'CK_FUNCTIONS_3_2', type: 'CK_FUNCTION_LIST_3_2', before: 'CK_FUNCTIONS_3_0', from: 92, to: 104 },
] as const;

function literal(name: string, value: number): string {
  if (name === 'CK_TRUE' || name === 'CK_FALSE') return String(value);
  // 2^64 stands for "every bit set": a double cannot hold the number itself.
  return value >= 2 ** 64 ? '(~0UL)' : `0x${value.toString(16)}UL`;
}

const defines = Object.entries(constants).map(([family, values]) =>
  Object.entries(values)
    .map(([name, value]) => `#define ${family}_${name} ${literal(`${family}_${name}`, value)}\n`)
    .join(''),
);

const named = [...Object.keys(structs), ...lists.map(({ type }) => type)];
const forward = named.map((name) => `typedef struct ${name} ${name};\n`).join('');
const types = Object.entries(typedefs).map(([name, type]) => `typedef ${type}${type.endsWith('*') ? '' : ' '}${name};\n`);

const callbacks = `typedef CK_RV (*CK_NOTIFY)(CK_SESSION_HANDLE hSession, CK_NOTIFICATION event, CK_VOID_PTR pApplication);
typedef CK_RV (*CK_CREATEMUTEX)(CK_VOID_PTR_PTR ppMutex);
typedef CK_RV (*CK_DESTROYMUTEX)(CK_VOID_PTR pMutex);
typedef CK_RV (*CK_LOCKMUTEX)(CK_VOID_PTR pMutex);
typedef CK_RV (*CK_UNLOCKMUTEX)(CK_VOID_PTR pMutex);
`;

const bodies = Object.entries(structs).map(
  ([name, fields]) => `struct ${name} {\n${fields.map(([type, field]) => `    ${type} ${field};\n`).join('')}};\n`,
);

const prototypes = names.map((name) => `CK_RV ${name}(${argumentsOf(name)});\n`).join('');
const pointers = names.map((name) => `typedef CK_RV (*CK_${name})(${argumentsOf(name)});\n`).join('');

function listMacro({ macro, before, from, to }: (typeof lists)[number]): string {
  const rows = names.slice(from, to).map((name) => `    X(${name})`);
  return `#define ${macro}(X) \\\n${(before ? [`    ${before}(X)`] : []).concat(rows).join(' \\\n')}\n`;
}

const listBody = ({ macro, type }: (typeof lists)[number]): string =>
  `struct ${type} {\n    CK_VERSION version;\n    ${macro}(CK_MEMBER)\n};\n`;

const text = (): string =>
  [
    generatedC('src/protocol/constants.ts, structs.ts, calls.ts', 'PKCS#11 v3.2: constants, types, functions and function lists.'),
    '#ifndef STRONGROOM_PKCS11_H\n#define STRONGROOM_PKCS11_H\n',
    '#define CRYPTOKI_VERSION_MAJOR 3\n#define CRYPTOKI_VERSION_MINOR 2\n#define CRYPTOKI_VERSION_AMENDMENT 0\n',
    '#ifdef __cplusplus\nextern "C" {\n#endif\n',
    ...defines,
    forward,
    types.join(''),
    callbacks,
    ...bodies,
    '#pragma GCC visibility push(default)\n',
    prototypes,
    '#pragma GCC visibility pop\n',
    pointers,
    ...lists.map(listMacro),
    '#define CK_MEMBER(name) CK_##name name;\n',
    ...lists.map(listBody),
    '#undef CK_MEMBER\n',
    '#ifdef __cplusplus\n}\n#endif\n',
    '#endif\n',
  ].join('\n');

export const pkcs11Header: Output = { path: 'native/shared/pkcs11.h', text };
