// RSA signatures as ANSI X9.31 has them, a standard that was withdrawn: behind the setting `legacy`. OpenSSL pads so for digests of its
// own choice only; here it gets the whole block.

import { widened } from '../crypto/number.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import { hashes } from './hashes.ts';
import { asGiven, hashed, type Intake } from './intake.ts';
import { attribute } from './key.ts';
import type { Key, Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { nodePrivate, nodePublic, type RawKey, raw } from './raw-rsa.ts';
import { isSlowRsa, rsaSizes } from './rsa-key.ts';
import { type Scheme, signature } from './signature.ts';

/** The trailer: SHA-1's identifier, and its last byte, whatever the hash. */
const [SHA1, LAST] = [0x33, 0xcc];

interface X931Key extends RawKey {
  readonly modulus: bigint;
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** The modulus less the number, as long as the modulus. */
const complement = ({ modulus, size }: X931Key, number: Uint8Array): Uint8Array =>
  widened(Buffer.from((modulus - numberOf(number)).toString(16).padStart(2 * size, '0'), 'hex'), size);

/** Header and padding. "The trailer field must be applied by the application." */
function block({ size }: X931Key, data: Uint8Array): Uint8Array {
  ensure(data.length >= 1 && data.length <= size - 2, 'DATA_LEN_RANGE', 'no data, or more than the RSA modulus has room for');
  ensure(data.at(-1) === LAST, 'DATA_INVALID', 'the data does not end with the trailer of X9.31');
  const padded = new Uint8Array(size).fill(0xbb);
  padded[0] = 0x6b;
  padded.set(data, size - data.length);
  padded[size - data.length - 1] = 0xba;
  return padded;
}

/** Of s and n - s the smaller one is the signature. */
const given: Scheme<X931Key> = {
  sign(key, data, out) {
    const length = raw.sign(key, block(key, data), out);
    const other = complement(key, out);
    if (Buffer.compare(other, out) < 0) out.set(other);
    return length;
  },
  verify(key, data, signed) {
    const padded = block(key, data);
    return raw.verify(key, padded, signed) || raw.verify(key, complement(key, padded), signed);
  },
};

const trailed = (digest: Uint8Array): Uint8Array => Buffer.of(...digest, SHA1, LAST);
const withSha1: Scheme<X931Key> = {
  sign: (key, digest, out) => given.sign(key, trailed(digest), out),
  verify: (key, digest, signed) => given.verify(key, trailed(digest), signed),
};

const withModulus =
  (load: (key: Key) => RawKey) =>
  (key: Key): X931Key => ({ ...load(key), modulus: numberOf(attribute(key.attributes, CKA.MODULUS)) });

const x931 = (scheme: Scheme<X931Key>, intake: Intake): Mechanism => ({
  keyType: CKK.RSA,
  keySize: rsaSizes,
  isSlow: isSlowRsa,
  operations: signature(
    {
      private: withModulus(nodePrivate),
      public: withModulus(nodePublic),
      scheme(parameter, { modulus }) {
        noParameter(parameter);
        const bits = modulus.toString(2).length;
        // "The k value must be at least 128 and a multiple of 32": bytes.
        ensure(bits >= 1024 && bits % 256 === 0, 'KEY_SIZE_RANGE', 'X9.31 has moduli of 1024 bits, and of 256 more and so on');
        return scheme;
      },
    },
    intake,
  ),
});

export const x931Mechanisms: readonly Row[] = [
  [CKM.RSA_X9_31, x931(given, asGiven)],
  [CKM.SHA1_RSA_X9_31, x931(withSha1, hashed(hashes.SHA1))],
];
