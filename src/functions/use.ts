// What every use of a key checks, in one order: the mechanism, the handle, the type, the permission.

import type { Key, Mechanism, Operations as MechanismOperations } from '../mechanisms/mechanism.ts';
import { type Attributes, isTrue, readUlong, ulongOf } from '../model/attribute.ts';
import { type CkrName, ensure } from '../model/error.ts';
import { CKA, CKO } from '../protocol/constants.ts';
import type { Context } from '../token/context.ts';
import type { TokenObject } from '../token/objects.ts';
import type { Session } from '../token/session.ts';

interface Use {
  /** The attribute that permits it. */
  readonly permission: number;
  /** The classes of key that have the use at all. */
  readonly classes: readonly number[];
  /** Where the function has codes of its own. */
  readonly noKey?: CkrName;
  readonly wrongType?: CkrName;
}

const [PUBLIC, PRIVATE] = [
  [CKO.PUBLIC_KEY, CKO.SECRET_KEY],
  [CKO.PRIVATE_KEY, CKO.SECRET_KEY],
] as const;
const sign: Use = { permission: CKA.SIGN, classes: [...PRIVATE, CKO.OTP_KEY] };
const verify: Use = { permission: CKA.VERIFY, classes: [...PUBLIC, CKO.OTP_KEY] };
const encrypt: Use = { permission: CKA.ENCRYPT, classes: PUBLIC };
const decrypt: Use = { permission: CKA.DECRYPT, classes: PRIVATE };
const wrapKey: Use = {
  permission: CKA.WRAP,
  classes: PUBLIC,
  noKey: 'WRAPPING_KEY_HANDLE_INVALID',
  wrongType: 'WRAPPING_KEY_TYPE_INCONSISTENT',
};
const unwrapping = { noKey: 'UNWRAPPING_KEY_HANDLE_INVALID', wrongType: 'UNWRAPPING_KEY_TYPE_INCONSISTENT' } as const;
const unwrapKey: Use = { permission: CKA.UNWRAP, classes: PRIVATE, ...unwrapping };

const USES = {
  sign,
  signStateful: sign,
  verify,
  encrypt,
  decrypt,
  signRecover: { ...sign, permission: CKA.SIGN_RECOVER },
  verifyRecover: { ...verify, permission: CKA.VERIFY_RECOVER },
  messageSign: sign,
  messageVerify: verify,
  messageEncrypt: encrypt,
  messageDecrypt: decrypt,
  wrapKey,
  wrapKeyAuthenticated: wrapKey,
  unwrapKey,
  unwrapKeyAuthenticated: unwrapKey,
  deriveKey: { permission: CKA.DERIVE, classes: PRIVATE },
  encapsulateKey: { permission: CKA.ENCAPSULATE, classes: PUBLIC },
  decapsulateKey: { permission: CKA.DECAPSULATE, classes: PRIVATE, ...unwrapping },
} as const satisfies Partial<Record<keyof MechanismOperations, Use>>;
export type UseName = keyof typeof USES;

/** @throws CKR_MECHANISM_INVALID where the mechanism does not do this. */
export function mechanismFor<O extends keyof MechanismOperations>(
  { mechanisms }: Context,
  type: number,
  operation: O,
): Mechanism & { operations: Required<Pick<MechanismOperations, O>> } {
  const mechanism = mechanisms.get(type);
  ensure(mechanism?.operations[operation] !== undefined, 'MECHANISM_INVALID', 'the mechanism does not', operation);
  return mechanism as Mechanism & { operations: Required<Pick<MechanismOperations, O>> };
}

const KEYS: readonly (number | undefined)[] = [CKO.PUBLIC_KEY, CKO.PRIVATE_KEY, CKO.SECRET_KEY, CKO.OTP_KEY];

/** A valid handle of what is no key is as bad as none (§5.1.6, CKR_KEY_HANDLE_INVALID). */
export function findKey(context: Context, session: Session, handle: number, noKey: CkrName = 'KEY_HANDLE_INVALID'): TokenObject {
  const object = context.objects.find(session, handle);
  ensure(object !== undefined && KEYS.includes(ulongOf(object.attributes, CKA.CLASS)), noKey, 'no such key');
  return object;
}

/** The key, and the mechanism that uses it so: the key found to be fit for it. */
export function keyFor<U extends UseName>(context: Context, session: Session, use: U, type: number, hKey: number) {
  const mechanism = mechanismFor(context, type, use);
  const { noKey }: Use = USES[use];
  const key = findKey(context, session, hKey, noKey);
  checkUse(key, use, mechanism, type);
  return { key, mechanism };
}

function checkUse({ attributes }: Key, use: UseName, mechanism: Mechanism, type: number): void {
  const { permission, classes, wrongType = 'KEY_TYPE_INCONSISTENT' }: Use = USES[use];
  const isAnyBase = use === 'deriveKey' && mechanism.anyBase === true;
  const keyClass = ulongOf(attributes, CKA.CLASS);
  const keyType = ulongOf(attributes, CKA.KEY_TYPE);
  const hasUse = isAnyBase || (keyClass !== undefined && classes.includes(keyClass));
  ensure(hasUse, wrongType, 'that class of key does not', use);
  ensure(isAnyBase || isOfType(mechanism, keyType), wrongType, 'the mechanism is for another type of key');
  ensure(isAnyBase || isTrue(attributes, permission), 'KEY_FUNCTION_NOT_PERMITTED', 'the key may not', use);
  checkAllowed(attributes, type);
}

function isOfType({ keyType: types }: Mechanism, keyType: number | undefined): boolean {
  if (types === undefined || types === keyType) return true;
  return typeof types === 'object' && keyType !== undefined && types.includes(keyType);
}

/** A further key, of a derivation's parameter: what it is derived from as well, it must permit as well. */
export function furtherKey(context: Context, session: Session, type: number, handle: number): Key {
  const key = findKey(context, session, handle);
  ensure(isTrue(key.attributes, CKA.DERIVE), 'KEY_FUNCTION_NOT_PERMITTED', "the parameter's key may not derive");
  checkAllowed(key.attributes, type);
  return key;
}

function checkAllowed(attributes: Attributes, type: number): void {
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
