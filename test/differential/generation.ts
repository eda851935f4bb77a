// Keys that one module makes, taken out of it by their attributes, and used in the other.
import * as fc from 'fast-check';
import { type CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import type { AttributeValue, Mechanism, Template } from '../support/functions.ts';
import { template, type User } from '../support/operations.ts';
import { bytes, type CkmName, must, type Parties, type Row, row, say } from './compare.ts';
import { type Curve, curves, octets } from './keys.ts';

type AttributeName = keyof typeof CKA;
type Attributes = Readonly<Partial<Record<AttributeName, AttributeValue>>>;

const open = { TOKEN: false, SENSITIVE: false, EXTRACTABLE: true };

/** An Edwards point: bare since v3.1, an OCTET STRING before, which both modules take. */
const isBarePoint = (name: AttributeName, { length }: Buffer) => name === 'EC_POINT' && (length === 32 || length === 57);

const read = (user: User, key: number, name: AttributeName): AttributeValue => {
  const value = user.valueOf(key, name);
  return isBarePoint(name, value) ? octets(value) : value;
};

/** What a key is, read from one module to be created in another. */
const taken = (user: User, key: number, names: readonly AttributeName[], use: Attributes): Template =>
  template({ ...Object.fromEntries(names.map((name) => [name, read(user, key, name)])), TOKEN: false, ...use });

/** Each makes; each of the two then uses what both have. */
const byTurns = (parties: Parties, act: (maker: User, other: User) => void): void => {
  const { strongroom, softhsm } = parties;
  say('made by strongroom', () => act(strongroom, softhsm));
  say('made by softhsm', () => act(softhsm, strongroom));
};

const secret = (name: CkmName, lengths: fc.Arbitrary<number | undefined>, mechanism: Mechanism): Row =>
  row({
    title: `generate by ${name}`,
    mechanisms: [name],
    draw: fc.record({ length: lengths, data: bytes(16, 16) }),
    check: (parties, { length, data }) => {
      const uses = mechanism.mechanism === CKM.SHA256_HMAC ? { SIGN: true } : { ENCRYPT: true };
      const use = (user: User, key: number) => ('SIGN' in uses ? user.sign(mechanism, key, data) : user.encrypt(mechanism, key, data));
      byTurns(parties, (maker, other) => {
        const made = template({ ...open, ...(length === undefined ? {} : { VALUE_LEN: length }), ...uses });
        const key = maker.keep(maker.module.C_GenerateKey(maker.session, { mechanism: CKM[name] }, made)[0]);
        const there = other.create(taken(maker, key, ['CLASS', 'KEY_TYPE', 'VALUE'], { ...open, ...uses }));
        must(Buffer.from(use(maker, key)).equals(use(other, there)), 'one key makes two results');
      });
    },
  });

interface Kind {
  readonly name: CkmName;
  readonly cost: number;
  readonly parameters: fc.Arbitrary<Attributes>;
  /** The attributes that are the public and the private key. */
  readonly holds: readonly AttributeName[];
  readonly secrets: readonly AttributeName[];
  readonly sign: Mechanism;
}

const use = (user: User, signer: number, other: User, verifier: number, mechanism: Mechanism, data: Uint8Array): void =>
  other.verify(mechanism, verifier, data, user.sign(mechanism, signer, data));

const pair = ({ name, cost, parameters, holds, secrets, sign }: Kind): Row =>
  row({
    title: `generate by ${name}`,
    mechanisms: [name],
    cost,
    draw: fc.record({ given: parameters, data: bytes(20, 20) }),
    check: (parties, { given, data }) => {
      byTurns(parties, (maker, other) => {
        const generated = maker.module.C_GenerateKeyPair(
          maker.session,
          { mechanism: CKM[name] },
          template({ ...given, TOKEN: false, VERIFY: true }),
          template({ ...open, PRIVATE: true, SIGN: true }),
        );
        const [publicKey, privateKey] = generated.map((key) => maker.keep(key)) as [number, number];
        const ownPublic = other.create(taken(maker, publicKey, ['CLASS', 'KEY_TYPE', ...holds], { VERIFY: true }));
        const ownPrivate = other.create(taken(maker, privateKey, ['CLASS', 'KEY_TYPE', ...secrets], { ...open, SIGN: true }));
        say('used where it was made', () => use(maker, privateKey, other, ownPublic, sign, data));
        say('used elsewhere', () => use(other, ownPrivate, maker, publicKey, sign, data));
      });
    },
  });

const rsaParts = ['MODULUS', 'PUBLIC_EXPONENT'] as const;
const primes = ['PRIVATE_EXPONENT', 'PRIME_1', 'PRIME_2', 'EXPONENT_1', 'EXPONENT_2', 'COEFFICIENT'] as const;
const named = (name: string) => Buffer.from([0x13, name.length, ...Buffer.from(name)]);

const domain = ['PRIME', 'SUBPRIME', 'BASE'] as const;

/** Domain parameters that one made, a pair of the other's by them, and a signature that both take. */
const dsaParameters = row({
  title: 'generate by DSA_PARAMETER_GEN, DSA_KEY_PAIR_GEN',
  mechanisms: ['DSA_PARAMETER_GEN', 'DSA_KEY_PAIR_GEN'],
  cost: 100,
  draw: bytes(20, 20),
  check: (parties, data) => {
    byTurns(parties, (maker, other) => {
      const mechanism = { mechanism: CKM.DSA_PARAMETER_GEN };
      const [made] = maker.module.C_GenerateKey(maker.session, mechanism, template({ PRIME_BITS: 1024, TOKEN: false }));
      const given = Object.fromEntries(domain.map((name) => [name, maker.valueOf(made, name)]));
      maker.keep(made);
      const [publicKey, privateKey] = other.module.C_GenerateKeyPair(
        other.session,
        { mechanism: CKM.DSA_KEY_PAIR_GEN },
        template({ ...given, TOKEN: false, VERIFY: true }),
        template({ ...open, PRIVATE: true, SIGN: true }),
      );
      const there = maker.create(taken(other, publicKey, ['CLASS', 'KEY_TYPE', ...domain, 'VALUE'], { VERIFY: true }));
      use(other, privateKey, maker, there, { mechanism: CKM.DSA_SHA1 }, data);
      for (const key of [publicKey, privateKey]) other.keep(key);
    });
  },
});

/** Likewise for Diffie-Hellman: a pair in each module, and one secret. */
const dhParameters = row({
  title: 'generate by DH_PKCS_PARAMETER_GEN, DH_PKCS_KEY_PAIR_GEN',
  mechanisms: ['DH_PKCS_PARAMETER_GEN', 'DH_PKCS_KEY_PAIR_GEN'],
  cost: 100,
  draw: fc.constant(512),
  check: (parties, bits) => {
    byTurns(parties, (maker, other) => {
      const mechanism = { mechanism: CKM.DH_PKCS_PARAMETER_GEN };
      const [made] = maker.module.C_GenerateKey(maker.session, mechanism, template({ PRIME_BITS: bits, TOKEN: false }));
      const [prime, base] = [maker.valueOf(made, 'PRIME'), maker.valueOf(made, 'BASE')];
      maker.keep(made);
      const side = (user: User) => {
        const [publicKey, privateKey] = user.module.C_GenerateKeyPair(
          user.session,
          { mechanism: CKM.DH_PKCS_KEY_PAIR_GEN },
          template({ PRIME: prime, BASE: base, TOKEN: false }),
          template({ ...open, PRIVATE: true, DERIVE: true }),
        );
        for (const key of [publicKey, privateKey]) user.keep(key);
        return { user, privateKey, value: user.valueOf(publicKey) };
      };
      const [one, two] = [side(maker), side(other)];
      const agreed = (mine: typeof one, theirs: typeof one) => {
        const shape = template({ ...open, CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, VALUE_LEN: bits / 8 });
        const parameter = theirs.value;
        return mine.user.valueOf(mine.user.derive({ mechanism: CKM.DH_PKCS_DERIVE, parameter }, mine.privateKey, shape));
      };
      must(agreed(one, two).equals(agreed(two, one)), 'two secrets come of one agreement');
    });
  },
});

const none = fc.constant(undefined);
const desEcb = { mechanism: CKM.DES3_ECB };

export const generation: readonly Row[] = [
  secret('AES_KEY_GEN', fc.constantFrom(16, 24, 32), { mechanism: CKM.AES_ECB }),
  secret('GENERIC_SECRET_KEY_GEN', fc.integer({ min: 32, max: 128 }), { mechanism: CKM.SHA256_HMAC }),
  secret('DES3_KEY_GEN', none, desEcb),
  secret('DES2_KEY_GEN', none, desEcb),
  secret('DES_KEY_GEN', none, { mechanism: CKM.DES_ECB }),
  pair({
    name: 'RSA_PKCS_KEY_PAIR_GEN',
    cost: 40,
    parameters: fc.record({ MODULUS_BITS: fc.constantFrom(1024, 2048), PUBLIC_EXPONENT: fc.constant(Buffer.of(1, 0, 1)) }),
    holds: rsaParts,
    secrets: [...rsaParts, ...primes],
    sign: { mechanism: CKM.SHA256_RSA_PKCS },
  }),
  pair({
    name: 'EC_KEY_PAIR_GEN',
    cost: 1,
    parameters: fc.record({
      EC_PARAMS: fc.constantFrom(...(Object.keys(curves) as Curve[])).map((name) => Buffer.from(curves[name], 'hex')),
    }),
    holds: ['EC_PARAMS', 'EC_POINT'],
    secrets: ['EC_PARAMS', 'VALUE'],
    sign: { mechanism: CKM.ECDSA },
  }),
  pair({
    name: 'EC_EDWARDS_KEY_PAIR_GEN',
    cost: 1,
    parameters: fc.record({ EC_PARAMS: fc.constantFrom('edwards25519', 'edwards448').map(named) }),
    holds: ['EC_PARAMS', 'EC_POINT'],
    secrets: ['EC_PARAMS', 'VALUE'],
    sign: { mechanism: CKM.EDDSA },
  }),
  dsaParameters,
  dhParameters,
];
