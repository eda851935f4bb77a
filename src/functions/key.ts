// Operations with a key: how they begin, whether they still are, whether a message is at hand.

import type { Key } from '../mechanisms/mechanism.ts';
import { isTrue } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA } from '../protocol/constants.ts';
import type { OperationName } from '../protocol/operations.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import { type Context, sessionOf } from '../token/context.ts';
import type { Operation } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import { keyFor, type UseName } from './use.ts';

/** An operation with a key: a private key's ends with the login it was found under. */
export interface Keyed<T> {
  readonly doing: T;
  readonly hKey: number;
  readonly generation: number | undefined;
  /** CKA_ALWAYS_AUTHENTICATE: nothing is done before a context-specific login. */
  awaitsLogin: boolean;
}

/** A NULL mechanism ends the active operation (since v3.0). @param use what the key is used for, where that is not the operation's name. */
export function beginWithKey(
  context: Context,
  session: Session,
  name: OperationName & UseName,
  wanted: WireMechanism | undefined,
  hKey: number,
): undefined;
export function beginWithKey<T>(
  context: Context,
  session: Session,
  name: OperationName,
  wanted: WireMechanism | undefined,
  hKey: number,
  use: UseName,
  prepare: (doing: T, key: Key) => unknown,
): undefined;
export function beginWithKey(
  context: Context,
  session: Session,
  name: OperationName,
  wanted: WireMechanism | undefined,
  hKey: number,
  use = name as UseName,
  prepare: (doing: never, key: Key) => unknown = asItIs,
): undefined {
  const { operations } = session;
  if (wanted === undefined) {
    operations.cancel(name);
    return undefined;
  }
  operations.admit(name);
  const { key, mechanism } = keyFor(context, session, use, wanted.type, hKey);
  const start = mechanism.operations[use] as (key: Key, parameter: MechanismParameter) => never;
  operations.begin<Keyed<unknown>>(name, {
    doing: prepare(start(key, wanted.parameter), key),
    hKey,
    generation: key.private ? session.generation : undefined,
    awaitsLogin: isTrue(key.attributes, CKA.ALWAYS_AUTHENTICATE),
  });
  return undefined;
}

const asItIs = (doing: unknown): unknown => doing;

/** The active operation. One whose key went with the login is over (C_Logout leaves this to the token). */
export function active<T>(session: Session, name: OperationName): Operation<Keyed<T>> {
  const operation = session.operations.get<Keyed<T>>(name);
  const { generation, awaitsLogin } = operation.active;
  ensure(
    generation === undefined || generation === session.generation,
    'USER_NOT_LOGGED_IN',
    'the login that the key was found under has ended',
  );
  ensure(!awaitsLogin, 'USER_NOT_LOGGED_IN', 'the key wants a context-specific login for each use');
  return operation;
}

/** The operations that a context-specific login would release (§5.6.8). */
export const awaitingLogin = (session: Session): Keyed<unknown>[] =>
  (['sign', 'decrypt', 'signRecover', 'messageSign', 'messageDecrypt'] as const)
    .map((name) => session.operations.peek<Keyed<unknown>>(name)?.active)
    .filter((keyed) => keyed !== undefined)
    .filter((keyed) => keyed.awaitsLogin);

/** For one-shot calls. @throws CKR_OPERATION_ACTIVE after an update. */
export function whole<T>(session: Session, name: OperationName): Operation<Keyed<T>> {
  const operation = active<T>(session, name);
  ensure(!operation.updated, 'OPERATION_ACTIVE', 'parts were given already');
  return operation;
}

/** A process of messages between two of them. @throws CKR_OPERATION_ACTIVE in the middle of one. */
export function between<T>(context: Context, hSession: number, name: OperationName): Operation<Keyed<T>> {
  const operation = active<T>(sessionOf(context, hSession), name);
  ensure(operation.message === undefined, 'OPERATION_ACTIVE', 'a message in parts is not complete');
  return operation;
}

/** A process of messages in the middle of one. @throws CKR_OPERATION_NOT_INITIALIZED between two. */
export function inMessage<M>(context: Context, hSession: number, name: OperationName): { operation: Operation<unknown>; message: M } {
  const operation = active(sessionOf(context, hSession), name);
  ensure(operation.message !== undefined, 'OPERATION_NOT_INITIALIZED', 'no message was begun');
  return { operation, message: operation.message as M };
}

/** Ends a process of messages; one that is not complete is given up with it. */
export function endProcess(context: Context, hSession: number, name: OperationName): undefined {
  const { operations } = sessionOf(context, hSession);
  operations.get(name);
  operations.end(name);
  return undefined;
}

/** What a multi-part call needs. @throws CKR_OPERATION_NOT_INITIALIZED where the mechanism takes the data whole: nothing multi-part is active. */
export function parted<F>(function_: F | undefined): F {
  ensure(function_ !== undefined, 'OPERATION_NOT_INITIALIZED', 'the mechanism takes its data in one piece only');
  return function_;
}
