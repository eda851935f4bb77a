// RSA without any padding (CKM_RSA_X_509). What it signs is a number; applications that use it bring their own padding.

import { constants, createPrivateKey, createPublicKey, type KeyObject, privateEncrypt, publicDecrypt, timingSafeEqual } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import { widened } from '../crypto/number.ts';
import { bitLength } from '../crypto/rsa.ts';
import type { Attributes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA } from '../protocol/constants.ts';
import { asGiven } from './intake.ts';
import { attribute, remembered } from './key.ts';
import type { Key } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { rsaPrivateDer, rsaPublicDer } from './rsa-key.ts';
import { type Loaded, type Scheme, signature } from './signature.ts';

export interface RawKey extends Loaded {
  readonly node: KeyObject;
}

const size = (attributes: Attributes): number => Math.ceil(bitLength(attribute(attributes, CKA.MODULUS)) / 8);

export const nodePrivate = (key: Key): RawKey => remembered(key, 'node', loadPrivate);
export const nodePublic = (key: Key): RawKey => remembered(key, 'node', loadPublic);

const loadPrivate = (attributes: Attributes): RawKey => ({
  node: createPrivateKey({ key: Buffer.from(rsaPrivateDer(attributes)), format: 'der', type: 'pkcs8' }),
  size: size(attributes),
});
const loadPublic = (attributes: Attributes): RawKey => ({
  node: createPublicKey({ key: Buffer.from(rsaPublicDer(attributes)), format: 'der', type: 'spki' }),
  size: size(attributes),
});

const padding = constants.RSA_NO_PADDING;

/** §6.1.12: shorter data is a number with zeros before it. */
function asNumber(data: Uint8Array, size: number): Uint8Array {
  ensure(data.length <= size, 'DATA_LEN_RANGE', 'more data than the RSA modulus has room for');
  return widened(data, size);
}

export const raw: Scheme<RawKey> = {
  sign(key, data, out) {
    const signed = attempt(() => privateEncrypt({ key: key.node, padding }, asNumber(data, key.size)));
    ensure(signed !== undefined, 'DATA_INVALID', 'the data is a number that is not below the RSA modulus');
    out.set(signed);
    return signed.length;
  },
  verify(key, data, signature) {
    const wide = asNumber(data, key.size);
    const opened = attempt(() => publicDecrypt({ key: key.node, padding }, signature));
    return opened !== undefined && timingSafeEqual(opened, wide);
  },
};

export const rawSignature = signature(
  {
    private: nodePrivate,
    public: nodePublic,
    scheme(parameter) {
      noParameter(parameter);
      return raw;
    },
  },
  asGiven,
);
