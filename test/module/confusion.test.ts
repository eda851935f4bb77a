// Key confusion: every mechanism with every object that it is not for, in every function that takes both. Nothing but an error of the
// standard's comes of it; and since no key here permits anything, of those that it is for neither.
import { expect } from 'vitest';
import type { Mechanism, Operations } from '../../src/mechanisms/mechanism.ts';
import { registry } from '../../src/mechanisms/registry.ts';
import { CKO } from '../../src/protocol/constants.ts';
import { type Made, makeEveryKey } from '../support/every-key.ts';
import { note } from '../support/figures.ts';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const mechanisms = registry({ legacy: true });
process.env.STRONGROOM_LEGACY = 'true';

interface Use {
  readonly operations: readonly (keyof Operations)[];
  /** The class of asymmetric key that the function takes. Secret keys fit every one, and OTP keys where a signature is made or verified. */
  readonly half: number;
  readonly noKey?: string;
  readonly wrongKey?: string;
}

const [PUBLIC, PRIVATE] = [CKO.PUBLIC_KEY, CKO.PRIVATE_KEY];
const wrapping = { half: PUBLIC, noKey: 'WRAPPING_KEY_HANDLE_INVALID', wrongKey: 'WRAPPING_KEY_TYPE_INCONSISTENT' };
const unwrapping = { half: PRIVATE, noKey: 'UNWRAPPING_KEY_HANDLE_INVALID', wrongKey: 'UNWRAPPING_KEY_TYPE_INCONSISTENT' };

const uses: Readonly<Record<string, Use>> = {
  C_EncryptInit: { operations: ['encrypt'], half: PUBLIC },
  C_DecryptInit: { operations: ['decrypt'], half: PRIVATE },
  C_SignInit: { operations: ['sign', 'signStateful'], half: PRIVATE },
  C_VerifyInit: { operations: ['verify'], half: PUBLIC },
  C_SignRecoverInit: { operations: ['signRecover'], half: PRIVATE },
  C_VerifyRecoverInit: { operations: ['verifyRecover'], half: PUBLIC },
  C_VerifySignatureInit: { operations: ['verify'], half: PUBLIC },
  C_MessageEncryptInit: { operations: ['messageEncrypt'], half: PUBLIC },
  C_MessageDecryptInit: { operations: ['messageDecrypt'], half: PRIVATE },
  C_MessageSignInit: { operations: ['messageSign'], half: PRIVATE },
  C_MessageVerifyInit: { operations: ['messageVerify'], half: PUBLIC },
  C_WrapKey: { operations: ['wrapKey'], ...wrapping },
  C_UnwrapKey: { operations: ['unwrapKey'], ...unwrapping },
  C_WrapKeyAuthenticated: { operations: ['wrapKeyAuthenticated'], ...wrapping },
  C_UnwrapKeyAuthenticated: { operations: ['unwrapKeyAuthenticated'], ...unwrapping },
  C_DeriveKey: { operations: ['deriveKey'], half: PRIVATE },
  C_EncapsulateKey: { operations: ['encapsulateKey'], half: PUBLIC },
  C_DecapsulateKey: { operations: ['decapsulateKey'], ...unwrapping },
};

const KEYS: readonly number[] = [PUBLIC, PRIVATE, CKO.SECRET_KEY, CKO.OTP_KEY];

/** What §5.1.6 has for it: each code before those of lower priority. */
function expected(
  { operations, half, noKey = 'KEY_HANDLE_INVALID', wrongKey = 'KEY_TYPE_INCONSISTENT' }: Use,
  of: Mechanism,
  object: Made,
) {
  if (!operations.some((operation) => of.operations[operation])) return 'MECHANISM_INVALID';
  if (!KEYS.includes(object.objectClass)) return noKey;
  const types = of.keyType === undefined ? undefined : [of.keyType].flat();
  const isSigning = operations.some((operation) => /^(messageS|s)ign|^(messageV|v)erify/.test(operation));
  const isHalf = object.objectClass === half || object.objectClass === CKO.SECRET_KEY || (isSigning && object.objectClass === CKO.OTP_KEY);
  if (!isHalf || (types !== undefined && !types.includes(object.keyType!))) return wrongKey;
  return 'KEY_FUNCTION_NOT_PERMITTED';
}

test('no mechanism takes an object that it is not for', { timeout: 120_000 }, async ({ task, room, token, module, session }) => {
  const made = makeEveryKey(module, session);
  const wanted = [...mechanisms.values()].flatMap(({ keyType }) => keyType ?? []);
  expect(wanted.filter((type) => !made.some(({ keyType }) => keyType === type))).toEqual([]);
  const { calls, end } = await probe(room, 'confusion', { PROBE_PIN: token.pin });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  const wrong: string[] = [];
  let [judged, inconsistent] = [0, 0];
  for (const [name, use] of Object.entries(uses))
    for (const [type, mechanism] of mechanisms) {
      // It derives from keys of any type (CKM_PUB_KEY_FROM_PRIV_KEY): only what has no public half is not for it.
      const isOpen = name === 'C_DeriveKey' && mechanism.anyBase === true;
      const tried = made.filter(({ label }) => calls[`${name} ${type} ${label}`] !== undefined);
      if (tried.length < (use.operations.some((operation) => mechanism.operations[operation]) ? made.length : 1))
        wrong.push(`${name} ${type}: untried`);
      for (const object of tried.filter(({ objectClass }) => !isOpen || objectClass !== PRIVATE)) {
        const call = `${name} ${type} ${object.label}`;
        const right = isOpen && KEYS.includes(object.objectClass) ? 'KEY_TYPE_INCONSISTENT' : expected(use, mechanism, object);
        judged += 1;
        if (/TYPE_INCONSISTENT$|HANDLE_INVALID$/.test(right)) inconsistent += 1;
        if (calls[call] !== right) wrong.push(`${call}: ${calls[call]}, not ${right}`);
      }
    }
  expect(wrong).toEqual([]);
  const total = {
    'that the mechanism is not for': inconsistent,
    'that permits nothing, and functions that the mechanism has not': judged - inconsistent,
  };
  for (const [name, count] of Object.entries(total))
    note(task, { family: 'Key confusion: mechanisms with an object', name, passed: count, total: count, exceptions: {} });
  expect(inconsistent).toBeGreaterThan(10_000);
});
