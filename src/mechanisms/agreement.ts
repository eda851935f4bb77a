// Diffie-Hellman on elliptic curves, whatever the kind of curve: who agrees with whom, on what.

import { ecPkcs8, generateEc } from '../crypto/ec.ts';
import { generateMontgomery, montgomeryPublic } from '../crypto/montgomery.ts';
import { agree, loadPrivateKey, type NativeKey } from '../crypto/native.ts';
import { rawPkcs8 } from '../crypto/raw-key.ts';
import { ulongOf } from '../model/attribute.ts';
import { type CkrName, ensure } from '../model/error.ts';
import { CKA, CKK } from '../protocol/constants.ts';
import { curveIn, pointIn } from './ec-key.ts';
import { attribute, remembered } from './key.ts';
import type { Key } from './mechanism.ts';
import { montgomeryCurveIn, montgomeryPoint } from './montgomery-key.ts';

/** A key's curve, as far as agreeing goes. Points are as CK_ECDH1_DERIVE_PARAMS has them: uncompressed, or RFC 7748's bytes. */
export interface Agreement {
  /** Bytes of a point. */
  readonly pointSize: number;
  /** Bytes of what is agreed on. */
  readonly secretSize: number;
  /** A private key's value, as OpenSSL reads it (PKCS#8). */
  write(value: Uint8Array): Uint8Array;
  /** A point in any of the encodings that are about. */
  read(given: Uint8Array, wrong: CkrName): Uint8Array;
  ephemeral(): { readonly value: Uint8Array; readonly point: Uint8Array };
}

function onWeierstrass(parameters: Uint8Array): Agreement {
  const curve = curveIn(parameters);
  return {
    pointSize: 1 + 2 * curve.size,
    secretSize: curve.size,
    write: (value) => ecPkcs8(curve, value),
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
    secretSize: curve.size,
    write: (value) => rawPkcs8(curve, value),
    read: (given) => montgomeryPoint(curve, given),
    ephemeral() {
      const value = generateMontgomery(curve);
      return { value, point: montgomeryPublic(curve, value) };
    },
  };
}

export const agreementOf = ({ attributes }: Key): Agreement =>
  (ulongOf(attributes, CKA.KEY_TYPE) === CKK.EC_MONTGOMERY ? onMontgomery : onWeierstrass)(attribute(attributes, CKA.EC_PARAMS));

function loaded(agreement: Agreement, value: Uint8Array): NativeKey {
  const pkcs8 = agreement.write(value);
  const native = loadPrivateKey(pkcs8);
  pkcs8.fill(0);
  return native;
}

/** Undefined where nothing can be agreed on with that point. */
function secretOf({ secretSize }: Agreement, native: NativeKey, point: Uint8Array): Uint8Array | undefined {
  const secret = new Uint8Array(secretSize);
  return agree(native, point, secret) ? secret : undefined;
}

/** What a private key agrees on with another's point. */
export function agreedSecret(key: Key, given: Uint8Array | null, wrong: CkrName = 'MECHANISM_PARAM_INVALID'): Uint8Array {
  const agreement = agreementOf(key);
  ensure(given !== null, wrong, "the other's public key is missing");
  const native = remembered(key, 'agreeing', (attributes) => loaded(agreement, attribute(attributes, CKA.VALUE)));
  const secret = secretOf(agreement, native, agreement.read(given, wrong));
  ensure(secret !== undefined, wrong, "the other's public key is none of the curve");
  return secret;
}

/** A key made for once, and what it agrees on with a public key object. */
export function agreedWithPublic(key: Key): { readonly secret: Uint8Array; readonly point: Uint8Array } {
  const agreement = agreementOf(key);
  const { value, point } = agreement.ephemeral();
  const theirs = agreement.read(attribute(key.attributes, CKA.EC_POINT), 'KEY_TYPE_INCONSISTENT');
  const secret = secretOf(agreement, loaded(agreement, value), theirs);
  value.fill(0);
  ensure(secret !== undefined, 'KEY_TYPE_INCONSISTENT', 'nothing can be agreed on with that public key');
  return { secret, point };
}
