// A call's row read as code: a request frame becomes the object its handler is typed with, a result becomes the reply frame.

import type { CallName, Kind } from './calls.ts';
import { calls, inits, wireOf } from './calls.ts';
import { CKR } from './constants.ts';
import { type MechanismParameter, OUTPUT_FORM, type ReturnedStruct } from './parameters.ts';
import type { Reader, WireEntry, WireMechanism, WireSpace } from './reader.ts';
import { QUERY } from './reader.ts';
import { Relocatable } from './relocatable.ts';
import type { StructValues } from './structs.ts';
import type { WireValue, Writer } from './writer.ts';

/** Only the length is told: it was asked for (`tooSmall` false), or the result does not fit the space. */
export class Needed {
  readonly length: number;
  readonly tooSmall: boolean;
  constructor(length: number, tooSmall: boolean) {
    this.length = length;
    this.tooSmall = tooSmall;
  }
}

/** Bytes of a known length that are made where the reply has its place for them: memory of their own would cost more than many a cipher. */
export class InPlace {
  readonly length: number;
  readonly #maker: Maker;
  readonly #data: Uint8Array;
  constructor(length: number, maker: Maker, data: Uint8Array) {
    this.length = length;
    this.#maker = maker;
    this.#data = data;
  }
  make(place: Uint8Array): void {
    this.#maker.put(this.#data, place);
  }
}
/** An object, not a function: one made for each call would be more to collect than all else of it. */
export interface Maker {
  put(data: Uint8Array, place: Uint8Array): void;
}

/** A return value other than CKR_OK that outputs go with (C_GetAttributeValue's partial answers). */
export class Partial<T> {
  readonly rv: number;
  readonly value: T;
  constructor(rv: number, value: T) {
    this.rv = rv;
    this.value = value;
  }
}

interface Inputs {
  ulong: number;
  flags: bigint;
  bytes: Uint8Array | null;
  fixedBytes: Uint8Array;
  text: Uint8Array;
  mechanism: WireMechanism | undefined;
  inOutMechanism: WireMechanism | undefined;
  messageMechanism: WireMechanism | undefined;
  inOutMessageMechanism: WireMechanism | undefined;
  inOutMessageParameter: MechanismParameter;
  /** QUERY where the pointer is NULL: nothing is written. */
  maybeOutUlong: number;
  template: WireEntry[];
  parameter: Uint8Array | null;
  /** Bytes there are for the output, or QUERY. */
  outBytes: number;
  /** NOWHERE too: nothing is written. */
  maybeOutBytes: number;
  outFixed: number;
  outUlongs: number;
  outHandles: number;
  outTemplate: WireSpace[];
}
interface Outputs<K extends Kind> {
  outBytes: Uint8Array | InPlace | Relocatable | Needed;
  maybeOutBytes: Uint8Array | Needed;
  outFixed: InPlace;
  outUlongs: number[];
  outHandles: readonly number[];
  outTemplate: WireValue[];
  outUlong: number;
  outStruct: K extends { struct: infer S extends keyof StructValues } ? StructValues[S] : never;
  maybeOutUlong: number;
}
/** Parameters that a function may write into: what it does not write is left out. */
type InOut = 'inOutMechanism' | 'inOutMessageMechanism' | 'inOutMessageParameter';
type AsideOf<C> = C extends { aside: readonly (infer K)[] } ? K : never;
type KindsOf<N extends CallName> = (typeof calls)[N]['kinds'][number] | AsideOf<(typeof calls)[N]>;
type InputKinds<N extends CallName> = Extract<KindsOf<N>, { kind: keyof Inputs }>;
type OutputKinds<N extends CallName> = Extract<KindsOf<N>, { kind: keyof Outputs<Kind> }>;
type InOutKinds<N extends CallName> = Extract<KindsOf<N>, { kind: InOut }>;

/** What a handler gets: each input by the standard's name; an output only as the space there is for it. */
export type Request<N extends CallName> = { readonly [K in InputKinds<N> as K['name']]: Inputs[K['kind']] };
type Results<N extends CallName> = { readonly [K in OutputKinds<N> as K['name']]: Outputs<K>[K['kind']] } & {
  readonly [K in InOutKinds<N> as K['name']]?: ReturnedStruct | undefined;
};
/** What a handler gives back: nothing, or each output by the standard's name. */
export type Result<N extends CallName> = [OutputKinds<N> | InOutKinds<N>] extends [never] ? undefined : Results<N> | Partial<Results<N>>;

type Read = (reader: Reader) => unknown;
const readers: { readonly [K in Kind['kind']]?: Read } = {
  ulong: (reader) => reader.ulong(),
  flags: (reader) => reader.flags(),
  bytes: (reader) => reader.bytes(),
  fixedBytes: (reader) => reader.bytes(),
  text: (reader) => reader.bytes(),
  mechanism: (reader) => reader.mechanism(),
  inOutMechanism: (reader) => reader.mechanism(),
  messageMechanism: (reader) => reader.mechanism(),
  inOutMessageMechanism: (reader) => reader.mechanism(),
  inOutMessageParameter: (reader) => reader.parameter(),
  maybeOutUlong: (reader) => reader.space(),
  template: (reader) => reader.template(),
  parameter: (reader) => reader.bytes(),
  outBytes: (reader) => reader.space(),
  maybeOutBytes: (reader) => reader.maybeSpace(),
  outFixed: (reader) => reader.space(),
  outUlongs: (reader) => reader.space(),
  outHandles: (reader) => reader.space(),
  outTemplate: (reader) => reader.spaces(),
  outUlong: (reader) => reader.space(),
  outStruct: (reader) => reader.space(),
};

/** Writes one output; true: it did not fit the space that the application has. */
type Write = (writer: Writer, value: unknown, kind: Kind, space: number) => boolean;
const always =
  (write: (writer: Writer, value: never, kind: Kind) => void): Write =>
  (writer, value, kind) => {
    write(writer, value as never, kind);
    return false;
  };
const returned = always((writer, value: ReturnedStruct | undefined) => writer.returned(value));
const writers: { readonly [K in Kind['kind']]?: Write } = {
  outBytes: writeBytes,
  maybeOutBytes: writeBytes,
  outUlongs: writeUlongs,
  outFixed: always((writer, value: InPlace) => {
    writer.ulong(value.length);
    value.make(writer.place(value.length));
  }),
  outHandles: always((writer, value: readonly number[]) => {
    writer.ulong(value.length);
    for (const handle of value) writer.ulong(handle);
  }),
  outTemplate: always((writer, value: WireValue[]) => writer.values(value)),
  outUlong: always((writer, value: number) => writer.ulong(value)),
  maybeOutUlong: always((writer, value: number) => writer.ulong(value)),
  inOutMechanism: returned,
  inOutMessageMechanism: returned,
  inOutMessageParameter: returned,
  outStruct: always((writer, value, kind) => writer.struct((kind as { struct: keyof StructValues }).struct, value)),
};

function writeBytes(writer: Writer, value: unknown): boolean {
  if (value instanceof Needed) {
    writer.ulong(value.length);
    writer.ulong(OUTPUT_FORM.NONE);
    return value.tooSmall;
  }
  if (value instanceof InPlace) {
    writer.ulong(value.length);
    writer.ulong(OUTPUT_FORM.BYTES);
    value.make(writer.place(value.length));
    return false;
  }
  const isPointing = value instanceof Relocatable;
  const bytes = isPointing ? value.bytes : (value as Uint8Array);
  writer.ulong(bytes.length);
  writer.ulong(isPointing ? OUTPUT_FORM.POINTING : OUTPUT_FORM.BYTES);
  writer.raw(bytes);
  if (isPointing) {
    writer.ulong(value.pointers.length);
    for (const place of value.pointers) writer.ulong(place);
  }
  return false;
}

function writeUlongs(writer: Writer, value: unknown, _kind: Kind, space: number): boolean {
  const elements = value as number[];
  const tooSmall = space !== QUERY && space < elements.length;
  writer.ulongs(elements.length, space === QUERY || tooSmall ? undefined : elements);
  return tooSmall;
}

/** A row, made ready: who reads its inputs, who writes its outputs. */
export interface Plan {
  readonly name: CallName;
  /** The Init that may travel with it. */
  readonly init: Plan | undefined;
  readonly inputs: readonly { readonly name: string; readonly read: Read }[];
  readonly outputs: readonly { readonly name: string; readonly kind: Kind; readonly write: Write }[];
}

function planOf(name: CallName): Plan {
  const wire = wireOf(calls[name]);
  const init = (inits as { readonly [N in CallName]?: CallName })[name];
  return {
    name,
    init: init && planOf(init),
    inputs: wire.flatMap(({ kind, name }) => (readers[kind] ? [{ name, read: readers[kind] }] : [])),
    outputs: wire.flatMap((kind) => (writers[kind.kind] ? [{ name: kind.name, kind, write: writers[kind.kind]! }] : [])),
  };
}

export const plans: readonly (Plan | undefined)[] = Object.entries(calls).reduce<Plan[]>((table, [name, { id }]) => {
  table[id] = planOf(name as CallName);
  return table;
}, []);

export function readRequest(plan: Plan, reader: Reader): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const { name, read } of plan.inputs) request[name] = read(reader);
  return request;
}

/** The whole reply, from its first byte. A buffer that is too small turns CKR_OK into CKR_BUFFER_TOO_SMALL here and nowhere else. */
export function writeReply(plan: Plan, writer: Writer, request: Record<string, unknown>, result: unknown): void {
  const partial = result instanceof Partial;
  const values = (partial ? result.value : result) as Record<string, unknown>;
  let rv = partial ? result.rv : CKR.OK;
  writer.start();
  writer.ulong(rv);
  for (const { name, kind, write } of plan.outputs) {
    if (write(writer, values[name], kind, request[name] as number)) rv = CKR.BUFFER_TOO_SMALL;
  }
  writer.patch(rv);
}

export function writeError(writer: Writer, rv: number): void {
  writer.start();
  writer.ulong(rv);
}
