// One call, from its frame to its reply: the only place where errors become return values.

import { handlers } from '../functions/index.ts';
import { ensure, Pkcs11Error } from '../model/error.ts';
import { type CallName, FORESEEN } from '../protocol/calls.ts';
import { Partial, type Plan, plans, readRequest, writeError, writeReply } from '../protocol/codec.ts';
import { CKR } from '../protocol/constants.ts';
import { operationOf } from '../protocol/operations.ts';
import { MalformedFrame, type Reader } from '../protocol/reader.ts';
import type { Writer } from '../protocol/writer.ts';
import type { Context } from '../token/context.ts';
import { returnValue } from './return-value.ts';
import { MARK, mark } from './trace.ts';

type AnyHandler = (context: Context, request: Record<string, unknown>) => unknown;

/** Where a bug is told. */
export type Report = (text: string) => void;

/**
 * Answers the call whose frame `reader` stands at. The reply is in `writer` on return, unless a promise is returned: then it is
 * in the writer that `late` gives, once the promise is fulfilled (it never rejects).
 * @throws MalformedFrame: the sender is to be dropped.
 */
export function dispatch(
  context: Context,
  reader: Reader,
  writer: Writer,
  late: () => Writer,
  report: Report,
): Promise<Writer> | undefined {
  mark(MARK.DISPATCHED);
  const id = reader.ulong();
  const plan = plans[id % FORESEEN];
  if (plan === undefined) throw new MalformedFrame('no such call');
  const handler = handlers[plan.name] as AnyHandler | undefined;
  if (handler === undefined) {
    writeError(writer, CKR.FUNCTION_NOT_SUPPORTED);
    return undefined;
  }
  const init = id >= FORESEEN ? initOf(plan, id) : undefined;
  const foreseen = init && readRequest(init, reader);
  const request = readRequest(plan, reader);
  if (foreseen !== undefined && foreseen.hSession !== request.hSession) throw new MalformedFrame('an Init for another session');
  if (!reader.finished) throw new MalformedFrame('a frame has more than its call takes');
  mark(MARK.READ);
  try {
    ensure(!reader.bad, 'ARGUMENTS_BAD', 'a pointer is NULL that must not be');
    if (init !== undefined) beginForeseen(context, plan, init, foreseen!);
    const result = handler(context, request);
    mark(MARK.HANDLED);
    if (result instanceof Promise) return answerLate(result, context, plan, request, late, report);
    answer(plan, writer, request, result);
  } catch (error) {
    writeError(writer, judge(error, context, plan, request, report));
  }
  return undefined;
}

function initOf({ init }: Plan, id: number): Plan {
  if (init === undefined || id >= 2 * FORESEEN) throw new MalformedFrame('a call that has no Init with it');
  return init;
}

/**
 * The Init that the library has answered ahead (native/pkcs11/foreseen.c). What stands against it now came after that
 * answer: the call that goes on has no other name for it than that there is no operation any more.
 */
function beginForeseen(context: Context, { name }: Plan, init: Plan, request: Record<string, unknown>): void {
  try {
    (handlers[init.name] as AnyHandler)(context, request);
  } catch (error) {
    if (!(error instanceof Pkcs11Error) || returnValue(name, error.rv) !== undefined) throw error;
    throw new Pkcs11Error('OPERATION_NOT_INITIALIZED', 'the key is no longer what it was at its Init', { cause: error });
  }
}

/** @throws where a code that outputs go with is not the function's. */
function answer(plan: Plan, writer: Writer, request: Record<string, unknown>, result: unknown): void {
  const isOwn = !(result instanceof Partial) || returnValue(plan.name, result.rv) === result.rv;
  if (!isOwn) throw new Error(`answers 0x${result.rv.toString(16)}`);
  writeReply(plan, writer, request, result);
}

async function answerLate(
  result: Promise<unknown>,
  context: Context,
  plan: Plan,
  request: Record<string, unknown>,
  late: () => Writer,
  report: Report,
): Promise<Writer> {
  const writer = late();
  try {
    answer(plan, writer, request, await result);
  } catch (error) {
    writeError(writer, judge(error, context, plan, request, report));
  }
  return writer;
}

/** The return value of an error. One that is no Pkcs11Error is a bug of ours, and so is a code that is not the function's: they are logged. */
function judge(error: unknown, context: Context, plan: Plan, request: Record<string, unknown>, report: Report): number {
  const session = context.sessions.peek(context.application, request.hSession as number);
  for (const operation of operationOf[plan.name] ?? []) session?.operations.fail(operation);
  const name: CallName = plan.name;
  const isOurs = error instanceof Pkcs11Error;
  const rv = isOurs ? returnValue(name, error.rv) : undefined;
  if (rv !== undefined) return rv;
  report(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return isOurs ? CKR.FUNCTION_FAILED : CKR.GENERAL_ERROR;
}
