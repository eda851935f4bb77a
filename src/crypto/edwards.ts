// Keys on Edwards curves (RFC 8032): a seed is any string of its length, a public key is an encoded point.

import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { EdwardsCurve } from './curves.ts';
import { rawPkcs8, rawSpki } from './raw-key.ts';

const mathematics = { ed25519, ed448 };

export const generateSeed = (curve: EdwardsCurve): Uint8Array => randomBytes(curve.size);

export function publicKeyOf(curve: EdwardsCurve, seed: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(edPkcs8(curve, seed)), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-curve.size);
}

/** RFC 8410 §7. */
export const edPkcs8: (curve: EdwardsCurve, seed: Uint8Array) => Uint8Array = rawPkcs8;

export const edSpki: (curve: EdwardsCurve, publicKey: Uint8Array) => Uint8Array = rawSpki;

/** Whether it encodes a point of this curve: OpenSSL would only notice when a signature fails. */
export const isPublicKey = (curve: EdwardsCurve, publicKey: Uint8Array): boolean =>
  publicKey.length === curve.size && mathematics[curve.name].utils.isValidPublicKey(publicKey, false);
