// CKA_EC_POINT as applications write it, brought to the standard's form. Which curve it is on is not known here.

const OCTET_STRING = 0x04;
const BIT_STRING = 0x03;

/** Bytes of a coordinate, for every prime field that standards name. */
const FIELD_SIZES = [20, 24, 28, 32, 40, 48, 64, 66];
const compressedLengths = new Set(FIELD_SIZES.map((size) => 1 + size));
const uncompressedLengths = new Set(FIELD_SIZES.map((size) => 1 + 2 * size));

/** Whether it could be a point as SEC 1 writes it: 02 or 03 and one coordinate, 04 and both. */
function isPoint(value: Uint8Array): boolean {
  if (value[0] === 4) return uncompressedLengths.has(value.length);
  return (value[0] === 2 || value[0] === 3) && compressedLengths.has(value.length);
}

/** What a DER value of this tag holds, or undefined where the bytes are not exactly one. */
function content(value: Uint8Array, tag: number): Uint8Array | undefined {
  if (value[0] !== tag) return undefined;
  if (value[1]! < 0x80 && value.length === 2 + value[1]!) return value.subarray(2);
  if (value[1] === 0x81 && value[2]! >= 0x80 && value.length === 3 + value[2]!) return value.subarray(3);
  return undefined;
}

/** v3.0's "DER-encoding": an OCTET STRING to most; a BIT STRING, whose first byte counts the bits that its last one lacks, to some. */
function inner(value: Uint8Array): Uint8Array | undefined {
  const bits = content(value, BIT_STRING);
  return bits?.[0] === 0 ? bits.subarray(1) : content(value, OCTET_STRING);
}

export function octetString(octets: Uint8Array): Uint8Array {
  const header = octets.length < 0x80 ? [OCTET_STRING, octets.length] : [OCTET_STRING, 0x81, octets.length];
  return Uint8Array.of(...header, ...octets);
}

/**
 * CKK_EC: the DER encoding of X9.62's ECPoint, an OCTET STRING; many applications give the bare point. An uncompressed point begins with
 * 04 as an OCTET STRING does, a compressed one may begin with 03 as a BIT STRING does; no field size differs from another so that what is
 * one by its length could be the other. (Binary fields of 163 bits would; nobody offers them.)
 */
export function derPoint(value: Uint8Array): Uint8Array {
  if (isPoint(value)) return octetString(value);
  const bare = inner(value);
  return bare !== undefined && isPoint(bare) ? octetString(bare) : value;
}

const RAW_LENGTHS = new Set([32, 56, 57]);

/** CKK_EC_EDWARDS and CKK_EC_MONTGOMERY: the bare bytes (RFC 8032, RFC 7748); v3.0 had their DER encoding. */
export function rawPoint(value: Uint8Array): Uint8Array {
  const bare = inner(value);
  return bare !== undefined && RAW_LENGTHS.has(bare.length) ? bare.slice() : value;
}
