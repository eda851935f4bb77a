// CRC-64-ECMA (ECMA-182): CKA_PUBLIC_CRC64_VALUE tells that two objects are halves of one pair. It protects nothing.

const POLYNOMIAL = 0x42f0e1eba9ea3693n;

/** For each first byte, what it does to the rest: high and low 32 bits, for numbers are faster than BigInts. */
const makeTable = () =>
  Array.from({ length: 256 }, (_, byte) => {
    let rest = BigInt(byte) << 56n;
    for (let bit = 0; bit < 8; bit++) rest = BigInt.asUintN(64, rest << 1n) ^ (rest >> 63n ? POLYNOMIAL : 0n);
    return { high: Number(rest >> 32n), low: Number(rest & 0xffff_ffffn) };
  });
let table: ReturnType<typeof makeTable> | undefined;

/** Eight bytes, the most significant first. */
export function crc64(bytes: Uint8Array): Uint8Array {
  table ??= makeTable();
  let [high, low] = [0, 0];
  for (const byte of bytes) {
    const effect = table[(high >>> 24) ^ byte]!;
    high = ((high << 8) | (low >>> 24)) ^ effect.high;
    low = (low << 8) ^ effect.low;
  }
  const value = new Uint8Array(8);
  const view = new DataView(value.buffer);
  view.setInt32(0, high);
  view.setInt32(4, low);
  return value;
}
