// The elliptic curves that OpenSSL has and standards name: data.

import { contentOf, TAG } from './der.ts';
import { objectIdentifier } from './key-der.ts';

export interface Curve {
  /** OpenSSL's name. */
  readonly name: string;
  /** The same by other standards (CKA_EC_PARAMS as a PrintableString). */
  readonly aliases: readonly string[];
  /** DER of the object identifier. */
  readonly oid: Uint8Array;
  /** Of the base point's order. */
  readonly bits: number;
  /** Bytes of a coordinate, which for these curves is also the length of a number below the order. */
  readonly size: number;
}

const curve = (name: string, bits: number, oid: string, ...aliases: string[]): Curve => ({
  name,
  aliases,
  oid: objectIdentifier(oid),
  bits,
  size: Math.ceil(bits / 8),
});

// RFC 5639 §4.1: 1.3.36.3.3.2.8.1.1.n
const brainpool = (bits: number, form: 'r1' | 't1', arc: number): Curve =>
  curve(`brainpoolP${bits}${form}`, bits, `2b240303020801010${arc.toString(16)}`);

export const curves: readonly Curve[] = [
  curve('secp224r1', 224, '2b81040021', 'P-224'),
  curve('prime256v1', 256, '2a8648ce3d030107', 'secp256r1', 'P-256'),
  curve('secp384r1', 384, '2b81040022', 'P-384'),
  curve('secp521r1', 521, '2b81040023', 'P-521'),
  curve('secp256k1', 256, '2b8104000a'),
  ...[160, 192, 224, 256, 320, 384, 512].flatMap((bits, i) => [brainpool(bits, 'r1', 2 * i + 1), brainpool(bits, 't1', 2 * i + 2)]),
];

export interface EdwardsCurve {
  /** OpenSSL's name. */
  readonly name: 'ed25519' | 'ed448';
  readonly aliases: readonly string[];
  readonly oid: Uint8Array;
  /** From before RFC 8410: GnuPG's. */
  readonly formerOids: readonly Uint8Array[];
  readonly bits: number;
  /** Bytes of a seed, of a public key, and of half a signature. */
  readonly size: number;
}

export const edwardsCurves: readonly EdwardsCurve[] = [
  {
    name: 'ed25519',
    aliases: ['edwards25519', 'Ed25519'],
    oid: objectIdentifier('2b6570'),
    formerOids: [objectIdentifier('2b06010401da470f01')],
    bits: 255,
    size: 32,
  },
  {
    name: 'ed448',
    aliases: ['edwards448', 'Ed448'],
    oid: objectIdentifier('2b6571'),
    formerOids: [objectIdentifier('2b06010401da470f02')],
    bits: 448,
    size: 57,
  },
];

/** RFC 7748's. PKCS#11's names of them are the first aliases. */
export interface MontgomeryCurve {
  /** OpenSSL's name. */
  readonly name: 'x25519' | 'x448';
  readonly aliases: readonly string[];
  readonly oid: Uint8Array;
  readonly formerOids: readonly Uint8Array[];
  readonly bits: number;
  /** Bytes of a private key, of a public key, and of what two of them agree on. */
  readonly size: number;
}

export const montgomeryCurves: readonly MontgomeryCurve[] = [
  {
    name: 'x25519',
    aliases: ['curve25519', 'X25519'],
    oid: objectIdentifier('2b656e'),
    formerOids: [objectIdentifier('2b060104019755010501')],
    bits: 255,
    size: 32,
  },
  {
    name: 'x448',
    aliases: ['curve448', 'X448'],
    oid: objectIdentifier('2b656f'),
    formerOids: [objectIdentifier('2b060104019755010502')],
    bits: 448,
    size: 56,
  },
];

interface Named {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly oid: Uint8Array;
  readonly formerOids?: readonly Uint8Array[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const byOid = <C extends Named>(all: readonly C[]): ReadonlyMap<string, C> =>
  new Map(all.flatMap((each) => [each.oid, ...(each.formerOids ?? [])].map((identifier) => [hex(identifier), each] as const)));
const byName = <C extends Named>(all: readonly C[]): ReadonlyMap<string, C> =>
  new Map(all.flatMap((each) => [each.name, ...each.aliases].map((name) => [name, each] as const)));

/** Reads X9.62's Parameters: the curve, 'unknown' for one that is not in the table, undefined for what names no curve at all. */
const reader = <C extends Named>(all: readonly C[]): ((parameters: Uint8Array) => C | 'unknown' | undefined) => {
  const [oids, names] = [byOid(all), byName(all)];
  return (parameters) => {
    const name = contentOf(parameters, TAG.PRINTABLE_STRING);
    if (name !== undefined) return names.get(Buffer.from(name).toString('latin1')) ?? 'unknown';
    return contentOf(parameters, TAG.OID) === undefined ? undefined : (oids.get(hex(parameters)) ?? 'unknown');
  };
};

export const readCurve = reader(curves);
export const readEdwardsCurve = reader(edwardsCurves);
export const readMontgomeryCurve = reader(montgomeryCurves);
