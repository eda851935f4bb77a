// Keys that OpenSSL made, in the forms in which both modules take them. Each kind is made once: what is drawn is which.
import { createDiffieHellmanGroup, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Template } from '../support/functions.ts';
import { privateKey, publicKey } from '../support/operations.ts';

export interface Pair {
  readonly privateKey: Template;
  readonly publicKey: Template;
  /** The same, for OpenSSL. */
  readonly own: KeyObject;
  readonly others: KeyObject;
}

const once = <K, V>(make: (key: K) => V): ((key: K) => V) => {
  const made = new Map<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
};

const part = (value: string | undefined): Buffer => Buffer.from(value!, 'base64url');
/** An OCTET STRING: the form of CKA_EC_POINT that modules of every age take. */
export const octets = (bytes: Uint8Array): Buffer => {
  const length = bytes.length < 0x80 ? [bytes.length] : [0x81, bytes.length];
  return Buffer.concat([Buffer.of(0x04, ...length), bytes]);
};

export const rsaPair = once((modulusLength: number): Pair => {
  const { privateKey: own, publicKey: others } = generateKeyPairSync('rsa', { modulusLength });
  const { n, e, d, p, q, dp, dq, qi } = own.export({ format: 'jwk' });
  const both = { MODULUS: part(n), PUBLIC_EXPONENT: part(e) };
  const primes = { PRIME_1: part(p), PRIME_2: part(q), EXPONENT_1: part(dp), EXPONENT_2: part(dq), COEFFICIENT: part(qi) };
  return {
    privateKey: privateKey('RSA', { ...both, PRIVATE_EXPONENT: part(d), ...primes, SIGN: true, DECRYPT: true, UNWRAP: true }),
    publicKey: publicKey('RSA', { ...both, VERIFY: true, ENCRYPT: true, WRAP: true }),
    own,
    others,
  };
});

/** By OpenSSL's names; each OID in DER. */
export const curves = {
  prime256v1: '06082a8648ce3d030107',
  secp384r1: '06052b81040022',
  secp521r1: '06052b81040023',
  secp256k1: '06052b8104000a',
  brainpoolP256r1: '06092b2403030208010107',
  brainpoolP384r1: '06092b240303020801010b',
} as const;
export type Curve = keyof typeof curves;

/** The last bytes of a public key's and a private key's DER are their point and their scalar. */
const ecParts = (own: KeyObject, others: KeyObject, name: Curve) => {
  const spki = others.export({ format: 'der', type: 'spki' });
  const point = spki.subarray(spki.lastIndexOf(Buffer.from([0x00, 0x04])) + 1);
  const sec1 = own.export({ format: 'der', type: 'sec1' });
  const size = (point.length - 1) / 2;
  const start = sec1.indexOf(Buffer.from([0x04, size])) + 2;
  return { EC_PARAMS: Buffer.from(curves[name], 'hex'), point, scalar: sec1.subarray(start, start + size) };
};

export interface EcPair extends Pair {
  /** Uncompressed, as an OCTET STRING's content. */
  readonly point: Buffer;
}
const makeEc = (name: Curve): EcPair => {
  const { privateKey: own, publicKey: others } = generateKeyPairSync('ec', { namedCurve: name });
  const { EC_PARAMS, point, scalar } = ecParts(own, others, name);
  return {
    privateKey: privateKey('EC', { EC_PARAMS, VALUE: scalar, SIGN: true, DERIVE: true }),
    publicKey: publicKey('EC', { EC_PARAMS, EC_POINT: octets(point), VERIFY: true }),
    own,
    others,
    point,
  };
};
export const ecPair = once(makeEc);
/** Another one of the same curve, to agree with. */
export const peerOf = once(makeEc);

/** Their names are what SoftHSM knows them by. */
const edwards = { ed25519: 'edwards25519', ed448: 'edwards448' } as const;
export const edwardsPair = once((name: keyof typeof edwards): Pair => {
  const { privateKey: own, publicKey: others } = name === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
  const { d, x } = own.export({ format: 'jwk' });
  const EC_PARAMS = Buffer.from([0x13, edwards[name].length, ...Buffer.from(edwards[name])]);
  return {
    privateKey: privateKey('EC_EDWARDS', { EC_PARAMS, VALUE: part(d), SIGN: true }),
    publicKey: publicKey('EC_EDWARDS', { EC_PARAMS, EC_POINT: octets(part(x)), VERIFY: true }),
    own,
    others,
  };
});

/** The INTEGERs of a DER structure, wherever they are in it. */
const integers = (der: Buffer): Buffer[] => {
  const found: Buffer[] = [];
  for (let at = 0; at < der.length; ) {
    const long = der[at + 1]! & 0x80 ? der[at + 1]! & 0x7f : 0;
    const start = at + 2 + long;
    const length = long ? der.readUIntBE(at + 2, long) : der[at + 1]!;
    const content = der.subarray(start, start + length);
    if (der[at] === 0x02) found.push(content[0] === 0 ? content.subarray(1) : content);
    // SEQUENCE, OCTET STRING and BIT STRING hold more of them.
    if (der[at] === 0x30 || der[at] === 0x04) found.push(...integers(content));
    if (der[at] === 0x03) found.push(...integers(content.subarray(1)));
    at = start + length;
  }
  return found;
};

export const dsaPair = once((modulusLength: number): Pair => {
  const { privateKey: own, publicKey: others } = generateKeyPairSync('dsa', { modulusLength, divisorLength: 160 });
  const [, prime, subprime, base, value] = integers(own.export({ format: 'der', type: 'pkcs8' }));
  const publicValue = integers(others.export({ format: 'der', type: 'spki' })).at(-1);
  const domain = { PRIME: prime!, SUBPRIME: subprime!, BASE: base! };
  return {
    privateKey: privateKey('DSA', { ...domain, VALUE: value!, SIGN: true }),
    publicKey: publicKey('DSA', { ...domain, VALUE: publicValue!, VERIFY: true }),
    own,
    others,
  };
});

export interface DhSide {
  readonly privateKey: Template;
  readonly value: Buffer;
  readonly agree: (value: Uint8Array) => Buffer;
}
export const dhSides = once((group: string): readonly [DhSide, DhSide] => {
  const side = (): DhSide => {
    const own = createDiffieHellmanGroup(group);
    const value = own.generateKeys();
    const domain = { PRIME: own.getPrime(), BASE: own.getGenerator() };
    const agree = (theirs: Uint8Array) => own.computeSecret(theirs);
    return { privateKey: privateKey('DH', { ...domain, VALUE: own.getPrivateKey(), DERIVE: true }), value, agree };
  };
  return [side(), side()];
});
