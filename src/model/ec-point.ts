// CKA_EC_POINT as applications write it, brought to the standard's form. Which curve it is on is not known here.

const OCTET_STRING = 0x04;

/** Bytes of a coordinate, for every curve that standards name. */
const FIELD_SIZES = [20, 21, 24, 28, 32, 40, 48, 64, 66];
const pointLengths = new Set(FIELD_SIZES.flatMap((size) => [1 + size, 1 + 2 * size]));

/** What a DER OCTET STRING holds, or undefined where the bytes are not exactly one. */
function octets(value: Uint8Array): Uint8Array | undefined {
  if (value[0] !== OCTET_STRING) return undefined;
  if (value[1]! < 0x80 && value.length === 2 + value[1]!) return value.subarray(2);
  if (value[1] === 0x81 && value[2]! >= 0x80 && value.length === 3 + value[2]!) return value.subarray(3);
  return undefined;
}

function octetString(content: Uint8Array): Uint8Array {
  const header = content.length < 0x80 ? [OCTET_STRING, content.length] : [OCTET_STRING, 0x81, content.length];
  return Uint8Array.of(...header, ...content);
}

/**
 * CKK_EC: the DER encoding of X9.62's ECPoint, an OCTET STRING; many applications give the bare point. An uncompressed point
 * begins with 04 as an OCTET STRING does; no two of the field sizes differ by one or two bytes so that one could be taken for the other.
 */
export function derPoint(value: Uint8Array): Uint8Array {
  const inner = octets(value);
  if (inner !== undefined && pointLengths.has(inner.length)) return value;
  return pointLengths.has(value.length) ? octetString(value) : value;
}

const RAW_LENGTHS = new Set([32, 56, 57]);

/** CKK_EC_EDWARDS and CKK_EC_MONTGOMERY: the bare bytes (RFC 8032, RFC 7748); v3.0 had them in an OCTET STRING. */
export function rawPoint(value: Uint8Array): Uint8Array {
  const inner = octets(value);
  return inner !== undefined && RAW_LENGTHS.has(inner.length) ? inner.slice() : value;
}
