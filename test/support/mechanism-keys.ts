// A key of every type that a mechanism works on, that may be used for everything.
import { CKA, CKK, CKM, CKO, CKP } from '../../src/protocol/constants.ts';
import { type Entries, made, mechanism, must, read, structure, template, ulong, ulongs } from './cryptoki.ts';

export interface Keys {
  /** Of key pairs; a secret key's handle stands for both. */
  readonly publicKey: number;
  readonly privateKey: number;
}

const open = { [CKA.PRIVATE]: false, [CKA.DERIVE]: true };
const readable = { [CKA.SENSITIVE]: false, [CKA.EXTRACTABLE]: true };
const publicUses = { [CKA.ENCRYPT]: true, [CKA.VERIFY]: true, [CKA.VERIFY_RECOVER]: true, [CKA.WRAP]: true, [CKA.ENCAPSULATE]: true };
const privateUses = { [CKA.DECRYPT]: true, [CKA.SIGN]: true, [CKA.SIGN_RECOVER]: true, [CKA.UNWRAP]: true, [CKA.DECAPSULATE]: true };
const secretUses = {
  ...{ [CKA.ENCRYPT]: true, [CKA.DECRYPT]: true, [CKA.SIGN]: true, [CKA.VERIFY]: true, [CKA.WRAP]: true, [CKA.UNWRAP]: true },
  ...open,
  ...readable,
};

const oid = (hex: string) => ({ [CKA.EC_PARAMS]: Buffer.from(hex, 'hex') });

/** An attribute's value, as it is. */
export function attributeOf(session: number, key: number, type: number): Buffer {
  const asked = structure('CK_ATTRIBUTE', [type, null, 0]);
  must('C_GetAttributeValue', session, key, asked, 1);
  const value = Buffer.alloc(read(asked, 2));
  must('C_GetAttributeValue', session, key, structure('CK_ATTRIBUTE', [type, value, value.length]), 1);
  return value;
}

/** Small ones, since nobody relies on them. */
const sizes: Readonly<Record<number, Entries>> = {
  [CKM.DSA_PARAMETER_GEN]: { [CKA.PRIME_BITS]: 1024 },
  [CKM.DH_PKCS_PARAMETER_GEN]: { [CKA.PRIME_BITS]: 512 },
  [CKM.X9_42_DH_PARAMETER_GEN]: { [CKA.PRIME_BITS]: 1024, [CKA.SUBPRIME_BITS]: 160 },
};

/** New domain parameters. @param type the mechanism. */
export const generateDomain = (session: number, type: number): number =>
  made('C_GenerateKey', session, mechanism(type), ...template(sizes[type]!));

const domain = (session: number, type: number, ...attributes: readonly number[]): Entries => {
  const parameters = generateDomain(session, type);
  return Object.fromEntries(attributes.map((attribute) => [attribute, attributeOf(session, parameters, attribute)]));
};

interface PairKind {
  readonly generate: number;
  readonly entries: (session: number) => Entries;
  /** The private key's own, where it may not be readable. */
  readonly kept?: Entries;
}

const pairs: ReadonlyMap<number, PairKind> = new Map<number, PairKind>([
  [
    CKK.RSA,
    { generate: CKM.RSA_PKCS_KEY_PAIR_GEN, entries: () => ({ [CKA.MODULUS_BITS]: 2048, [CKA.PUBLIC_EXPONENT]: Buffer.of(1, 0, 1) }) },
  ],
  [CKK.EC, { generate: CKM.EC_KEY_PAIR_GEN, entries: () => oid('06082a8648ce3d030107') }],
  [CKK.EC_EDWARDS, { generate: CKM.EC_EDWARDS_KEY_PAIR_GEN, entries: () => oid('06032b6570') }],
  [CKK.EC_MONTGOMERY, { generate: CKM.EC_MONTGOMERY_KEY_PAIR_GEN, entries: () => oid('06032b656e') }],
  [
    CKK.DSA,
    {
      generate: CKM.DSA_KEY_PAIR_GEN,
      entries: (session) => domain(session, CKM.DSA_PARAMETER_GEN, CKA.PRIME, CKA.SUBPRIME, CKA.BASE),
    },
  ],
  [CKK.DH, { generate: CKM.DH_PKCS_KEY_PAIR_GEN, entries: (session) => domain(session, CKM.DH_PKCS_PARAMETER_GEN, CKA.PRIME, CKA.BASE) }],
  [
    CKK.X9_42_DH,
    {
      generate: CKM.X9_42_DH_KEY_PAIR_GEN,
      entries: (session) => domain(session, CKM.X9_42_DH_PARAMETER_GEN, CKA.PRIME, CKA.SUBPRIME, CKA.BASE),
    },
  ],
  [CKK.ML_KEM, { generate: CKM.ML_KEM_KEY_PAIR_GEN, entries: () => ({ [CKA.PARAMETER_SET]: CKP.ML_KEM_768 }) }],
  [CKK.ML_DSA, { generate: CKM.ML_DSA_KEY_PAIR_GEN, entries: () => ({ [CKA.PARAMETER_SET]: CKP.ML_DSA_44 }) }],
  [CKK.SLH_DSA, { generate: CKM.SLH_DSA_KEY_PAIR_GEN, entries: () => ({ [CKA.PARAMETER_SET]: CKP.SLH_DSA_SHA2_128F }) }],
  [
    CKK.HSS,
    {
      generate: CKM.HSS_KEY_PAIR_GEN,
      entries: () => ({}),
      kept: { [CKA.HSS_LEVELS]: 1, [CKA.HSS_LMS_TYPES]: ulongs(5), [CKA.HSS_LMOTS_TYPES]: ulongs(1) },
    },
  ],
]);

/** @param generate the mechanism. */
export function generatePair(session: number, generate: number): Keys {
  const kind = [...pairs.values()].find((each) => each.generate === generate)!;
  const [publicKey, privateKey] = [ulong(), ulong()];
  const publicTemplate = template({ ...open, ...publicUses, ...kind.entries(session) });
  const privateTemplate = template({ ...open, ...(kind.kept ?? readable), ...privateUses });
  must('C_GenerateKeyPair', session, mechanism(generate), ...publicTemplate, ...privateTemplate, publicKey, privateKey);
  return { publicKey: read(publicKey), privateKey: read(privateKey) };
}

/** Bytes of a secret key, where its type leaves a choice: TLS's master secrets are the longest that somebody needs. */
const lengths: Readonly<Record<number, number>> = {
  ...{ [CKK.AES]: 16, [CKK.CAMELLIA]: 16, [CKK.ARIA]: 16, [CKK.AES_XTS]: 32, [CKK.CHACHA20]: 32, [CKK.POLY1305]: 32 },
  ...{ [CKK.SEED]: 16, [CKK.IDEA]: 16, [CKK.BLOWFISH]: 16, [CKK.CAST128]: 16 },
  ...{ [CKK.DES]: 8, [CKK.DES2]: 16, [CKK.DES3]: 24, [CKK.HOTP]: 20 },
};
/** With DES's parity, and without a half that is like another. */
const secret = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => 1 << (i / 8)));

export function createSecret(session: number, keyType: number, more: Entries = {}): number {
  const entries = {
    [CKA.CLASS]: keyType === CKK.HOTP ? CKO.OTP_KEY : CKO.SECRET_KEY,
    [CKA.KEY_TYPE]: keyType,
    [CKA.VALUE]: secret(lengths[keyType] ?? 48),
  };
  return made('C_CreateObject', session, ...template({ ...entries, ...secretUses, ...more }));
}

/** One of each type, made when first asked for. */
export class KeyRing {
  readonly session: number;
  readonly #keys = new Map<number, Keys>();

  constructor(session: number) {
    this.session = session;
  }

  of(keyType: number): Keys {
    const known = this.#keys.get(keyType);
    if (known !== undefined) return known;
    const keys = this.#make(keyType);
    this.#keys.set(keyType, keys);
    return keys;
  }

  #make(keyType: number): Keys {
    const pair = pairs.get(keyType);
    if (pair !== undefined) return generatePair(this.session, pair.generate);
    const key = createSecret(this.session, keyType);
    return { publicKey: key, privateKey: key };
  }

  /** What the other side of an agreement sends. */
  publicValue(keyType: number): Buffer {
    const isCurve = keyType === CKK.EC || keyType === CKK.EC_MONTGOMERY;
    return attributeOf(this.session, this.of(keyType).publicKey, isCurve ? CKA.EC_POINT : CKA.VALUE);
  }
}
