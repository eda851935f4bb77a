// Well-formed request frames, made of the same rows as the library's and the engine's code (docs/wire.md).
import { type Call, type CallName, calls, FORESEEN, inits, type Kind, wireOf } from '../../src/protocol/calls.ts';
import { fieldName, fieldsOf, isGiven, NULL_MARK, PARAMETER_FORM, parameterNames, VALUE_FORM } from '../../src/protocol/parameters.ts';
import type { ParameterField, ParameterName } from '../../src/protocol/structures.ts';

export interface Structure {
  readonly struct: ParameterName;
  readonly fields?: Readonly<Record<string, number | Uint8Array>>;
}
export interface Mechanism {
  readonly type: number;
  readonly parameter?: Uint8Array | Structure;
}
export type Template = readonly (readonly [type: number, value: Uint8Array | Template])[];
/** An argument, by its kind. */
export type Given = number | Uint8Array | Mechanism | Structure | Template | null;

const FILLING = Buffer.alloc(16, 7);
const ROOM = 8192;

class Frame {
  readonly #pieces: Buffer[] = [];

  ulong(value: number | bigint): void {
    const word = Buffer.alloc(8);
    word.writeBigUInt64LE(BigInt(value));
    this.#pieces.push(word);
  }

  bytes(value: Uint8Array | null): void {
    this.ulong(value === null ? NULL_MARK : value.length);
    if (value !== null) this.#pieces.push(Buffer.concat([value], Math.ceil(value.length / 8) * 8));
  }

  template(entries: Template): void {
    this.ulong(entries.length);
    for (const [type, value] of entries) {
      const isNested = !(value instanceof Uint8Array);
      this.ulong(type);
      this.ulong(isNested ? VALUE_FORM.NESTED : VALUE_FORM.BYTES);
      if (isNested) this.template(value);
      else this.bytes(value);
    }
  }

  /** Space for each attribute; the values do not matter. */
  spaces(entries: Template): void {
    this.ulong(entries.length);
    for (const [type, value] of entries) {
      const isNested = !(value instanceof Uint8Array);
      this.ulong(type);
      this.ulong(isNested ? VALUE_FORM.NESTED : VALUE_FORM.BYTES);
      if (isNested) this.spaces(value);
      else this.ulong(ROOM);
    }
  }

  parameter(value: Uint8Array | Structure | null | undefined): void {
    if (value instanceof Uint8Array) {
      this.ulong(PARAMETER_FORM.BYTES);
      this.bytes(value);
    } else if (value) {
      this.ulong(PARAMETER_FORM.STRUCT);
      this.ulong(parameterNames.indexOf(value.struct));
      this.#fields(value);
    } else this.ulong(PARAMETER_FORM.NONE);
  }

  #fields({ struct, fields = {} }: Structure): void {
    for (const field of fieldsOf(struct).filter(isGiven)) this.#field(field, fields[fieldName(field)]);
  }

  #field(field: ParameterField, value: number | Uint8Array | undefined): void {
    if (field.kind === 'ulong') this.ulong((value as number | undefined) ?? 1);
    else if (field.kind === 'template') this.template([]);
    else if (field.kind === 'list') {
      this.ulong(1);
      this.#fields({ struct: field.struct as ParameterName });
    } else this.bytes((value as Uint8Array | undefined) ?? FILLING);
  }

  mechanism(value: Mechanism | null): void {
    this.ulong(value === null ? 0 : 1);
    if (value === null) return;
    this.ulong(value.type);
    this.parameter(value.parameter);
  }

  get written(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

type Write = (frame: Frame, value: Given | undefined) => void;
const bytes: Write = (frame, value) => frame.bytes((value as Uint8Array | null | undefined) ?? null);
const mechanism: Write = (frame, value) => frame.mechanism((value as Mechanism | undefined) ?? null);
const ulong: Write = (frame, value) => frame.ulong((value as number | undefined) ?? 0);
const space: Write = (frame, value) => frame.ulong((value as number | undefined) ?? ROOM);
const nothing: Write = (frame) => frame.ulong(0);
const writers: { readonly [K in Kind['kind']]: Write } = {
  ulong,
  flags: ulong,
  bytes,
  fixedBytes: bytes,
  text: bytes,
  parameter: bytes,
  mechanism,
  inOutMechanism: mechanism,
  messageMechanism: mechanism,
  inOutMessageMechanism: mechanism,
  inOutMessageParameter: (frame, value) => frame.parameter(value as Structure | undefined),
  template: (frame, value) => frame.template((value as Template | undefined) ?? []),
  outTemplate: (frame, value) => frame.spaces((value as Template | undefined) ?? []),
  outBytes: space,
  maybeOutBytes: space,
  outUlongs: space,
  outFixed: (frame, value) => frame.ulong((value as number | undefined) ?? 16),
  outHandles: (frame, value) => frame.ulong((value as number | undefined) ?? 16),
  outUlong: nothing,
  outStruct: nothing,
  maybeOutUlong: nothing,
  asyncData: () => {},
};

/** The calls that cross. */
export const crossing = Object.entries(calls)
  .filter(([, { entry }]) => entry !== 'local')
  .map(([name]) => name as CallName);

/** @param foreseen what the Init is given that the call brings along. */
export function frameOf(name: CallName, given: Readonly<Record<string, Given>>, foreseen?: Readonly<Record<string, Given>>): Buffer {
  const frame = new Frame();
  const put = (call: Call, values: typeof given) => {
    for (const { kind, name: argument } of wireOf(call)) writers[kind](frame, values[argument]);
  };
  frame.ulong(foreseen ? FORESEEN + calls[name].id : calls[name].id);
  if (foreseen) put(calls[inits[name as keyof typeof inits]], foreseen);
  put(calls[name], given);
  return frame.written;
}
