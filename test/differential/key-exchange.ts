// Agreement, and keys under keys.
import { createCipheriv, diffieHellman } from 'node:crypto';
import * as fc from 'fast-check';
import { CKD, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { secretKey, template, type User } from '../support/operations.ts';
import { struct } from '../support/parameter.ts';
import { bytes, type CkmName, must, mutual, type Row, row, same } from './compare.ts';
import { aesValue, desValue } from './digests.ts';
import { type Curve, curves, dhSides, ecPair, peerOf, rsaPair } from './keys.ts';
import { encryptions } from './public-keys.ts';

const readable = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, TOKEN: false, SENSITIVE: false, EXTRACTABLE: true };

const ecdh = row({
  title: 'derive ECDH1_DERIVE',
  mechanisms: ['ECDH1_DERIVE'],
  draw: fc.record({ curve: fc.constantFrom(...(Object.keys(curves) as Curve[])), length: fc.integer({ min: 1, max: 32 }) }),
  check: (parties, { curve, length }) => {
    const [own, peer] = [ecPair(curve), peerOf(curve)];
    const parameter = struct('CK_ECDH1_DERIVE_PARAMS', { kdf: CKD.NULL, pSharedData: null, pPublicData: peer.point });
    const whole = diffieHellman({ privateKey: own.own, publicKey: peer.others });
    const derived = (size: number) => (user: User) => {
      const made = template({ ...readable, VALUE_LEN: size });
      return user.valueOf(user.derive({ mechanism: CKM.ECDH1_DERIVE, parameter }, user.create(own.privateKey), made));
    };
    same(parties, derived(whole.length), whole);
    // What is too many is removed from the leading end.
    same(parties, derived(length), whole.subarray(-length));
  },
});

const dh = row({
  title: 'derive DH_PKCS_DERIVE',
  mechanisms: ['DH_PKCS_DERIVE'],
  draw: fc.record({ group: fc.constantFrom('modp5', 'modp14'), length: fc.integer({ min: 1, max: 128 }) }),
  check: (parties, { group, length }) => {
    const [own, peer] = dhSides(group);
    const secret = own.agree(peer.value);
    const derived = (user: User) => {
      const made = template({ ...readable, VALUE_LEN: length });
      const mechanism = { mechanism: CKM.DH_PKCS_DERIVE, parameter: peer.value };
      return user.valueOf(user.derive(mechanism, user.create(own.privateKey), made));
    };
    same(parties, derived, secret.subarray(-length));
  },
});

const wrapped = (value: Uint8Array) => secretKey('GENERIC_SECRET', { VALUE: value });
/** SoftHSM does not say how long an unwrapped key is to be, and takes no VALUE_LEN. */
const unwrapped = template(readable);

const keyWrap = (name: CkmName, algorithm: (size: number) => string, iv: string, values: fc.Arbitrary<Uint8Array>, which = ''): Row =>
  row({
    title: `wrap ${name}${which}`,
    mechanisms: [name],
    draw: fc.record({ by: aesValue, value: values }),
    check: (parties, { by, value }) => {
      const mechanism = { mechanism: CKM[name] };
      const wrapping = createCipheriv(algorithm(by.length * 8), by, Buffer.from(iv, 'hex'));
      const expected = Buffer.concat([wrapping.update(value), wrapping.final()]);
      const keyOf = (user: User) => user.create(secretKey('AES', { VALUE: by, WRAP: true, UNWRAP: true }));
      same(parties, (user) => user.wrap(mechanism, keyOf(user), user.create(wrapped(value))), expected);
      same(parties, (user) => user.valueOf(user.unwrap(mechanism, keyOf(user), expected, unwrapped)), value);
    },
  });

const rsaWrap = (name: keyof typeof encryptions): Row =>
  row({
    title: `wrap ${name}`,
    mechanisms: [name],
    draw: fc.record({ size: fc.constantFrom(1024, 2048), value: bytes(1, 64) }),
    check: (parties, { size, value }) => {
      const [pair, { mechanism }] = [rsaPair(size), encryptions[name]];
      mutual(
        parties,
        (user) => user.wrap(mechanism, user.create(pair.publicKey), user.create(wrapped(value))),
        (user, sealed) => {
          const key = user.unwrap(mechanism, user.create(pair.privateKey), sealed, unwrapped);
          must(user.valueOf(key).equals(value), 'unwraps to something else');
        },
      );
    },
  });

/** SoftHSM only wraps by these; what it wraps, we unwrap. */
const cbcWrap = (name: CkmName, keyType: 'AES' | 'DES3' | 'DES', by: fc.Arbitrary<Uint8Array>, block: number): Row =>
  row({
    title: `wrap ${name}`,
    mechanisms: [name],
    draw: fc.record({ by, iv: bytes(block, block), value: fc.constantFrom(16, 32, 48).chain((size) => bytes(size, size)) }),
    check: (parties, { by: value, iv, value: key }) => {
      const mechanism = { mechanism: CKM[name], ...(name.includes('ECB') ? {} : { parameter: iv }) };
      const keyOf = (user: User) => user.create(secretKey(keyType, { VALUE: value, WRAP: true, UNWRAP: true }));
      const sealed = same(parties, (user) => user.wrap(mechanism, keyOf(user), user.create(wrapped(key))));
      const { strongroom } = parties;
      must(strongroom.valueOf(strongroom.unwrap(mechanism, keyOf(strongroom), sealed, unwrapped)).equals(key), 'unwraps to something else');
    },
  });

/** A private key leaves one module and signs in the other. */
const privateWrap = row({
  title: 'wrap private keys by AES_KEY_WRAP_PAD',
  mechanisms: ['AES_KEY_WRAP_PAD'],
  draw: fc.record({ by: aesValue, curve: fc.constantFrom(...(Object.keys(curves) as Curve[])), isRsa: fc.boolean(), data: bytes(32, 32) }),
  check: (parties, { by, curve, isRsa, data }) => {
    const pair = isRsa ? rsaPair(2048) : ecPair(curve);
    const [mechanism, signing] = [{ mechanism: CKM.AES_KEY_WRAP_PAD }, { mechanism: isRsa ? CKM.RSA_PKCS : CKM.ECDSA }];
    const keyOf = (user: User) => user.create(secretKey('AES', { VALUE: by, WRAP: true, UNWRAP: true }));
    const shape = template({ CLASS: CKO.PRIVATE_KEY, KEY_TYPE: isRsa ? CKK.RSA : CKK.EC, TOKEN: false, SIGN: true });
    mutual(
      parties,
      (user) => user.wrap(mechanism, keyOf(user), user.create(pair.privateKey)),
      (user, sealed) => {
        const signature = user.sign(signing, user.unwrap(mechanism, keyOf(user), sealed, shape), data);
        user.verify(signing, user.create(pair.publicKey), data, signature);
      },
    );
  },
});

const wholeValues = fc.integer({ min: 2, max: 12 }).chain((n) => bytes(n * 8, n * 8));
const brokenValues = bytes(1, 100).filter(({ length }) => length % 8 !== 0);

export const keyExchange: readonly Row[] = [
  ecdh,
  dh,
  keyWrap('AES_KEY_WRAP', (bits) => `id-aes${bits}-wrap`, 'a6a6a6a6a6a6a6a6', wholeValues),
  keyWrap('AES_KEY_WRAP_PAD', (bits) => `id-aes${bits}-wrap-pad`, 'a65959a6', wholeValues),
  keyWrap('AES_KEY_WRAP_PAD', (bits) => `id-aes${bits}-wrap-pad`, 'a65959a6', brokenValues, ', keys of broken blocks'),
  rsaWrap('RSA_PKCS'),
  rsaWrap('RSA_PKCS_OAEP'),
  cbcWrap('AES_CBC', 'AES', aesValue, 16),
  cbcWrap('DES3_CBC', 'DES3', desValue(24), 8),
  cbcWrap('DES_ECB', 'DES', desValue(8), 8),
  cbcWrap('DES_CBC', 'DES', desValue(8), 8),
  cbcWrap('DES_CBC_PAD', 'DES', desValue(8), 8),
  privateWrap,
];
