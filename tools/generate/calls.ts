// native/pkcs11/calls.c: every C_* function that does nothing but carry its arguments to the engine and the answer back.

import { type CallName, calls, type Kind } from '../../src/protocol/calls.ts';
import { generatedC, type Output } from './output.ts';
import { argumentsOf, names } from './signature.ts';

/** The object or the slot that a call is about, for its lock and for the audit: its first handle beside the session's. */
function subject(kinds: readonly Kind[]): string {
  const found = kinds.find(({ kind, name }) => kind === 'ulong' && name !== 'hSession' && (/^h[A-Z]/.test(name) || name === 'slotID'));
  return found?.name ?? 'NO_SUBJECT';
}

function put(kind: Kind): string {
  switch (kind.kind) {
    case 'ulong':
    case 'flags':
      return `put_ulong(&call, ${kind.name});`;
    case 'bytes':
    case 'parameter':
      return `put_bytes(&call, ${kind.name}, ${kind.length});`;
    case 'fixedBytes':
      return `put_fixed(&call, ${kind.name}, ${kind.size});`;
    case 'text':
      return `put_text(&call, ${kind.name});`;
    case 'mechanism':
    case 'inOutMechanism':
      return `put_mechanism(&call, ${kind.name});`;
    case 'messageMechanism':
    case 'inOutMessageMechanism':
      return `put_message_mechanism(&call, ${kind.name});`;
    case 'inOutMessageParameter':
      return `put_message_parameter(&call, ${kind.name}, ${kind.length});`;
    case 'maybeOutUlong':
      return `put_ulong(&call, ${kind.name} ? 0 : NULL_MARK);`;
    case 'template':
      return `put_template(&call, ${kind.name}, ${kind.length});`;
    case 'outTemplate':
      return `put_wanted(&call, ${kind.name}, ${kind.length});`;
    case 'outBytes':
    case 'maybeOutBytes':
    case 'outUlongs':
      return `put_space(&call, ${kind.name}, ${kind.length});`;
    case 'outFixed':
      return `put_room(&call, ${kind.name}, ${kind.length});`;
    case 'outHandles':
      return `put_room(&call, ${kind.length} ? ${kind.name} : NULL, ${kind.length} ? ${kind.max} : 1);`;
    case 'outUlong':
    case 'outStruct':
      return `put_place(&call, ${kind.name});`;
    case 'asyncData':
      return '';
  }
}

function get(kind: Kind): string {
  switch (kind.kind) {
    case 'outBytes':
    case 'maybeOutBytes':
      return `get_bytes(&call, ${kind.name}, ${kind.length});`;
    case 'outUlongs':
      return `get_ulongs(&call, ${kind.name}, ${kind.length});`;
    case 'outFixed':
      return `get_fixed(&call, ${kind.name}, ${kind.length});`;
    case 'outHandles':
      return `get_handles(&call, ${kind.name}, ${kind.max}, ${kind.length});`;
    case 'inOutMechanism':
      return `get_mechanism(&call, ${kind.name});`;
    case 'inOutMessageMechanism':
      return `get_message_mechanism(&call, ${kind.name});`;
    case 'inOutMessageParameter':
      return `get_message_parameter(&call, ${kind.name}, ${kind.length});`;
    case 'outUlong':
    case 'maybeOutUlong':
      return `get_ulong(&call, ${kind.name});`;
    case 'outStruct':
      return `get_struct(&call, ${kind.name}, sizeof *${kind.name});`;
    case 'outTemplate':
      return `get_template(&call, ${kind.name}, ${kind.length});`;
    default:
      return '';
  }
}

function source(name: CallName): string {
  const kinds: readonly Kind[] = calls[name].kinds;
  const session = kinds[0]?.name === 'hSession' ? 'hSession' : 'NO_SESSION';
  const statements = [...kinds.map(put), 'call_exchange(&call);', ...kinds.map(get)].filter((line) => line !== '');
  return `CK_RV ${name}(${argumentsOf(name)})
{
    struct call call;

    if (!call_begin(&call, CALL_${name}, ${session}, ${subject(kinds)}))
        return call.rv;
${statements.map((line) => `    ${line}\n`).join('')}    return call_end(&call);
}
`;
}

const text = (): string =>
  [
    generatedC('src/protocol/calls.ts', 'The functions that only cross to the engine.'),
    '#include "marshal.h"\n#include "mechanism.h"\n',
    ...names.filter((name) => calls[name].entry === 'call').map(source),
  ].join('\n');

export const callsSource: Output = { path: 'native/pkcs11/calls.c', text };
