// How a good frame is spoilt, and how a lane is used as nobody may.
import fc from 'fast-check';
import { calls } from '../../src/protocol/calls.ts';
import { CKA } from '../../src/protocol/constants.ts';
import { LANE_DATA, LANE_STATE } from '../../src/protocol/layout.ts';
import { VALUE_FORM } from '../../src/protocol/parameters.ts';
import { templateAttributes } from '../../src/protocol/templates.ts';

export type Spoil = (frame: Buffer) => Buffer;

/** It tells itself in a report. */
const told = (text: string, spoil: Spoil): Spoil => Object.assign(spoil, { toString: () => text });

const place = fc.nat(4095);
const word = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 7n, 8n, 255n, 256n, 257n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n),
  fc.constantFrom(2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 8n, 2n ** 64n - 8n, 2n ** 64n - 3n, 2n ** 64n - 2n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(...Object.values(CKA)).map(BigInt),
);
const at = (frame: Buffer, from: number): number => (from % Math.max(1, Math.floor(frame.length / 8))) * 8;
const numbered = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const replaced = fc.tuple(place, word).map(([from, value]) =>
  told(`word ${from} is ${value}`, (frame) => {
    const bytes = Buffer.from(frame);
    if (bytes.length >= 8) numbered(value).copy(bytes, at(bytes, from));
    return bytes;
  }),
);
const shifted = fc.tuple(place, fc.constantFrom(-8n, -1n, 1n, 7n, 8n, 2n ** 32n, 2n ** 63n)).map(([from, by]) =>
  told(`word ${from} is ${by} more`, (frame) => {
    const bytes = Buffer.from(frame);
    if (bytes.length < 8) return bytes;
    const where = at(bytes, from);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, bytes.readBigUInt64LE(where) + by), where);
    return bytes;
  }),
);
const flipped = fc.tuple(fc.nat(65_535), fc.nat(7)).map(([from, bit]) =>
  told(`bit ${bit} of byte ${from} is changed`, (frame) => {
    const bytes = Buffer.from(frame);
    if (bytes.length > 0) bytes[from % bytes.length]! ^= 1 << bit;
    return bytes;
  }),
);
const cut = fc.nat(65_535).map((from) => told(`cut at ${from}`, (frame) => frame.subarray(0, from % (frame.length + 1))));
const lengthened = fc
  .uint8Array({ minLength: 1, maxLength: 64 })
  .map((more) => told(`with ${more.length} bytes more`, (frame) => Buffer.concat([frame, more])));
const doubled = fc.tuple(place, place).map(([from, length]) =>
  told(`${length} words of it twice, from word ${from}`, (frame) => {
    const start = at(frame, from);
    return Buffer.concat([frame.subarray(0, start + length * 8), frame.subarray(start)]);
  }),
);
const renamed = fc
  .tuple(fc.constantFrom(...Object.values(calls).map(({ id }) => id), 0, 105, 1000), fc.constantFrom(0n, 2n ** 32n, 2n ** 33n))
  .map(([id, more]) => told(`as call ${id} + ${more}`, (frame) => Buffer.concat([numbered(BigInt(id) + more), frame.subarray(8)])));
const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => told('noise', () => Buffer.from(bytes)));
const grown = fc
  .constantFrom(LANE_DATA - 8, LANE_DATA, LANE_DATA + 8, 65_536, 65_544, 5 * LANE_DATA)
  .map((length) => told(`filled up to ${length} bytes`, (frame) => Buffer.concat([frame, Buffer.alloc(length, frame)], length)));

/** Templates inside templates, and nothing at the bottom. */
const deep = fc
  .tuple(
    fc.constantFrom('C_CreateObject', 'C_FindObjectsInit', 'C_SetAttributeValue', 'C_GetAttributeValue'),
    fc.constantFrom(3, 4, 5, 60, 1300),
  )
  .map(([name, depth]) =>
    told(`${name} with templates ${depth} deep`, (frame) => {
      const { id, kinds } = calls[name as 'C_CreateObject'];
      const before = kinds.findIndex(({ kind }) => (kind as string).endsWith('emplate'));
      const level = [1n, BigInt(templateAttributes[0]!), BigInt(VALUE_FORM.NESTED)];
      const words = [
        BigInt(id),
        ...Array.from({ length: before }, (_, n) => (n === 0 && frame.length >= 16 ? frame.readBigUInt64LE(8) : 1n)),
      ];
      return Buffer.concat([...words, ...Array.from({ length: depth }, () => level).flat(), 0n, 0n].map(numbered));
    }),
  );

export const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  { weight: 8, arbitrary: replaced },
  { weight: 4, arbitrary: shifted },
  { weight: 3, arbitrary: flipped },
  { weight: 2, arbitrary: cut },
  { weight: 1, arbitrary: lengthened },
  { weight: 1, arbitrary: doubled },
  { weight: 1, arbitrary: renamed },
  { weight: 1, arbitrary: noise },
  { weight: 1, arbitrary: grown },
  { weight: 1, arbitrary: deep },
);

export interface Breach {
  readonly state?: number;
  readonly length?: number;
  readonly more?: number;
}
export const breach: fc.Arbitrary<Breach> = fc.oneof(
  fc.constantFrom(LANE_STATE.FREE, LANE_STATE.CLAIMED, LANE_STATE.MORE, LANE_STATE.ANSWERED, 6, 0xffff_ffff).map((state) => ({ state })),
  fc.constantFrom(0, 1, 7, LANE_DATA, LANE_DATA + 1, 0x8000_0000, 0xffff_ffff).map((length) => ({ length })),
  fc.constantFrom(1, 2, 0xffff_ffff).map((more) => ({ more })),
);

/** What is said to the engine instead of a hello, or as one. None of it is a request that it knows. */
export const greeting: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Uint8Array.from([bytes[0]! & 0x5f, ...bytes.slice(1)])),
  fc.jsonValue().map((value) => Buffer.from(`${JSON.stringify({ request: 'no such request', value })}\n`)),
  fc.constantFrom(10, 1000, 30_000).map((depth) => Buffer.from(`{"request":${'['.repeat(depth)}\n`)),
  fc
    .constantFrom('{\n', '{}\n', '{"request":null}\n', '{"request":{}}\n', '{"request":"status"', `{${'x'.repeat(32_000)}`)
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.concat([Buffer.from('helo'), bytes])),
);
