// Keys on Montgomery curves (RFC 7748): any string of its length is a private key, and any is a public one.

import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import type { MontgomeryCurve } from './curves.ts';
import { rawPkcs8 } from './raw-key.ts';

export const generateMontgomery = (curve: MontgomeryCurve): Uint8Array => randomBytes(curve.size);

const privateKeyOf = (curve: MontgomeryCurve, value: Uint8Array) =>
  createPrivateKey({ key: Buffer.from(rawPkcs8(curve, value)), format: 'der', type: 'pkcs8' });

export const montgomeryPublic = (curve: MontgomeryCurve, value: Uint8Array): Uint8Array =>
  createPublicKey(privateKeyOf(curve, value)).export({ format: 'der', type: 'spki' }).subarray(-curve.size);
