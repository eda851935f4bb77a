// Keys on Weierstrass curves: OpenSSL's ECDH object knows every curve of the table, keeps scalars in range and checks points.

import { createECDH, ECDH } from 'node:crypto';
import { attempt } from './attempt.ts';
import type { Curve } from './curves.ts';
import { contentOf, elements, integer, octetString, sequence, stripped, TAG } from './der.ts';
import { objectIdentifier, type PrivateKeyInfo, pkcs8, spki } from './key-der.ts';
import { widened } from './number.ts';

const ecPublicKey = objectIdentifier('2a8648ce3d0201');

export interface EcPair {
  /** d, as wide as the order. */
  readonly scalar: Uint8Array;
  /** Uncompressed, as SEC 1 §2.3.3 writes it. */
  readonly point: Uint8Array;
}

export function generateEc(curve: Curve): EcPair {
  const ecdh = createECDH(curve.name);
  const point = ecdh.generateKeys();
  return { scalar: widened(ecdh.getPrivateKey(), curve.size), point };
}

/** The public point of d, or undefined where d is no private key of this curve (0 < d < n). */
export function pointOf(curve: Curve, scalar: Uint8Array): Uint8Array | undefined {
  if (stripped(scalar).length > curve.size) return undefined;
  return attempt(() => {
    const ecdh = createECDH(curve.name);
    ecdh.setPrivateKey(widened(scalar, curve.size));
    return ecdh.getPublicKey();
  });
}

/** The point that `encoded` writes (SEC 1: compressed or not) in uncompressed form, or undefined where it is none of this curve. */
export function readPoint(curve: Curve, encoded: Uint8Array): Uint8Array | undefined {
  // The point at infinity is a point of the curve, and no public key; the hybrid form (6, 7) is nobody's.
  if (![2, 3, 4].includes(encoded[0]!)) return undefined;
  return attempt(() => ECDH.convertKey(encoded, curve.name, undefined, undefined, 'uncompressed') as Buffer);
}

/** RFC 5915 within RFC 5958; OpenSSL computes the point that is not in it. */
export const ecPkcs8 = (curve: Curve, scalar: Uint8Array): Uint8Array =>
  pkcs8([ecPublicKey, curve.oid], sequence(integer(Uint8Array.of(1)), octetString(widened(scalar, curve.size))));

/** The curve's parameters and d, of a PrivateKeyInfo whose algorithm is id-ecPublicKey; what d must be, its curve decides. */
export function readEcPrivateKey({
  algorithm,
  parameters,
  privateKey,
}: PrivateKeyInfo): { parameters: Uint8Array; scalar: Uint8Array } | undefined {
  if (Buffer.compare(algorithm, ecPublicKey) !== 0 || parameters === undefined) return undefined;
  const [version, scalar] = elements(contentOf(privateKey, TAG.SEQUENCE) ?? new Uint8Array(0)) ?? [];
  return version?.tag === TAG.INTEGER && scalar?.tag === TAG.OCTET_STRING ? { parameters, scalar: scalar.content } : undefined;
}

export const ecSpki = (curve: Curve, point: Uint8Array): Uint8Array => spki([ecPublicKey, curve.oid], point);
