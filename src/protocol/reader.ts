// A cursor over one request frame: the engine's own copy of what an application sent, and still hostile.

import type { MechanismParameter, ParameterStruct } from './parameters.ts';
import { fieldName, fieldsOf, isGiven, LIST_MAX, PARAMETER_FORM, parameterNames, VALUE_FORM } from './parameters.ts';
import type { ParameterField } from './structures.ts';
import { isTemplateAttribute } from './templates.ts';
import { Views } from './views.ts';

/** The frame itself is malformed: not an application's mistake but a broken or hostile shim; its connection is dropped. */
export class MalformedFrame extends Error {}

/** 2^64-1 and 2^64-2 are the same double; both marks are therefore told by their high and low words. */
const HIGH = 0xffff_ffff;
const NULL_LOW = 0xffff_ffff;
const BAD_LOW = 0xffff_fffe;

/** Where an output's buffer is NULL: the application asks how long it must be. */
export const QUERY = -1;

/** Where the pointer to an output's length is NULL, and may be. */
export const NOWHERE = -2;

/** Templates inside templates (CKA_WRAP_TEMPLATE ...), at the most; the shim keeps to it too. */
export const TEMPLATE_DEPTH = 4;

interface Member {
  readonly name: string;
  readonly field: ParameterField;
}
/** What of each structure crosses, by its name. */
const members: ReadonlyMap<string, readonly Member[]> = new Map(
  parameterNames.map((struct) => [
    struct,
    fieldsOf(struct)
      .filter(isGiven)
      .map((field) => ({ name: fieldName(field), field })),
  ]),
);

export interface WireMechanism {
  readonly type: number;
  readonly parameter: MechanismParameter;
}
export interface WireEntry {
  readonly type: number;
  readonly value: Uint8Array | null;
  /** ulValueLen, where pValue is NULL and it is not 0. */
  readonly nullLength?: number;
  readonly nested?: readonly WireEntry[];
}
/** An entry of C_GetAttributeValue's template. `space`: bytes there are, or QUERY. */
export interface WireSpace {
  readonly type: number;
  readonly space: number;
  readonly nested?: readonly WireSpace[];
}

export class Reader {
  readonly #view: DataView;
  readonly #views: Views;
  #offset = 0;
  #end = 0;
  /** A pointer was NULL where it must not be: CKR_ARGUMENTS_BAD, once the frame is read. */
  bad = false;

  constructor(buffer: ArrayBufferLike) {
    this.#views = new Views(new Uint8Array(buffer));
    this.#view = new DataView(buffer);
  }

  start(length: number): void {
    this.#offset = 0;
    this.#end = length;
    this.bad = false;
  }

  get finished(): boolean {
    return this.#offset === this.#end;
  }

  #take(length: number): number {
    const offset = this.#offset;
    // Compared with what is left, so that no length can wrap round.
    if (!(length <= this.#end - offset)) throw new MalformedFrame('a length leads out of the frame');
    this.#offset = offset + Math.ceil(length / 8) * 8;
    if (this.#offset > this.#end) throw new MalformedFrame('a field is not padded');
    return offset;
  }

  /** Above 2^53 it is rounded, and stays above: no handle, length or constant that means anything here is as large, but for ~0. */
  ulong(): number {
    const offset = this.#take(8);
    return this.#view.getUint32(offset, true) + this.#view.getUint32(offset + 4, true) * 2 ** 32;
  }

  /** Bit by bit: as a number, ~0 would be 2^64, which has none of them. */
  flags(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  /** A number, or QUERY for the null mark; the bad mark counts as 0 and is remembered. */
  space(): number {
    const offset = this.#take(8);
    const low = this.#view.getUint32(offset, true);
    const high = this.#view.getUint32(offset + 4, true);
    if (high === HIGH && low === NULL_LOW) return QUERY;
    if (high === HIGH && low === BAD_LOW) {
      this.bad = true;
      return 0;
    }
    return low + high * 2 ** 32;
  }

  /** As space(), but NOWHERE for the bad mark, which is not bad here. */
  maybeSpace(): number {
    const wasBad = this.bad;
    this.bad = false;
    const space = this.space();
    const answer = this.bad ? NOWHERE : space;
    this.bad = wasBad;
    return answer;
  }

  /** A view into the frame: good until the call's handler returns or first awaits. */
  bytes(): Uint8Array | null {
    const length = this.space();
    if (length === QUERY) return null;
    return this.#views.at(this.#take(length), length);
  }

  /** undefined: the application's pointer was NULL. */
  mechanism(): WireMechanism | undefined {
    if (this.ulong() === 0) return undefined;
    return { type: this.ulong(), parameter: this.parameter() };
  }

  /** Whether the mechanism takes such a structure is the mechanism's to say. */
  parameter(): MechanismParameter {
    const form = this.ulong();
    if (form === PARAMETER_FORM.NONE) return null;
    if (form === PARAMETER_FORM.BYTES) return this.#copied();
    const struct = form === PARAMETER_FORM.STRUCT ? parameterNames[this.ulong()] : undefined;
    if (struct === undefined) throw new MalformedFrame('an unknown form of parameter');
    return { struct, fields: this.#fields(struct) };
  }

  #copied(): Uint8Array | null {
    return this.bytes()?.slice() ?? null;
  }

  #fields(struct: string): ParameterStruct['fields'] {
    const fields: Record<string, ParameterStruct['fields'][string]> = {};
    for (const { name, field } of members.get(struct)!) fields[name] = this.#field(field);
    return fields;
  }

  #field(field: ParameterField): ParameterStruct['fields'][string] {
    if (field.kind === 'ulong') return this.ulong();
    if (field.kind === 'template') return this.template();
    if (field.kind !== 'list') return this.#copied();
    const count = this.space();
    if (count < 0 || count > LIST_MAX) throw new MalformedFrame('a list is longer than any');
    return Array.from({ length: count }, () => this.#fields(field.struct));
  }

  template(depth = 0): WireEntry[] {
    return this.#entries(depth, (type, form) => {
      if (form === VALUE_FORM.BYTES) return { type, value: this.bytes()?.slice() ?? null };
      if (form === VALUE_FORM.NESTED) return { type, value: null, nested: this.template(depth + 1) };
      const nullLength = this.ulong();
      return nullLength === 0 ? { type, value: null } : { type, value: null, nullLength };
    });
  }

  spaces(depth = 0): WireSpace[] {
    return this.#entries(depth, (type, form) => {
      if (form === VALUE_FORM.BYTES) return { type, space: this.ulong() };
      if (form === VALUE_FORM.NESTED) return { type, space: 0, nested: this.spaces(depth + 1) };
      return { type, space: QUERY };
    });
  }

  #entries<T>(depth: number, read: (type: number, form: number) => T): T[] {
    if (depth >= TEMPLATE_DEPTH) throw new MalformedFrame('templates are nested too deep');
    const count = this.space();
    // An entry takes 16 bytes at least: a count that the frame cannot hold is refused before anything is allocated for it.
    if (count < 0 || count * 16 > this.#end - this.#offset) throw new MalformedFrame('a template is longer than its frame');
    const entries: T[] = [];
    for (let n = 0; n < count; n++) {
      const type = this.ulong();
      const form = this.ulong();
      if (form > VALUE_FORM.NESTED) throw new MalformedFrame('an unknown form of value');
      if (form === VALUE_FORM.NESTED && !isTemplateAttribute(type)) throw new MalformedFrame('nested, but no template');
      entries.push(read(type, form));
    }
    return entries;
  }
}
