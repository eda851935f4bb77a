// Diffie-Hellman on elliptic curves, whatever the kind of curve: who agrees with whom, on what.

import { agreeEc, generateEc } from '../crypto/ec.ts';
import { agreeMontgomery, generateMontgomery, montgomeryPublic } from '../crypto/montgomery.ts';
import { ulongOf } from '../model/attribute.ts';
import { type CkrName, ensure } from '../model/error.ts';
import { CKA, CKK } from '../protocol/constants.ts';
import { curveIn, pointIn } from './ec-key.ts';
import { attribute } from './key.ts';
import type { Key } from './mechanism.ts';
import { montgomeryCurveIn, montgomeryPoint } from './montgomery-key.ts';

/** A key's curve, as far as agreeing goes. Points are as CK_ECDH1_DERIVE_PARAMS has them: uncompressed, or RFC 7748's bytes. */
export interface Agreement {
  /** Bytes of a point. */
  readonly pointSize: number;
  /** Undefined where nothing can be agreed on with that point. */
  agree(value: Uint8Array, point: Uint8Array): Uint8Array | undefined;
  /** A point in any of the encodings that are about. */
  read(given: Uint8Array, wrong: CkrName): Uint8Array;
  ephemeral(): { readonly value: Uint8Array; readonly point: Uint8Array };
}

function onWeierstrass(parameters: Uint8Array): Agreement {
  const curve = curveIn(parameters);
  return {
    pointSize: 1 + 2 * curve.size,
    agree: (value, point) => agreeEc(curve, value, point),
    read: (given, wrong) => pointIn(curve, given, wrong),
    ephemeral() {
      const { scalar, point } = generateEc(curve);
      return { value: scalar, point };
    },
  };
}

function onMontgomery(parameters: Uint8Array): Agreement {
  const curve = montgomeryCurveIn(parameters);
  return {
    pointSize: curve.size,
    agree: (value, point) => agreeMontgomery(curve, value, point),
    read: (given) => montgomeryPoint(curve, given),
    ephemeral() {
      const value = generateMontgomery(curve);
      return { value, point: montgomeryPublic(curve, value) };
    },
  };
}

export const agreementOf = ({ attributes }: Key): Agreement =>
  (ulongOf(attributes, CKA.KEY_TYPE) === CKK.EC_MONTGOMERY ? onMontgomery : onWeierstrass)(attribute(attributes, CKA.EC_PARAMS));

/** What a private key agrees on with another's point. */
export function agreedSecret(key: Key, given: Uint8Array | null, wrong: CkrName = 'MECHANISM_PARAM_INVALID'): Uint8Array {
  const agreement = agreementOf(key);
  ensure(given !== null, wrong, "the other's public key is missing");
  const secret = agreement.agree(attribute(key.attributes, CKA.VALUE), agreement.read(given, wrong));
  ensure(secret !== undefined, wrong, "the other's public key is none of the curve");
  return secret;
}

/** A key made for once, and what it agrees on with a public key object. */
export function agreedWithPublic(key: Key): { readonly secret: Uint8Array; readonly point: Uint8Array } {
  const agreement = agreementOf(key);
  const { value, point } = agreement.ephemeral();
  const secret = agreement.agree(value, agreement.read(attribute(key.attributes, CKA.EC_POINT), 'KEY_TYPE_INCONSISTENT'));
  value.fill(0);
  ensure(secret !== undefined, 'KEY_TYPE_INCONSISTENT', 'nothing can be agreed on with that public key');
  return { secret, point };
}
