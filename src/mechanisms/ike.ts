// The derivations of IKEv1 (RFC 2409) and IKEv2 (RFC 7296).

import type { Template } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKM } from '../protocol/constants.ts';
import { lengthAsked, secretKey } from './derived.ts';
import { required } from './key.ts';
import type { Derivation, Derived, Mechanism, NewKey, Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { passing } from './passing.ts';
import { type Prf, prfOf } from './prf.ts';
import { anySecret, keyBytes } from './simple-derivation.ts';

const EMPTY = new Uint8Array(0);

const ike = (deriveKey: (derivation: Derivation) => Derived): Mechanism => ({
  keyType: anySecret,
  keySize: [1, 2 ** 31 - 1],
  operations: { deriveKey },
});

/** The function's output, cut where the template asks for less. */
function cut(template: Template, output: Uint8Array): NewKey {
  return secretKey(template, output.subarray(0, lengthAsked(template, output.length, output.length)));
}

/** SKEYSEED, SKEYID. */
const initial: Mechanism = ike(({ base, parameter, template, keyAt }) => {
  const fields = structParameter(parameter, 'CK_IKE_PRF_DERIVE_PARAMS');
  const [asKey, rekey] = [fields.bDataAsKey !== 0, fields.bRekey !== 0];
  ensure(!(asKey && rekey), 'ARGUMENTS_BAD', 'the data cannot be the key of a rekeying');
  const nonces = Buffer.concat([fields.pNi ?? EMPTY, fields.pNr ?? EMPTY]);
  const prf = prfOf(fields.prfMechanism, asKey ? passing(nonces) : base);
  const output = asKey ? prf.of(keyBytes(base)) : prf.of(rekey ? keyBytes(keyAt(fields.hNewKey)) : EMPTY, nonces);
  ensure(
    lengthAsked(template, output.length, output.length) === output.length,
    'KEY_SIZE_RANGE',
    'the key is as long as the function gives',
  );
  return { key: secretKey(template, output) };
});

/** SKEYID_d, SKEYID_a, SKEYID_e. */
const chained: Mechanism = ike(({ base, parameter, template, keyAt }) => {
  required(template, CKA.KEY_TYPE);
  const fields = structParameter(parameter, 'CK_IKE1_PRF_DERIVE_PARAMS');
  const previous = fields.bHasPrevKey !== 0 ? keyBytes(keyAt(fields.hPrevKey)) : EMPTY;
  const cookies = [fields.pCKYi ?? EMPTY, fields.pCKYr ?? EMPTY];
  const prf = prfOf(fields.prfMechanism, base);
  return { key: cut(template, prf.of(previous, keyBytes(keyAt(fields.hKeygxy)), ...cookies, Uint8Array.of(fields.keyNumber))) };
});

/** Block after block, each made of the one before. */
function fedBack(prf: Prf, length: number, first: readonly Uint8Array[], next: (n: number) => readonly Uint8Array[]): Uint8Array {
  const blocks = [prf.of(...first)];
  for (let n = 2; blocks.length * prf.size < length; n++) blocks.push(prf.of(blocks.at(-1)!, ...next(n)));
  return Buffer.concat(blocks).subarray(0, length);
}

/** prf+ (RFC 7296 §2.13): the counter has one byte. */
const plus: Mechanism = ike(({ base, parameter, template, keyAt }) => {
  const fields = structParameter(parameter, 'CK_IKE2_PRF_PLUS_DERIVE_PARAMS');
  const seed = Buffer.concat([fields.bHasSeedKey !== 0 ? keyBytes(keyAt(fields.hSeedKey)) : EMPTY, fields.pSeedData ?? EMPTY]);
  const prf = prfOf(fields.prfMechanism, base);
  const length = lengthAsked(template, 255 * prf.size);
  const seeded = (n: number) => [seed, Uint8Array.of(n)];
  return { key: secretKey(template, fedBack(prf, length, seeded(1), seeded)) };
});

/** RFC 2409, appendix B and §5.5. */
const extended: Mechanism = ike(({ base, parameter, template, keyAt }) => {
  const fields = structParameter(parameter, 'CK_IKE1_EXTENDED_DERIVE_PARAMS');
  const hasKey = fields.bHasKeygxy !== 0;
  const prf = prfOf(fields.prfMechanism, base);
  const length = lengthAsked(template, 255 * prf.size);
  const value = keyBytes(base);
  if (!hasKey && length <= prf.size && length <= value.length) return { key: secretKey(template, value.subarray(0, length)) };
  const data = [hasKey ? keyBytes(keyAt(fields.hKeygxy)) : EMPTY, fields.pExtraData ?? EMPTY];
  const none = data.every((part) => part.length === 0);
  return {
    key: secretKey(
      template,
      fedBack(prf, length, none ? [Uint8Array.of(0)] : data, () => data),
    ),
  };
});

export const ikeMechanisms: readonly Row[] = [
  [CKM.IKE_PRF_DERIVE, initial],
  [CKM.IKE1_PRF_DERIVE, chained],
  [CKM.IKE1_EXTENDED_DERIVE, extended],
  [CKM.IKE2_PRF_PLUS_DERIVE, plus],
];
