// The two envelopes that every asymmetric key has: PKCS#8 (RFC 5958) for private keys, SubjectPublicKeyInfo for public ones.

import { bitString, contentOf, element, elements, integer, octetString, sequence, TAG } from './der.ts';

const version0 = integer(new Uint8Array(0));

export const objectIdentifier = (hex: string): Uint8Array => element(TAG.OID, Uint8Array.from(Buffer.from(hex, 'hex')));

/** @param algorithm the AlgorithmIdentifier's parts, DER each. */
export const pkcs8 = (algorithm: readonly Uint8Array[], privateKey: Uint8Array): Uint8Array =>
  sequence(version0, sequence(...algorithm), octetString(privateKey));

export const spki = (algorithm: readonly Uint8Array[], publicKey: Uint8Array): Uint8Array =>
  sequence(sequence(...algorithm), bitString(publicKey));

/** The private key within a PKCS#8 envelope, or undefined where that is not one. */
export function privateKeyIn(envelope: Uint8Array): Uint8Array | undefined {
  const parts = elements(contentOf(envelope, TAG.SEQUENCE) ?? new Uint8Array(0));
  return parts?.[2]?.tag === TAG.OCTET_STRING ? parts[2].content : undefined;
}
