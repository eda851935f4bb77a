// Message-based encryption and decryption (§5.9, §5.11): one Init, then message after message, each with a parameter of its own.

import type { Message, MessageCiphering } from '../mechanisms/mechanism.ts';
import { ensure } from '../model/error.ts';
import { Needed } from '../protocol/codec.ts';
import { CKF } from '../protocol/constants.ts';
import type { MechanismParameter, ReturnedStruct } from '../protocol/parameters.ts';
import { type Context, sessionOf } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { beginWithKey, between, endProcess, inMessage } from './key.ts';

type Process = 'messageEncrypt' | 'messageDecrypt';

export const messageCiphers: Pick<
  Handlers,
  | 'C_MessageEncryptInit'
  | 'C_EncryptMessage'
  | 'C_EncryptMessageBegin'
  | 'C_EncryptMessageNext'
  | 'C_MessageEncryptFinal'
  | 'C_MessageDecryptInit'
  | 'C_DecryptMessage'
  | 'C_DecryptMessageBegin'
  | 'C_DecryptMessageNext'
  | 'C_MessageDecryptFinal'
> = {
  C_MessageEncryptInit: (context, { hSession, pMechanism, hKey }) =>
    beginWithKey(context, sessionOf(context, hSession), 'messageEncrypt', pMechanism, hKey),
  C_EncryptMessage: (context, { hSession, pParameter, pAssociatedData, pPlaintext, pCiphertext }) => {
    const { output, returned } = once(context, 'messageEncrypt', hSession, pParameter, pAssociatedData, pPlaintext, pCiphertext);
    return { pParameter: returned, pCiphertext: output };
  },
  C_EncryptMessageBegin: (context, { hSession, pParameter, pAssociatedData }) => ({
    pParameter: begin(context, 'messageEncrypt', hSession, pParameter, pAssociatedData),
  }),
  C_EncryptMessageNext: (context, { hSession, pParameter, pPlaintextPart, pCiphertextPart, flags }) => {
    const { output, returned } = next(context, 'messageEncrypt', hSession, pParameter, pPlaintextPart, pCiphertextPart, flags);
    return { pParameter: returned, pCiphertextPart: output };
  },
  C_MessageEncryptFinal: (context, { hSession }) => endProcess(context, hSession, 'messageEncrypt'),

  C_MessageDecryptInit: (context, { hSession, pMechanism, hKey }) =>
    beginWithKey(context, sessionOf(context, hSession), 'messageDecrypt', pMechanism, hKey),
  C_DecryptMessage: (context, { hSession, pParameter, pAssociatedData, pCiphertext, pPlaintext }) => {
    const { output, returned } = once(context, 'messageDecrypt', hSession, pParameter, pAssociatedData, pCiphertext, pPlaintext);
    return { pParameter: returned, pPlaintext: output };
  },
  C_DecryptMessageBegin: (context, { hSession, pParameter, pAssociatedData }) => ({
    pParameter: begin(context, 'messageDecrypt', hSession, pParameter, pAssociatedData),
  }),
  C_DecryptMessageNext: (context, { hSession, pParameter, pCiphertextPart, pPlaintextPart, flags }) => {
    const { output, returned } = next(context, 'messageDecrypt', hSession, pParameter, pCiphertextPart, pPlaintextPart, flags);
    return { pParameter: returned, pPlaintextPart: output };
  },
  C_MessageDecryptFinal: (context, { hSession }) => endProcess(context, hSession, 'messageDecrypt'),
};

interface Answer {
  readonly output: Uint8Array | Needed;
  readonly returned?: ReturnedStruct | undefined;
}

function once(
  context: Context,
  name: Process,
  hSession: number,
  parameter: MechanismParameter,
  associatedData: Uint8Array | null,
  input: Uint8Array | null,
  space: number,
): Answer {
  const { doing } = between<MessageCiphering>(context, hSession, name).active;
  const data = input ?? EMPTY;
  // Asked before the message begins: what only asks for a length takes no initialisation vector from the generator.
  const needed = answerExact(space, doing.size(data.length), () => EMPTY);
  if (needed instanceof Needed) return { output: needed };
  const { data: output, returned } = doing.begin(parameter, associatedData ?? EMPTY).last(data, parameter);
  return { output, returned };
}

function begin(
  context: Context,
  name: Process,
  hSession: number,
  parameter: MechanismParameter,
  associatedData: Uint8Array | null,
): ReturnedStruct | undefined {
  const operation = between<MessageCiphering>(context, hSession, name);
  const message = operation.active.doing.begin(parameter, (associatedData ?? EMPTY).slice());
  operation.message = message;
  return message.returned;
}

function next(
  context: Context,
  name: Process,
  hSession: number,
  parameter: MechanismParameter,
  input: Uint8Array | null,
  space: number,
  flags: bigint,
): Answer {
  const isLast = flags === BigInt(CKF.END_OF_MESSAGE);
  ensure(flags === 0n || isLast, 'ARGUMENTS_BAD', 'no such flag');
  const { operation, message } = inMessage<Message>(context, hSession, name);
  const part = input ?? EMPTY;
  const needed = answerExact(space, message.size(part.length, isLast), () => EMPTY);
  if (needed instanceof Needed) return { output: needed };
  if (!isLast) return { output: message.next(part) };
  const { data: output, returned } = message.last(part, parameter);
  operation.message = undefined;
  return { output, returned };
}
