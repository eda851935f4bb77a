// A cursor that writes one reply frame. It grows when a reply is longer than the buffer that replies usually fit.

import { fieldName, fieldsOf, isReturned, parameterNames, type ReturnedStruct, VALUE_FORM } from './parameters.ts';
import type { StructValues, Version } from './structs.ts';
import { structs } from './structs.ts';
import { Views } from './views.ts';

const ALL_ONES = 0xffff_ffff;

/** One entry of C_GetAttributeValue's answer. `length` 2^64 stands for CK_UNAVAILABLE_INFORMATION. */
export interface WireValue {
  readonly type: number;
  readonly length: number;
  readonly value?: Uint8Array;
  readonly nested?: readonly WireValue[];
}

export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #offset = 0;
  readonly #usual: ArrayBufferLike;
  readonly #views: Views;

  constructor(buffer: ArrayBufferLike) {
    this.#usual = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#views = new Views(this.#bytes);
    this.#view = new DataView(buffer);
  }

  start(): void {
    if (this.#bytes.buffer !== this.#usual) {
      this.#bytes = new Uint8Array(this.#usual);
      this.#view = new DataView(this.#usual);
    }
    this.#offset = 0;
  }

  get length(): number {
    return this.#offset;
  }

  /** Whether the reply lies in the usual buffer, from its start. */
  get isUsual(): boolean {
    return this.#bytes.buffer === this.#usual;
  }

  /** A view of what was written. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset);
  }

  #room(length: number): number {
    const offset = this.#offset;
    const end = offset + Math.ceil(length / 8) * 8;
    if (end > this.#bytes.length) this.#grow(end);
    this.#offset = end;
    return offset;
  }

  #grow(end: number): void {
    const bytes = new Uint8Array(Math.max(end, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#offset));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  ulong(value: number): void {
    const offset = this.#room(8);
    if (value >= 2 ** 64) {
      this.#view.setUint32(offset, ALL_ONES, true);
      this.#view.setUint32(offset + 4, ALL_ONES, true);
    } else {
      this.#view.setUint32(offset, value % 2 ** 32, true);
      this.#view.setUint32(offset + 4, value / 2 ** 32, true);
    }
  }

  /** The return value stands first but is known last. */
  patch(rv: number): void {
    this.#view.setUint32(0, rv, true);
  }

  bytes(value: Uint8Array): void {
    this.ulong(value.length);
    this.raw(value);
  }

  /** Bytes without their length, padded. */
  raw(value: Uint8Array): void {
    const offset = this.#room(value.length);
    this.#bytes.set(value, offset);
    this.#pad(offset + value.length);
  }

  /** So many bytes to be written by whoever asks for them, padded. Good until the next call. */
  place(length: number): Uint8Array {
    const offset = this.#room(length);
    this.#pad(offset + length);
    return this.isUsual ? this.#views.at(offset, length) : this.#bytes.subarray(offset, offset + length);
  }

  /** Fewer than eight bytes: fill() would cost more than they do. */
  #pad(from: number): void {
    for (let at = from; at < this.#offset; at++) this.#bytes[at] = 0;
  }

  /** `values` undefined: only their number is told. */
  ulongs(count: number, values?: readonly number[]): void {
    this.ulong(count);
    this.ulong(values === undefined ? 0 : 1);
    for (const value of values ?? []) this.ulong(value);
  }

  values(entries: readonly WireValue[]): void {
    this.ulong(entries.length);
    for (const entry of entries) {
      this.ulong(entry.type);
      this.ulong(entry.length);
      this.ulong(entry.nested ? VALUE_FORM.NESTED : entry.value ? VALUE_FORM.BYTES : VALUE_FORM.NULL);
      if (entry.nested) this.values(entry.nested);
      else if (entry.value) this.bytes(entry.value);
    }
  }

  /** What a function wrote into a mechanism's parameter: present, then each field that can be written, empty where it was not. */
  returned(value: ReturnedStruct | undefined): void {
    this.ulong(value === undefined ? 0 : 1);
    if (value !== undefined) this.#returnedFields(value.struct, value.fields);
  }

  #returnedFields(struct: string, values: Readonly<Record<string, unknown>>): void {
    for (const { name, kind, list } of returnedMembers.get(struct)!) {
      const value = values[name];
      if (kind === 'handle') this.ulong((value as number | undefined) ?? 0);
      else if (list === undefined) this.bytes((value as Uint8Array | undefined) ?? EMPTY);
      else {
        const elements = (value as readonly Record<string, unknown>[] | undefined) ?? [];
        this.ulong(elements.length);
        for (const element of elements) this.#returnedFields(list, element);
      }
    }
  }

  /** The C structure as it lies in memory (LP64): natural alignment, text blank-padded (§3.1). */
  struct<S extends keyof StructValues>(name: S, values: StructValues[S]): void {
    const { fields, size } = images[name];
    const start = this.#room(size);
    this.#bytes.fill(0, start, this.#offset);
    for (const { name: field, offset, put } of fields)
      put(this.#view, start + offset, (values as unknown as Record<string, never>)[field]!);
  }
}

const EMPTY = new Uint8Array(0);

interface ReturnedMember {
  readonly name: string;
  readonly kind: string;
  /** The structure of a list's elements. */
  readonly list: string | undefined;
}
const returnedMembers: ReadonlyMap<string, readonly ReturnedMember[]> = new Map(
  parameterNames.map((struct) => [
    struct,
    fieldsOf(struct)
      .filter(isReturned)
      .map((field) => ({ name: fieldName(field), kind: field.kind, list: field.kind === 'list' ? field.struct : undefined })),
  ]),
);

interface ImageField {
  readonly name: string;
  readonly offset: number;
  readonly put: (view: DataView, offset: number, value: never) => void;
}
interface Image {
  readonly fields: readonly ImageField[];
  readonly size: number;
}

/** How a member of each kind lies in memory: its size, its alignment, and how it is written. */
function member(type: string, length: number | undefined): { size: number; alignment: number; put: ImageField['put'] } {
  if (type === 'CK_VERSION') return { size: 2, alignment: 1, put: putVersion };
  if (length !== undefined)
    return { size: length, alignment: 1, put: (view, offset, value) => putBytes(view, offset, padded(value, length)) };
  return { size: 8, alignment: 8, put: putUlong };
}

const putVersion = (view: DataView, offset: number, { major, minor }: Version): void => {
  view.setUint8(offset, major);
  view.setUint8(offset + 1, minor);
};
const putUlong = (view: DataView, offset: number, value: number): void =>
  view.setBigUint64(offset, value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(value), true);
const putBytes = (view: DataView, offset: number, bytes: Uint8Array): void =>
  new Uint8Array(view.buffer, view.byteOffset).set(bytes, offset);

function imageOf(declared: (typeof structs)[string]): Image {
  let [end, widest] = [0, 1];
  const fields = declared.map(([type, declaration]) => {
    const [, name = '', length] = /^(\w+)(?:\[(\d+)\])?$/.exec(declaration) ?? [];
    const { size, alignment, put } = member(type, length === undefined ? undefined : Number(length));
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + size;
    widest = Math.max(widest, alignment);
    return { name, offset, put };
  });
  return { fields, size: Math.ceil(end / widest) * widest };
}

const images = Object.fromEntries(
  (['CK_INFO', 'CK_SLOT_INFO', 'CK_TOKEN_INFO', 'CK_MECHANISM_INFO', 'CK_SESSION_INFO'] as const satisfies (keyof StructValues)[]).map(
    (name) => [name, imageOf(structs[name] ?? [])],
  ),
) as Record<keyof StructValues, Image>;

const BLANK = 0x20;

/** Cut at a whole UTF-8 character, so that a long label does not end in half of one. */
export function padded(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(BLANK);
  let kept = text;
  while (Buffer.byteLength(kept) > size) kept = kept.slice(0, -1);
  bytes.set(Buffer.from(kept));
  return bytes;
}
