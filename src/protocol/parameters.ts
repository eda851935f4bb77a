// Mechanism parameters. A structure without pointers crosses as its bytes; one with pointers is flattened by generated code
// (native/pkcs11/parameters.c), field by field, in the order given here.

/** A field of a flattened structure. `bytes` is a pointer with the field that holds its length; the length itself does not cross twice. */
export type ParameterField =
  | { readonly kind: 'ulong'; readonly name: string }
  | { readonly kind: 'bytes'; readonly name: string; readonly length: string };

const ulong = (name: string): ParameterField => ({ kind: 'ulong', name });
const bytes = (name: string, length: string): ParameterField => ({ kind: 'bytes', name, length });

/** Structures that hold pointers, by name. */
export const parameters = {
  CK_GCM_PARAMS: [bytes('pIv', 'ulIvLen'), ulong('ulIvBits'), bytes('pAAD', 'ulAADLen'), ulong('ulTagBits')],
  CK_EDDSA_PARAMS: [ulong('phFlag'), bytes('pContextData', 'ulContextDataLen')],
} as const satisfies Record<string, readonly ParameterField[]>;

export type ParameterName = keyof typeof parameters;

/** Mechanisms whose parameter is one of these structures, where pParameter is not NULL and ulParameterLen is the structure's size. */
export const parameterOf: Readonly<Record<string, ParameterName>> = {
  AES_GCM: 'CK_GCM_PARAMS',
  EDDSA: 'CK_EDDSA_PARAMS',
};

/** A flattened structure, read: numbers, and bytes (null where the pointer was NULL). */
export interface ParameterStruct {
  readonly struct: ParameterName;
  readonly fields: Readonly<Record<string, number | Uint8Array | null>>;
}

/** null: no parameter (pParameter NULL); bytes: as the application gave them. */
export type MechanismParameter = null | Uint8Array | ParameterStruct;

/** How a mechanism's parameter stands on the wire, after the mechanism's own number. */
export const PARAMETER_FORM = { NONE: 0, BYTES: 1, STRUCT: 2 } as const;

/** How an attribute's value stands on the wire, after its type. */
export const VALUE_FORM = { NULL: 0, BYTES: 1, NESTED: 2 } as const;

/** In place of a length: the pointer was NULL (2^64-1), or it was NULL where it must not be (2^64-2). */
export const NULL_MARK = 2n ** 64n - 1n;
export const BAD_MARK = 2n ** 64n - 2n;
