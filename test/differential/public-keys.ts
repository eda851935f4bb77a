// Signatures and encryption by RSA, ECDSA, EdDSA and DSA.
import { constants, createHash, privateDecrypt, privateEncrypt, publicEncrypt, sign, verify } from 'node:crypto';
import * as fc from 'fast-check';
import { CKG, CKM, CKZ } from '../../src/protocol/constants.ts';
import { ulongs } from '../support/cryptoki.ts';
import type { Mechanism } from '../support/functions.ts';
import type { User } from '../support/operations.ts';
import { struct } from '../support/parameter.ts';
import { altered, bytes, type CkmName, must, mutual, type Parties, type Row, row, same } from './compare.ts';
import { type Hash, hashes } from './digests.ts';
import { type Curve, curves, dsaPair, ecPair, edwardsPair, type Pair, rsaPair } from './keys.ts';

const rsaSizes = fc.constantFrom(1024, 2048, 3072);
const drawn = fc.record({ size: rsaSizes, data: bytes(0, 300) });

const digestOf = (hash: Hash, data: Uint8Array) => createHash(hashes[hash][0]).update(data).digest();

/** A signature by one of its makers is right, and a changed one is not. */
const judge = (user: User, pair: Pair, mechanism: Mechanism, data: Uint8Array, signature: Uint8Array): void => {
  const key = user.create(pair.publicKey);
  user.verify(mechanism, key, data, signature);
  must(!user.isRight(mechanism, key, data, altered(signature)), 'a signature with another bit was right');
};

/** Signed by everybody, right for everybody and for OpenSSL. */
const randomised = (parties: Parties, pair: Pair, mechanism: Mechanism, data: Uint8Array, openssl: (signature: Uint8Array) => boolean) => {
  const made = mutual(
    parties,
    (user) => user.sign(mechanism, user.create(pair.privateKey), data),
    (user, signature) => judge(user, pair, mechanism, data, signature),
  );
  must(made.every(openssl), 'OpenSSL takes a signature to be wrong');
};

const rsaSignature = (hash: Hash): Row => {
  const name = `${hash.replace('_', '')}_RSA_PKCS` as CkmName;
  return row({
    title: `sign ${name}`,
    mechanisms: [name],
    draw: drawn,
    check: (parties, { size, data }) => {
      const [pair, mechanism] = [rsaPair(size), { mechanism: CKM[name] }];
      const signed = (user: User) => user.signEveryWay(mechanism, user.create(pair.privateKey), data);
      const signature = same(parties, signed, sign(hashes[hash][0], data, pair.own));
      for (const user of Object.values(parties)) judge(user, pair, mechanism, data, signature);
    },
  });
};

const mask = (hash: Hash) => CKG[`MGF1_${hash.replace('_', '')}` as keyof typeof CKG];

const pss = (hash: Hash, name: CkmName): Row =>
  row({
    title: `sign ${name}${name === 'RSA_PKCS_PSS' ? ` of ${hash}` : ''}`,
    mechanisms: [name],
    draw: fc.record({ size: rsaSizes, data: bytes(0, 300), salt: fc.integer({ min: 0, max: 60 }) }),
    check: (parties, { size, data, salt }) => {
      const pair = rsaPair(size);
      const sLen = Math.min(salt, size / 8 - hashes[hash][1] - 2);
      const mechanism = { mechanism: CKM[name], parameter: ulongs(CKM[hash], mask(hash), sLen) };
      const key = { key: pair.others, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: sLen };
      const input = name === 'RSA_PKCS_PSS' ? digestOf(hash, data) : data;
      randomised(parties, pair, mechanism, input, (signature) => verify(hashes[hash][0], data, key, signature));
    },
  });

const raw = row({
  title: 'sign RSA_PKCS, RSA_X_509',
  mechanisms: ['RSA_PKCS', 'RSA_X_509'],
  draw: fc.record({ size: rsaSizes, data: bytes(1, 117) }),
  check: (parties, { size, data }) => {
    const pair = rsaPair(size);
    const made = (name: CkmName, input: Uint8Array, padding: number) => {
      const mechanism = { mechanism: CKM[name] };
      const expected = privateEncrypt({ key: pair.own, padding }, input);
      const signature = same(parties, (user) => user.sign(mechanism, user.create(pair.privateKey), input), expected);
      for (const user of Object.values(parties)) judge(user, pair, mechanism, input, signature);
    };
    made('RSA_PKCS', data, constants.RSA_PKCS1_PADDING);
    made('RSA_X_509', Buffer.concat([Buffer.alloc(size / 8 - data.length), data]), constants.RSA_NO_PADDING);
  },
});

const sha1Oaep = struct('CK_RSA_PKCS_OAEP_PARAMS', { hashAlg: CKM.SHA_1, mgf: CKG.MGF1_SHA1, source: CKZ.DATA_SPECIFIED });
/** SoftHSM has OAEP with SHA-1 and without a label, only. */
export const encryptions = {
  RSA_PKCS: { mechanism: { mechanism: CKM.RSA_PKCS }, openssl: { padding: constants.RSA_PKCS1_PADDING } },
  RSA_PKCS_OAEP: {
    mechanism: { mechanism: CKM.RSA_PKCS_OAEP, parameter: sha1Oaep },
    openssl: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
  },
} as const;

const encryption = (name: keyof typeof encryptions): Row =>
  row({
    title: `encrypt ${name}`,
    mechanisms: [name],
    draw: fc.record({ size: rsaSizes, data: bytes(0, 86) }),
    check: (parties, { size, data }) => {
      const pair = rsaPair(size);
      const { mechanism, openssl } = encryptions[name];
      const decrypts = (user: User, sealed: Uint8Array) =>
        must(Buffer.from(data).equals(user.decrypt(mechanism, user.create(pair.privateKey), sealed)), 'decrypts to something else');
      const made = mutual(parties, (user) => user.encrypt(mechanism, user.create(pair.publicKey), data), decrypts);
      must(
        made.every((sealed) => privateDecrypt({ key: pair.own, ...openssl }, sealed).equals(data)),
        'OpenSSL decrypts to something else',
      );
      for (const user of Object.values(parties)) decrypts(user, publicEncrypt({ key: pair.others, ...openssl }, data));
    },
  });

const rawEncryption = row({
  title: 'encrypt RSA_X_509',
  mechanisms: ['RSA_X_509'],
  draw: fc.record({ size: rsaSizes, data: bytes(1, 120) }),
  check: (parties, { size, data }) => {
    const [pair, mechanism] = [rsaPair(size), { mechanism: CKM.RSA_X_509 }];
    const input = Buffer.concat([Buffer.alloc(size / 8 - data.length), data]);
    const expected = publicEncrypt({ key: pair.others, padding: constants.RSA_NO_PADDING }, input);
    const sealed = same(parties, (user) => user.encrypt(mechanism, user.create(pair.publicKey), input), expected);
    const opened = same(parties, (user) => user.decrypt(mechanism, user.create(pair.privateKey), sealed));
    must(opened.equals(input), 'decrypts to something else');
  },
});

const longHashes = ['SHA_1', 'SHA224', 'SHA256', 'SHA384', 'SHA512'] as const;
const curveNames = fc.constantFrom(...(Object.keys(curves) as Curve[]));

const ecdsa = row({
  title: 'sign ECDSA',
  mechanisms: ['ECDSA'],
  draw: fc.record({ curve: curveNames, hash: fc.constantFrom(...longHashes), data: bytes(0, 100) }),
  check: (parties, { curve, hash, data }) => {
    const pair = ecPair(curve);
    const key = { key: pair.others, dsaEncoding: 'ieee-p1363' } as const;
    const openssl = (signature: Uint8Array) => verify(hashes[hash][0], data, key, signature);
    randomised(parties, pair, { mechanism: CKM.ECDSA }, digestOf(hash, data), openssl);
  },
});

const eddsa = row({
  title: 'sign EDDSA',
  mechanisms: ['EDDSA'],
  draw: fc.record({ curve: fc.constantFrom('ed25519' as const, 'ed448' as const), data: bytes(1, 300) }),
  check: (parties, { curve, data }) => {
    const [pair, mechanism] = [edwardsPair(curve), { mechanism: CKM.EDDSA }];
    const signature = same(parties, (user) => user.sign(mechanism, user.create(pair.privateKey), data), sign(null, data, pair.own));
    for (const user of Object.values(parties)) judge(user, pair, mechanism, data, signature);
  },
});

const dsa = (hash: (typeof longHashes)[number] | undefined): Row => {
  const name: CkmName = hash ? (`DSA_${hash.replace('_', '')}` as CkmName) : 'DSA';
  return row({
    title: `sign ${name}`,
    mechanisms: [name],
    draw: bytes(0, 300),
    check: (parties, data) => {
      const pair = dsaPair(1024);
      const key = { key: pair.others, dsaEncoding: 'ieee-p1363' } as const;
      const openssl = (signature: Uint8Array) => verify(hashes[hash ?? 'SHA_1'][0], data, key, signature);
      randomised(parties, pair, { mechanism: CKM[name] }, hash ? data : digestOf('SHA_1', data), openssl);
    },
  });
};

export const publicKeys: readonly Row[] = [
  ...(['MD5', ...longHashes] as const).map(rsaSignature),
  ...longHashes.map((hash) => pss(hash, `${hash.replace('_', '')}_RSA_PKCS_PSS` as CkmName)),
  ...longHashes.map((hash) => pss(hash, 'RSA_PKCS_PSS')),
  raw,
  encryption('RSA_PKCS'),
  encryption('RSA_PKCS_OAEP'),
  rawEncryption,
  ecdsa,
  eddsa,
  dsa(undefined),
  ...longHashes.map(dsa),
];
