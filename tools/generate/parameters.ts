// native/pkcs11/parameters.c: mechanism parameters that hold pointers, written out field by field.

import { type ParameterField, type ParameterName, parameterOf, parameters } from '../../src/protocol/parameters.ts';
import { generatedC, type Output } from './output.ts';

const put = (field: ParameterField): string =>
  field.kind === 'ulong' ? `put_ulong(call, params.${field.name});` : `put_bytes(call, params.${field.name}, params.${field.length});`;

function flatten(name: ParameterName): string {
  const fields: readonly ParameterField[] = parameters[name];
  return `static void put_${name}(struct call *call, const void *source)
{
    ${name} params;

    read_struct(&params, source, sizeof params);
${fields.map((field) => `    ${put(field)}\n`).join('')}}
`;
}

const entry = ([mechanism, struct]: [string, ParameterName]): string => `    { CKM_${mechanism}, sizeof(${struct}), put_${struct} },\n`;

const text = (): string =>
  [
    generatedC('src/protocol/parameters.ts', 'How each structure with pointers is flattened, and which mechanisms take which.'),
    '#include "parameters.h"\n\n#include <stddef.h>\n',
    ...(Object.keys(parameters) as ParameterName[]).map(flatten),
    `static const struct parameter flattened[] = {\n${Object.entries(parameterOf).map(entry).join('')}};\n`,
    `const struct parameter *parameter_of(CK_MECHANISM_TYPE mechanism, CK_ULONG size)
{
    for (size_t i = 0; i < sizeof flattened / sizeof flattened[0]; i++)
        if (flattened[i].mechanism == mechanism && flattened[i].size == size)
            return &flattened[i];
    return NULL;
}
`,
  ].join('\n');

export const parametersSource: Output = { path: 'native/pkcs11/parameters.c', text };
