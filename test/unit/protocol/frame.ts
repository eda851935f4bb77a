// Frames written by hand: numbers, and bytes that are padded to whole ones.

export type Part = number | bigint | Uint8Array;

/** docs/wire.md, "Request". */
export const NULL_MARK = 2n ** 64n - 1n;
export const BAD_MARK = 2n ** 64n - 2n;

export function frame(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (part instanceof Uint8Array) return Buffer.concat([part, Buffer.alloc((8 - (part.length % 8)) % 8)]);
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(part));
      return bytes;
    }),
  );
}
