// An object of every kind that a token can hold, a key of every type among them, none of which permits anything.
import { getDiffieHellman } from 'node:crypto';
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { ulongBytes } from '../../src/model/attribute.ts';
import { CKA, CKK, CKM, CKO, CKP } from '../../src/protocol/constants.ts';
import { everyKind } from '../unit/model/every-kind.ts';
import { type Entries, template } from '../unit/model/templates.ts';

/** What the object is, for who judges what may be done with it. */
export interface Made {
  readonly label: string;
  readonly objectClass: number;
  readonly keyType: number | undefined;
}

const oid = (hex: string) => ({ EC_PARAMS: Buffer.from(hex, 'hex') });

const modp = () => ({ PRIME: getDiffieHellman('modp14').getPrime(), BASE: Uint8Array.of(2) });

/** How a pair of each type is made whose values nobody can make up. DSA's domain parameters are the token's. */
const pairs = (
  dsa: Entries,
): readonly (readonly [name: string, keyType: number, mechanism: number, asked: Entries, ofPrivate?: Entries])[] => [
  ['rsa', CKK.RSA, CKM.RSA_PKCS_KEY_PAIR_GEN, { MODULUS_BITS: 2048, PUBLIC_EXPONENT: Uint8Array.of(1, 0, 1) }],
  ['dsa', CKK.DSA, CKM.DSA_KEY_PAIR_GEN, dsa],
  ['dh', CKK.DH, CKM.DH_PKCS_KEY_PAIR_GEN, modp()],
  ['x942', CKK.X9_42_DH, CKM.X9_42_DH_KEY_PAIR_GEN, dsa],
  ['ec', CKK.EC, CKM.EC_KEY_PAIR_GEN, oid('06082a8648ce3d030107')],
  ['edwards', CKK.EC_EDWARDS, CKM.EC_EDWARDS_KEY_PAIR_GEN, oid('06032b6570')],
  ['montgomery', CKK.EC_MONTGOMERY, CKM.EC_MONTGOMERY_KEY_PAIR_GEN, oid('06032b656e')],
  ['mlKem', CKK.ML_KEM, CKM.ML_KEM_KEY_PAIR_GEN, { PARAMETER_SET: CKP.ML_KEM_512 }],
  ['mlDsa', CKK.ML_DSA, CKM.ML_DSA_KEY_PAIR_GEN, { PARAMETER_SET: CKP.ML_DSA_44 }],
  ['slhDsa', CKK.SLH_DSA, CKM.SLH_DSA_KEY_PAIR_GEN, { PARAMETER_SET: CKP.SLH_DSA_SHA2_128F }],
  ['hss', CKK.HSS, CKM.HSS_KEY_PAIR_GEN, {}, { HSS_LEVELS: 1, HSS_LMS_TYPES: ulongBytes(5), HSS_LMOTS_TYPES: ulongBytes(1) }],
];

const PUBLIC_USES: Entries = {
  ...{ ENCRYPT: false, VERIFY: false, VERIFY_RECOVER: false, WRAP: false, DERIVE: false, ENCAPSULATE: false },
};
const PRIVATE_USES: Entries = {
  ...{ DECRYPT: false, SIGN: false, SIGN_RECOVER: false, UNWRAP: false, DERIVE: false, DECAPSULATE: false },
};
const SECRET_USES: Entries = {
  ...{ ENCRYPT: false, DECRYPT: false, SIGN: false, VERIFY: false, WRAP: false, UNWRAP: false, DERIVE: false },
};
const usesOf: ReadonlyMap<unknown, Entries> = new Map([
  [CKO.PUBLIC_KEY, PUBLIC_USES],
  [CKO.PRIVATE_KEY, PRIVATE_USES],
  [CKO.SECRET_KEY, SECRET_USES],
  [CKO.OTP_KEY, { SIGN: false, VERIFY: false }],
]);

const forModule = (entries: Entries): Template => template(entries).map(({ type, value }) => ({ type, value: Buffer.from(value!) }));

/** Token objects: another application finds them too. */
const named = (label: string): Entries => ({ LABEL: label, TOKEN: true });

function domainOf(module: PKCS11, session: Handle): Entries {
  const made = module.C_GenerateKey(session, { mechanism: CKM.DSA_PARAMETER_GEN }, forModule({ PRIME_BITS: 1024 }));
  const [PRIME, SUBPRIME, BASE] = module
    .C_GetAttributeValue(
      session,
      made,
      [CKA.PRIME, CKA.SUBPRIME, CKA.BASE].map((type) => ({ type })),
    )
    .map(({ value }) => value);
  return { PRIME, SUBPRIME, BASE };
}

export function makeEveryKey(module: PKCS11, session: Handle): Made[] {
  const made: Made[] = [];
  for (const [name, keyType, mechanism, asked, ofPrivate] of pairs(domainOf(module, session))) {
    const [publicLabel, privateLabel] = [`${name} public`, `${name} private`];
    const publicTemplate = forModule({ ...named(publicLabel), ...PUBLIC_USES, ...asked });
    module.C_GenerateKeyPair(session, { mechanism }, publicTemplate, forModule({ ...named(privateLabel), ...PRIVATE_USES, ...ofPrivate }));
    made.push({ label: publicLabel, objectClass: CKO.PUBLIC_KEY, keyType }, { label: privateLabel, objectClass: CKO.PRIVATE_KEY, keyType });
  }
  const isPaired = ({ objectClass, keyType }: Pick<Made, 'objectClass' | 'keyType'>) =>
    made.some((other) => other.objectClass === objectClass && other.keyType === keyType);
  for (const [kind, entries] of Object.entries(everyKind)) {
    const what = { label: kind, objectClass: entries.CLASS as number, keyType: entries.KEY_TYPE as number | undefined };
    if (isPaired(what)) continue;
    module.C_CreateObject(session, forModule({ ...entries, ...named(kind), ...usesOf.get(entries.CLASS) }));
    made.push(what);
  }
  return made;
}
