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

/** A curve of RFC 8410, whose keys are bare bytes. */
interface BareCurve<Name extends string> {
  /** OpenSSL's name. */
  readonly name: Name;
  /** PKCS#11's first. */
  readonly aliases: readonly string[];
  readonly oid: Uint8Array;
  /** From before RFC 8410: GnuPG's. */
  readonly formerOids: readonly Uint8Array[];
  readonly bits: number;
  /** Bytes of a private and of a public key; and of half a signature, or of what two keys agree on. */
  readonly size: number;
}

const bare = <Name extends string>(
  name: Name,
  bits: number,
  size: number,
  oid: string,
  formerOid: string,
  ...aliases: string[]
): BareCurve<Name> => ({
  name,
  aliases,
  oid: objectIdentifier(oid),
  formerOids: [objectIdentifier(formerOid)],
  bits,
  size,
});

export type EdwardsCurve = BareCurve<'ed25519' | 'ed448'>;

export const edwardsCurves: readonly EdwardsCurve[] = [
  bare('ed25519', 255, 32, '2b6570', '2b06010401da470f01', 'edwards25519', 'Ed25519'),
  bare('ed448', 448, 57, '2b6571', '2b06010401da470f02', 'edwards448', 'Ed448'),
];

/** RFC 7748's. */
export type MontgomeryCurve = BareCurve<'x25519' | 'x448'>;

export const montgomeryCurves: readonly MontgomeryCurve[] = [
  bare('x25519', 255, 32, '2b656e', '2b060104019755010501', 'curve25519', 'X25519'),
  bare('x448', 448, 56, '2b656f', '2b060104019755010502', 'curve448', 'X448'),
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
