// Keys on Montgomery curves (RFC 7748): any string of its length is a private key, and any is a public one.

import { createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import { attempt } from './attempt.ts';
import type { MontgomeryCurve } from './curves.ts';
import { rawPkcs8, rawSpki } from './raw-key.ts';

export const generateMontgomery = (curve: MontgomeryCurve): Uint8Array => randomBytes(curve.size);

const privateKeyOf = (curve: MontgomeryCurve, value: Uint8Array) =>
  createPrivateKey({ key: Buffer.from(rawPkcs8(curve, value)), format: 'der', type: 'pkcs8' });

export const montgomeryPublic = (curve: MontgomeryCurve, value: Uint8Array): Uint8Array =>
  createPublicKey(privateKeyOf(curve, value)).export({ format: 'der', type: 'spki' }).subarray(-curve.size);

/** Undefined where the other's key is of small order: every private key would agree with it on the same (RFC 7748 §6). */
export const agreeMontgomery = (curve: MontgomeryCurve, value: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined => {
  if (publicKey.length !== curve.size) return undefined;
  const theirs = createPublicKey({ key: Buffer.from(rawSpki(curve, publicKey)), format: 'der', type: 'spki' });
  return attempt(() => diffieHellman({ privateKey: privateKeyOf(curve, value), publicKey: theirs }));
};
