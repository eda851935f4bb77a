// What every *Init with a key checks, in one order: the mechanism, the handle, the type, the permission.

import type { Key, Mechanism, Operations as MechanismOperations } from '../mechanisms/mechanism.ts';
import { mechanisms } from '../mechanisms/registry.ts';
import { isTrue, readUlong, ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKO } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import type { Context } from '../token/context.ts';
import type { Operation, OperationName } from '../token/operation.ts';
import type { Session } from '../token/session.ts';

type WithKey = 'sign' | 'verify' | 'encrypt' | 'decrypt';

/** The attribute that permits the use, and the classes of key that have the use at all. */
const USES = {
  sign: { permission: CKA.SIGN, classes: [CKO.PRIVATE_KEY, CKO.SECRET_KEY] },
  verify: { permission: CKA.VERIFY, classes: [CKO.PUBLIC_KEY, CKO.SECRET_KEY] },
  encrypt: { permission: CKA.ENCRYPT, classes: [CKO.PUBLIC_KEY, CKO.SECRET_KEY] },
  decrypt: { permission: CKA.DECRYPT, classes: [CKO.PRIVATE_KEY, CKO.SECRET_KEY] },
} as const satisfies Record<WithKey, { permission: number; classes: readonly number[] }>;

/** An operation with a key: a private key's ends with the login it was found under. */
interface Keyed<T> {
  readonly doing: T;
  readonly generation: number | undefined;
  /** CKA_ALWAYS_AUTHENTICATE: nothing is done before a context-specific login. */
  awaitsLogin: boolean;
}

/** @throws CKR_MECHANISM_INVALID where the mechanism does not do this. */
export function mechanismFor<O extends keyof MechanismOperations>(
  type: number,
  operation: O,
): Mechanism & { operations: Required<Pick<MechanismOperations, O>> } {
  const mechanism = mechanisms.get(type);
  ensure(mechanism?.operations[operation] !== undefined, 'MECHANISM_INVALID', `the mechanism does not ${operation}`);
  return mechanism as Mechanism & { operations: Required<Pick<MechanismOperations, O>> };
}

/** A NULL mechanism ends the active operation (since v3.0). */
export function beginWithKey<O extends WithKey>(
  context: Context,
  session: Session,
  name: O,
  wanted: WireMechanism | undefined,
  hKey: number,
): undefined {
  if (wanted === undefined) {
    session.operations.get(name);
    session.operations.end(name);
    return undefined;
  }
  session.operations.begin(name, () => {
    const mechanism = mechanismFor(wanted.type, name);
    const key = context.objects.find(session, hKey);
    ensure(key !== undefined, 'KEY_HANDLE_INVALID', 'no such key');
    checkUse(key, name, mechanism, wanted.type);
    const start = mechanism.operations[name] as (key: Key, parameter: MechanismParameter) => unknown;
    return {
      doing: start(key, wanted.parameter),
      generation: key.private ? session.generation : undefined,
      awaitsLogin: isTrue(key.attributes, CKA.ALWAYS_AUTHENTICATE),
    };
  });
  return undefined;
}

function checkUse(key: Key, name: WithKey, mechanism: Mechanism, type: number): void {
  const { attributes } = key;
  const { permission, classes } = USES[name];
  const keyClass = ulongOf(attributes, CKA.CLASS);
  const keyType = ulongOf(attributes, CKA.KEY_TYPE);
  ensure(
    classes.some((allowed) => allowed === keyClass),
    'KEY_TYPE_INCONSISTENT',
    `that class of object does not ${name}`,
  );
  const { keyType: fits } = mechanism;
  const isFit = typeof fits === 'number' ? fits === keyType : keyType !== undefined && fits?.includes(keyType);
  ensure(isFit, 'KEY_TYPE_INCONSISTENT', 'the mechanism is for another type of key');
  ensure(isTrue(attributes, permission), 'KEY_FUNCTION_NOT_PERMITTED', `the key may not ${name}`);
  const allowed = attributes.get(CKA.ALLOWED_MECHANISMS);
  ensure(
    allowed === undefined || allowed.length === 0 || includes(allowed, type),
    'MECHANISM_INVALID',
    'CKA_ALLOWED_MECHANISMS excludes it',
  );
}

function includes(ulongs: Uint8Array, wanted: number): boolean {
  for (let at = 0; at + 8 <= ulongs.length; at += 8) if (readUlong(ulongs.subarray(at, at + 8)) === wanted) return true;
  return false;
}

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
  (['sign', 'decrypt'] as const)
    .map((name) => session.operations.peek<Keyed<unknown>>(name)?.active)
    .filter((keyed) => keyed !== undefined)
    .filter((keyed) => keyed.awaitsLogin);

/** For one-shot calls. @throws CKR_OPERATION_ACTIVE after an update. */
export function whole<T>(session: Session, name: OperationName): Operation<Keyed<T>> {
  const operation = active<T>(session, name);
  ensure(!operation.updated, 'OPERATION_ACTIVE', 'parts were given already');
  return operation;
}

/** What a multi-part call needs. @throws CKR_OPERATION_NOT_INITIALIZED where the mechanism takes the data whole: nothing multi-part is active. */
export function parted<F>(function_: F | undefined): F {
  ensure(function_ !== undefined, 'OPERATION_NOT_INITIALIZED', 'the mechanism takes its data in one piece only');
  return function_;
}
