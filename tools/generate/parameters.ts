// native/pkcs11/parameters.c: mechanism parameters that hold pointers, written out field by field, and what comes back of them.

import { messageParameters, parameterOf } from '../../src/protocol/parameter-of.ts';
import { fieldsOf, isGiven, isReturned, parameterNames } from '../../src/protocol/parameters.ts';
import type { ParameterField, ParameterName } from '../../src/protocol/structures.ts';
import { generatedC, type Output } from './output.ts';

/** C for what stands at a path; 0 or NULL where the pointer on the way to it is NULL. */
function at(path: string): string {
  if (path.startsWith('*')) return `(params.${path.slice(1)} ? *params.${path.slice(1)} : 0)`;
  const [pointer, member] = path.split('->');
  return member === undefined ? `params.${path}` : `(params.${pointer} ? params.${path} : 0)`;
}

function addressOf(path: string): string {
  const [pointer, member] = path.split('->');
  return member === undefined ? `&params.${path}` : `(params.${pointer} ? &params.${path} : NULL)`;
}

/** Bytes behind a pointer. */
function length(field: ParameterField): string {
  switch (field.kind) {
    case 'bytes':
      return at(field.length);
    case 'bits':
      return `bytes_of(${at(field.length)})`;
    case 'nonce':
      return `nonce_bytes(${at(field.length)})`;
    case 'fixed':
      return `${at(field.path)} ? ${field.size} : 0`;
    default:
      return '';
  }
}

const loop = (pointer: string, count: string, statement: string): string[] => [
  `for (CK_ULONG i = 0; i < list_length(${pointer}, ${count}) && call->going; i++)`,
  `    ${statement}`,
];

function put(field: ParameterField): string[] {
  const place = at(field.path);
  if (field.kind === 'ulong') return [`put_ulong(call, ${place});`];
  if (field.kind === 'array') return [`put_bytes(call, ${place}, sizeof ${place});`];
  if (field.kind === 'template') return [`put_template(call, ${place}, ${at(field.count)});`];
  if (field.kind !== 'list') return [`put_bytes(call, ${place}, ${length(field)});`];
  const count = at(field.count);
  return [`put_count(call, ${place}, ${count});`, ...loop(place, count, `put_${field.struct}(call, ${place} + i);`)];
}

function get(field: ParameterField): string[] {
  const place = at(field.path);
  if (field.kind === 'handle') return [`get_ulong(call, ${field.pointed ? place : addressOf(field.path)});`];
  if (field.kind !== 'list') return [`get_fixed(call, ${place}, ${length(field)});`];
  const count = at(field.count);
  return [`get_count(call, ${place}, ${count});`, ...loop(place, count, `get_${field.struct}(call, ${place} + i);`)];
}

const definition = (way: 'put' | 'get', name: ParameterName, statements: readonly string[]): string =>
  `static void ${way}_${name}(struct call *call, ${way === 'put' ? 'const ' : ''}void *source)
{
    ${name} params;

    read_struct(&params, source, sizeof params);
${statements.map((line) => `    ${line}\n`).join('')}}
`;

const comesBack = (name: ParameterName): boolean => fieldsOf(name).some(isReturned);

function definitions(name: ParameterName): string[] {
  const fields = fieldsOf(name);
  const out = definition('put', name, fields.filter(isGiven).flatMap(put));
  return comesBack(name) ? [out, definition('get', name, fields.filter(isReturned).flatMap(get))] : [out];
}

/** Each stands after the ones it uses: elements of lists stand last in the table. */
const inOrder = parameterNames.toReversed();

const number = (name: ParameterName): number => parameterNames.indexOf(name);

const structure = (name: ParameterName): string => `    { sizeof(${name}), put_${name}, ${comesBack(name) ? `get_${name}` : 'NULL'} },\n`;

const takers = Object.entries(parameterOf).flatMap(([mechanism, structs]) =>
  [structs].flat().map((name) => `    { CKM_${mechanism}, ${number(name)} },\n`),
);

const text = (): string =>
  [
    generatedC('src/protocol/structures.ts', 'How each structure with pointers is flattened, and which mechanisms take which.'),
    '#include "parameters.h"\n',
    ...inOrder.flatMap(definitions),
    `const struct structure structures[] = {\n${parameterNames.map(structure).join('')}};\n`,
    `const struct taker takers[] = {\n${takers.join('')}};\n`,
    'const size_t takers_count = sizeof takers / sizeof takers[0];\n',
    `const uint64_t message_structures[] = { ${messageParameters.map(number).join(', ')} };\n`,
    'const size_t message_structures_count = sizeof message_structures / sizeof message_structures[0];\n',
  ].join('\n');

export const parametersSource: Output = { path: 'native/pkcs11/parameters.c', text };
