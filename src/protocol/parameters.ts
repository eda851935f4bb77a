// Mechanism parameters as they cross: nothing, bytes, or a structure with pointers, flattened (structures.ts).

import type { WireEntry } from './reader.ts';
import { type ParameterField, type ParameterName, parameters } from './structures.ts';

export type { ParameterName } from './structures.ts';

export const parameterNames = Object.keys(parameters) as ParameterName[];

type NameOf<P extends string> = P extends `${string}->${infer N}` | `${string}.${infer N}` | `*${infer N}` ? N : P;
type Field<S extends ParameterName> = (typeof parameters)[S][number];
type Given<F> = F extends { way: 'out' } | { kind: 'handle' } ? never : F;
type Returned<F> = F extends { way: 'out' | 'inOut' } | { kind: 'handle' | 'list' } ? F : never;
type GivenValue<F> = F extends { kind: 'ulong' }
  ? number
  : F extends { kind: 'array' }
    ? Uint8Array
    : F extends { kind: 'template' }
      ? readonly WireEntry[]
      : F extends { kind: 'list'; struct: infer S extends ParameterName }
        ? readonly Fields<S>[]
        : Uint8Array | null;
type ReturnedValue<F> = F extends { kind: 'handle' }
  ? number
  : F extends { kind: 'list'; struct: infer S extends ParameterName }
    ? readonly ReturnedFields<S>[]
    : Uint8Array;

/** A structure as the application gave it: numbers, bytes (null where the pointer was NULL), templates and lists. */
export type Fields<S extends ParameterName> = { readonly [F in Given<Field<S>> as NameOf<F['path']>]: GivenValue<F> };
/** What a function writes into the structure; what is left out stays as it is. */
export type ReturnedFields<S extends ParameterName> = {
  readonly [F in Returned<Field<S>> as NameOf<F['path']>]?: ReturnedValue<F>;
};

type AnyValue = number | Uint8Array | null | readonly WireEntry[] | readonly AnyFields[];
interface AnyFields {
  readonly [name: string]: AnyValue;
}

/** A flattened structure, read. Its fields are typed once its name is known: see Fields. */
export interface ParameterStruct {
  readonly struct: ParameterName;
  readonly fields: AnyFields;
}

/** What goes back into the application's structure, which must be the one that it gave. */
export interface ReturnedStruct<S extends ParameterName = ParameterName> {
  readonly struct: S;
  readonly fields: ReturnedFields<S>;
}

/** null: no parameter (pParameter NULL); bytes: as the application gave them. */
export type MechanismParameter = null | Uint8Array | ParameterStruct;

/** The last name of a field's path. */
export const fieldName = ({ path }: ParameterField): string => /\w+$/.exec(path)![0];

export const isGiven = (field: ParameterField): boolean => field.kind !== 'handle' && !('way' in field && field.way === 'out');

export const isReturned = (field: ParameterField): boolean =>
  field.kind === 'handle' || ('way' in field && field.way !== 'in') || (field.kind === 'list' && fieldsOf(field.struct).some(isReturned));

export const fieldsOf = (struct: string): readonly ParameterField[] => parameters[struct as ParameterName];

/** How a mechanism's parameter stands on the wire, after the mechanism's own number. */
export const PARAMETER_FORM = { NONE: 0, BYTES: 1, STRUCT: 2 } as const;

/** Elements of a list in a structure, at the most; the shim keeps to it too. */
export const LIST_MAX = 256;

/** How an attribute's value stands on the wire, after its type. */
export const VALUE_FORM = { NULL: 0, BYTES: 1, NESTED: 2 } as const;

/** How an output of bytes stands on the wire, after its length: only that, its bytes, or its bytes and where in them pointers stand. */
export const OUTPUT_FORM = { NONE: 0, BYTES: 1, POINTING: 2 } as const;

/** In place of a length: the pointer was NULL (2^64-1), or it was NULL where it must not be (2^64-2). */
export const NULL_MARK = 2n ** 64n - 1n;
export const BAD_MARK = 2n ** 64n - 2n;
