import {
  constants,
  createHash,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { ed448, ed448ph } from '@noble/curves/ed448.js';
import { ed25519, ed25519ctx, ed25519ph } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { curves } from '../../../src/crypto/curves.ts';
import {
  agree,
  loadPrivateKey,
  loadPublicKey,
  type NativeKey,
  signDigest,
  signMessage,
  signRsaPkcs1,
  signRsaPss,
  verifyDigest,
  verifyMessage,
  verifyRsaPkcs1,
  verifyRsaPss,
} from '../../../src/crypto/native.ts';

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
const native = ({ privateKey, publicKey }: Pair) => ({
  privateKey: loadPrivateKey(privateKey.export({ type: 'pkcs8', format: 'der' })),
  publicKey: loadPublicKey(publicKey.export({ type: 'spki', format: 'der' })),
});

const message = Buffer.from('the message');
const digestOf = (hash: string, bytes: Uint8Array = message) => createHash(hash).update(bytes).digest();
const flipped = (bytes: Uint8Array, at = bytes.length - 1) => Uint8Array.from(bytes, (byte, n) => (n === at ? byte ^ 1 : byte));
const signed = (length: number, by: (out: Uint8Array) => number): Uint8Array => {
  const out = new Uint8Array(length + 8);
  return out.subarray(0, by(out));
};

const rsa: Pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaNative = native(rsa);
const RSA = 256;

describe('ECDSA over a given digest', () => {
  const curves: [name: string, hash: string, width: number][] = [
    ['P-224', 'sha224', 28],
    ['P-256', 'sha256', 32],
    ['P-384', 'sha384', 48],
    ['P-521', 'sha512', 66],
    ['secp256k1', 'sha256', 32],
    ['brainpoolP512r1', 'sha512', 64],
    ['sect571r1', 'sha512', 72],
  ];

  it.each(curves)('%s: is what node:crypto verifies, and verifies what node:crypto signs', (namedCurve, hash, width) => {
    const keys = generateKeyPairSync('ec', { namedCurve });
    const { privateKey, publicKey } = native(keys);
    const signature = signed(2 * width, (out) => signDigest(privateKey, digestOf(hash), out));
    expect(signature).toHaveLength(2 * width);
    expect(verify(hash, message, { key: keys.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    const theirs = sign(hash, message, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(verifyDigest(publicKey, digestOf(hash), theirs)).toBe(true);
    expect(verifyDigest(publicKey, digestOf(hash), flipped(theirs))).toBe(false);
    expect(verifyDigest(publicKey, flipped(digestOf(hash), 0), theirs)).toBe(false);
  });

  it.each([
    ['P-256', p256],
    ['P-384', p384],
    ['P-521', p521],
  ] as const)('%s: is the same to @noble/curves, whatever the length of the digest', (namedCurve, curve) => {
    const keys = generateKeyPairSync('ec', { namedCurve });
    const { privateKey, publicKey } = native(keys);
    const { x, y } = keys.publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
    const width = Buffer.from(x!, 'base64url').length;
    for (const length of [1, 20, 32, 64, 100]) {
      const digest = randomBytes(length);
      const signature = signed(2 * width, (out) => signDigest(privateKey, digest, out));
      expect(curve.verify(signature, digest, point, { prehash: false, lowS: false })).toBe(true);
      expect(verifyDigest(publicKey, digest, signature)).toBe(true);
    }
  });

  it('has numbers of full width, however small they are', () => {
    const { privateKey, publicKey } = native(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const out = new Uint8Array(64);
    for (let n = 0; n < 600; n++) {
      expect(signDigest(privateKey, digestOf('sha256', Buffer.from([n & 255, n >> 8])), out)).toBe(64);
      if (out[0] === 0 || out[32] === 0)
        expect(verifyDigest(publicKey, digestOf('sha256', Buffer.from([n & 255, n >> 8])), out)).toBe(true);
    }
  });

  it.each([
    ['of another length', new Uint8Array(63)],
    ['of zeros', new Uint8Array(64)],
    ['beyond the order', new Uint8Array(64).fill(255)],
    ['that is empty', new Uint8Array(0)],
  ])('a signature %s is wrong, not an error', (_, signature) => {
    const { publicKey } = native(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    expect(verifyDigest(publicKey, digestOf('sha256'), signature)).toBe(false);
  });

  it('refuses to sign where there is no room, and with a public key', () => {
    const { privateKey, publicKey } = native(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    expect(() => signDigest(privateKey, digestOf('sha256'), new Uint8Array(63))).toThrow(RangeError);
    expect(() => signDigest(publicKey, digestOf('sha256'), new Uint8Array(64))).toThrow(/^signing: /);
  });
});

describe('RSASSA-PKCS1-v1_5 around given bytes', () => {
  it.each([0, 1, 51, RSA - 11])('is what node:crypto opens: %i bytes', (length) => {
    const data = randomBytes(length);
    const signature = signed(RSA, (out) => signRsaPkcs1(rsaNative.privateKey, data, out));
    expect(signature).toHaveLength(RSA);
    expect(publicDecrypt(rsa.publicKey, signature).equals(data)).toBe(true);
    expect(verifyRsaPkcs1(rsaNative.publicKey, data, signature)).toBe(true);
  });

  it('around a DigestInfo is the signature that node:crypto makes', () => {
    const sha256 = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digestOf('sha256')]);
    const signature = signed(RSA, (out) => signRsaPkcs1(rsaNative.privateKey, sha256, out));
    expect(sign('sha256', message, rsa.privateKey).equals(signature)).toBe(true);
  });

  it('is wrong for other bytes, another signature, or a signature of another length', () => {
    const data = randomBytes(32);
    const signature = signed(RSA, (out) => signRsaPkcs1(rsaNative.privateKey, data, out));
    expect(verifyRsaPkcs1(rsaNative.publicKey, flipped(data), signature)).toBe(false);
    expect(verifyRsaPkcs1(rsaNative.publicKey, data.subarray(1), signature)).toBe(false);
    expect(verifyRsaPkcs1(rsaNative.publicKey, data, flipped(signature))).toBe(false);
    expect(verifyRsaPkcs1(rsaNative.publicKey, data, signature.subarray(1))).toBe(false);
    expect(verifyRsaPkcs1(rsaNative.publicKey, data, new Uint8Array(RSA).fill(255))).toBe(false);
  });

  it('refuses more than the modulus less eleven bytes, and an output too small', () => {
    expect(() => signRsaPkcs1(rsaNative.privateKey, randomBytes(RSA - 10), new Uint8Array(RSA))).toThrow('too large');
    expect(() => signRsaPkcs1(rsaNative.privateKey, randomBytes(20), new Uint8Array(RSA - 1))).toThrow(/^signing: /);
  });
});

describe('RSASSA-PSS over a given digest', () => {
  const cases: [hash: string, mgfHash: string, saltLength: number][] = [
    ['sha1', 'sha1', 20],
    ['sha256', 'sha256', 32],
    ['sha512', 'sha512', 0],
    ['sha3-384', 'sha3-384', 48],
  ];

  it.each(cases)('%s, MGF1 with %s, salt of %i: node:crypto and this verify each other', (hash, mgfHash, saltLength) => {
    const pss = { hash, mgfHash, saltLength };
    const theirs = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    const signature = signed(RSA, (out) => signRsaPss(rsaNative.privateKey, digestOf(hash), pss, out));
    expect(verify(hash, message, { key: rsa.publicKey, ...theirs }, signature)).toBe(true);
    const other = sign(hash, message, { key: rsa.privateKey, ...theirs });
    expect(verifyRsaPss(rsaNative.publicKey, digestOf(hash), pss, other)).toBe(true);
    expect(verifyRsaPss(rsaNative.publicKey, flipped(digestOf(hash)), pss, other)).toBe(false);
    expect(verifyRsaPss(rsaNative.publicKey, digestOf(hash), pss, flipped(other))).toBe(false);
    expect(verifyRsaPss(rsaNative.publicKey, digestOf(hash), { ...pss, saltLength: saltLength + 1 }, other)).toBe(false);
  });

  it('takes another hash for MGF1 than for the message', () => {
    const pss = { hash: 'sha256', mgfHash: 'sha1', saltLength: 20 };
    const signature = signed(RSA, (out) => signRsaPss(rsaNative.privateKey, digestOf('sha256'), pss, out));
    expect(verifyRsaPss(rsaNative.publicKey, digestOf('sha256'), pss, signature)).toBe(true);
    expect(verifyRsaPss(rsaNative.publicKey, digestOf('sha256'), { ...pss, mgfHash: 'sha256' }, signature)).toBe(false);
  });

  it('refuses a digest that is not as long as its hash, a salt that does not fit, and a hash that there is not', () => {
    const out = new Uint8Array(RSA);
    const pss = { hash: 'sha256', mgfHash: 'sha256', saltLength: 32 };
    expect(() => signRsaPss(rsaNative.privateKey, randomBytes(20), pss, out)).toThrow(/^signing: /);
    expect(() => signRsaPss(rsaNative.privateKey, randomBytes(32), { ...pss, saltLength: RSA }, out)).toThrow(/^signing: /);
    expect(() => signRsaPss(rsaNative.privateKey, randomBytes(32), { ...pss, hash: 'none' }, out)).toThrow(/^signing: /);
  });

  it('does not disturb a PKCS#1 signature with the same key', () => {
    const pss = { hash: 'sha256', mgfHash: 'sha256', saltLength: 32 };
    const out = new Uint8Array(RSA);
    for (let n = 0; n < 3; n++) {
      signRsaPss(rsaNative.privateKey, digestOf('sha256'), pss, out);
      signRsaPkcs1(rsaNative.privateKey, digestOf('sha256'), out);
      expect(publicDecrypt(rsa.publicKey, out).equals(digestOf('sha256'))).toBe(true);
    }
  });
});

describe('EdDSA', () => {
  const edwards = {
    ed25519: { keys: generateKeyPairSync('ed25519'), size: 64 },
    ed448: { keys: generateKeyPairSync('ed448'), size: 114 },
  };
  const secretOf = ({ privateKey }: Pair) => Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url');
  const context = Buffer.from('a context');

  it.each(Object.values(edwards))('without a variant is what node:crypto makes', ({ keys, size }) => {
    const { privateKey, publicKey } = native(keys);
    const signature = signed(size, (out) => signMessage(privateKey, message, out));
    expect(sign(null, message, keys.privateKey).equals(signature)).toBe(true);
    expect(verifyMessage(publicKey, message, signature)).toBe(true);
    expect(verifyMessage(publicKey, message, flipped(signature, 3))).toBe(false);
    expect(verifyMessage(publicKey, flipped(message), signature)).toBe(false);
    expect(verifyMessage(publicKey, message, signature.subarray(1))).toBe(false);
  });

  it.each([
    ['Ed25519ctx', edwards.ed25519, ed25519ctx, { context }],
    ['Ed25519ph', edwards.ed25519, ed25519ph, { ph: true }],
    ['Ed25519ph with a context', edwards.ed25519, ed25519ph, { ph: true, context }],
    ['Ed25519 with an empty context', edwards.ed25519, ed25519, { context: new Uint8Array(0) }],
    ['Ed448 with a context', edwards.ed448, ed448, { context }],
    ['Ed448ph', edwards.ed448, ed448ph, { ph: true }],
    ['Ed448ph with a context', edwards.ed448, ed448ph, { ph: true, context }],
  ] as const)('%s is what @noble/curves makes, and nothing else', (_, { keys, size }, curve, variant) => {
    const { privateKey, publicKey } = native(keys);
    const signature = signed(size, (out) => signMessage(privateKey, message, out, variant));
    const options = 'context' in variant && variant.context.length > 0 ? { context: variant.context } : {};
    expect(Buffer.from(curve.sign(message, secretOf(keys), options)).equals(signature)).toBe(true);
    expect(verifyMessage(publicKey, message, signature, variant)).toBe(true);
    expect(verifyMessage(publicKey, message, signature, { context: Buffer.from('another') })).toBe(false);
  });

  it('signs an empty message', () => {
    const { keys, size } = edwards.ed25519;
    const { privateKey } = native(keys);
    const signature = signed(size, (out) => signMessage(privateKey, new Uint8Array(0), out));
    expect(verify(null, new Uint8Array(0), keys.publicKey, signature)).toBe(true);
  });

  it('refuses a context of more than 255 bytes, and an output too small', () => {
    const { privateKey } = native(edwards.ed25519.keys);
    expect(() => signMessage(privateKey, message, new Uint8Array(64), { context: randomBytes(256) })).toThrow(/^signing: /);
    expect(() => signMessage(privateKey, message, new Uint8Array(63))).toThrow(/^signing: /);
  });
});

describe('a key', () => {
  const not = (value: unknown) => value as NativeKey;

  it.each([{}, null, undefined, 7, 'key'])('is nothing else: %s', (value) => {
    expect(() => signDigest(not(value), digestOf('sha256'), new Uint8Array(64))).toThrow(TypeError);
  });

  it('serves its own algorithm only', () => {
    const ec = native(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const out = new Uint8Array(512);
    expect(() => signDigest(rsaNative.privateKey, digestOf('sha256'), out)).toThrow(TypeError);
    expect(() => signRsaPkcs1(ec.privateKey, digestOf('sha256'), out)).toThrow(TypeError);
    expect(() => signMessage(ec.privateKey, message, out)).toThrow(TypeError);
  });

  it.each([
    ['empty', new Uint8Array(0)],
    ['no DER', new Uint8Array(100).fill(0x30)],
  ])('is refused where it is %s', (_, der) => {
    expect(() => loadPrivateKey(der)).toThrow(/^loading a key: /);
    expect(() => loadPublicKey(der)).toThrow(/^loading a key: /);
  });

  it('is refused where its DER is cut short, or something follows', () => {
    const secret = rsa.privateKey.export({ type: 'pkcs8', format: 'der' });
    const open = rsa.publicKey.export({ type: 'spki', format: 'der' });
    expect(() => loadPrivateKey(secret.subarray(0, -1))).toThrow(/^loading a key: /);
    expect(() => loadPublicKey(open.subarray(0, -1))).toThrow(/^loading a key: /);
    expect(() => loadPrivateKey(Buffer.concat([secret, Buffer.alloc(1)]))).toThrow(/^loading a key: /);
    expect(() => loadPublicKey(Buffer.concat([open, Buffer.alloc(1)]))).toThrow(/^loading a key: /);
  });

  it('that fails leaves nothing behind that node:crypto would stumble over', () => {
    expect(() => loadPrivateKey(new Uint8Array(10))).toThrow();
    verifyRsaPkcs1(rsaNative.publicKey, message, new Uint8Array(RSA).fill(255));
    const secret = publicEncrypt(rsa.publicKey, message);
    expect(privateDecrypt(rsa.privateKey, secret).equals(message)).toBe(true);
  });
});

describe('Diffie-Hellman on elliptic curves', () => {
  const pointOf = ({ publicKey }: Pair, size: number) => publicKey.export({ type: 'spki', format: 'der' }).subarray(-size);
  const agreedOn = (key: NativeKey, point: Uint8Array, size: number): Uint8Array | undefined => {
    const out = new Uint8Array(size);
    return agree(key, point, out) ? out : undefined;
  };

  it.each(curves.map(({ name, size }) => [name, size]))('%s: agrees on what node:crypto agrees on, from both sides', (namedCurve, size) => {
    const [ours, theirs] = [generateKeyPairSync('ec', { namedCurve }), generateKeyPairSync('ec', { namedCurve })];
    const expected = diffieHellman({ privateKey: ours.privateKey, publicKey: theirs.publicKey });
    const pointSize = 1 + 2 * size;
    expect(Buffer.from(agreedOn(native(ours).privateKey, pointOf(theirs, pointSize), size)!)).toEqual(expected);
    expect(Buffer.from(agreedOn(native(theirs).privateKey, pointOf(ours, pointSize), size)!)).toEqual(expected);
  });

  it.each([
    ['x25519', 32, () => generateKeyPairSync('x25519')],
    ['x448', 56, () => generateKeyPairSync('x448')],
  ] as const)('%s: agrees on what node:crypto agrees on, and with no key of small order or of another length', (_, size, generate) => {
    const [ours, theirs] = [generate(), generate()];
    const { privateKey } = native(ours);
    const expected = diffieHellman({ privateKey: ours.privateKey, publicKey: theirs.publicKey });
    expect(Buffer.from(agreedOn(privateKey, pointOf(theirs, size), size)!)).toEqual(expected);
    expect(agreedOn(privateKey, new Uint8Array(size), size)).toBeUndefined();
    expect(agreedOn(privateKey, new Uint8Array(size - 1), size)).toBeUndefined();
    expect(agreedOn(privateKey, new Uint8Array(0), size)).toBeUndefined();
  });

  it('works on with a key after a point that was wrong, and leaves nothing for node:crypto to stumble over', () => {
    const [ours, theirs] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })];
    const { privateKey } = native(ours);
    const point = pointOf(theirs, 65);
    const foreign = pointOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), 65);
    for (const wrong of [flipped(point), foreign, Uint8Array.of(0), point.subarray(1), new Uint8Array(0)])
      expect(agreedOn(privateKey, wrong, 32)).toBeUndefined();
    const expected = diffieHellman({ privateKey: ours.privateKey, publicKey: theirs.publicKey });
    expect(Buffer.from(agreedOn(privateKey, point, 32)!)).toEqual(expected);
    // The key signs between two agreements, and agrees between two signatures.
    const signature = signed(64, (out) => signDigest(privateKey, digestOf('sha256'), out));
    expect(verify('sha256', message, { key: ours.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(Buffer.from(agreedOn(privateKey, point, 32)!)).toEqual(expected);
  });

  it('refuses a key that cannot agree, and room that is not as long as a coordinate', () => {
    const { privateKey } = native(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const point = pointOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 65);
    expect(agreedOn(privateKey, point, 31)).toBeUndefined();
    expect(agreedOn(privateKey, point, 33)).toBeUndefined();
    expect(() => agree(rsaNative.privateKey, point, new Uint8Array(32))).toThrow(TypeError);
  });
});
