// The two envelopes that every asymmetric key has: PKCS#8 (RFC 5958) for private keys, SubjectPublicKeyInfo for public ones.

import { bitString, element, elementBefore, elements, integer, octetString, sequence, TAG } from './der.ts';

const version0 = integer(new Uint8Array(0));

export const objectIdentifier = (hex: string): Uint8Array => element(TAG.OID, Uint8Array.from(Buffer.from(hex, 'hex')));

/** @param algorithm the AlgorithmIdentifier's parts, DER each. */
export const pkcs8 = (algorithm: readonly Uint8Array[], privateKey: Uint8Array): Uint8Array =>
  sequence(version0, sequence(...algorithm), octetString(privateKey));

export const spki = (algorithm: readonly Uint8Array[], publicKey: Uint8Array): Uint8Array =>
  sequence(sequence(...algorithm), bitString(publicKey));

export interface PrivateKeyInfo {
  /** DER of the algorithm's object identifier. */
  readonly algorithm: Uint8Array;
  /** DER of its parameters, where there are any. */
  readonly parameters: Uint8Array | undefined;
  readonly privateKey: Uint8Array;
}

/** What a PKCS#8 envelope says, its attributes and public key aside; zeros may follow it. Not copies. */
export function readPkcs8(envelope: Uint8Array): PrivateKeyInfo | undefined {
  const [version, algorithm, privateKey] = elements(elementBefore(envelope, TAG.SEQUENCE)?.content ?? EMPTY) ?? [];
  if (version?.tag !== TAG.INTEGER || algorithm?.tag !== TAG.SEQUENCE || privateKey?.tag !== TAG.OCTET_STRING) return undefined;
  const [identifier, parameters] = elements(algorithm.content) ?? [];
  if (identifier?.tag !== TAG.OID) return undefined;
  return { algorithm: identifier.whole, parameters: parameters?.whole, privateKey: privateKey.content };
}

const EMPTY = new Uint8Array(0);
