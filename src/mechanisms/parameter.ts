// Readings of mechanism parameters: what every family needs of them.

import { ensure } from '../model/error.ts';
import type { Fields, MechanismParameter, ParameterName, ParameterStruct } from '../protocol/parameters.ts';

/** For mechanisms that have none. An empty parameter is as good as no parameter. */
export function noParameter(parameter: MechanismParameter): void {
  const none = parameter === null || (parameter instanceof Uint8Array && parameter.length === 0);
  ensure(none, 'MECHANISM_PARAM_INVALID', 'this mechanism takes no parameter');
}

/** For structures without pointers, and for plain byte strings of a fixed length. */
export function bytesParameter(parameter: MechanismParameter, size: number): Uint8Array {
  ensure(
    parameter instanceof Uint8Array && parameter.length === size,
    'MECHANISM_PARAM_INVALID',
    `the parameter is not ${size} bytes long`,
  );
  return parameter;
}

/** CK_ULONG number `index` of a structure without pointers. */
export function ulongAt(structure: Uint8Array, index: number): number {
  const view = new DataView(structure.buffer, structure.byteOffset, structure.byteLength);
  return view.getUint32(index * 8, true) + view.getUint32(index * 8 + 4, true) * 2 ** 32;
}

/** The fields of a structure with pointers. */
export function structParameter<S extends ParameterName>(parameter: MechanismParameter, name: S): Fields<S> {
  ensure(isStruct(parameter, name), 'MECHANISM_PARAM_INVALID', `the parameter is no ${name}`);
  return parameter.fields as unknown as Fields<S>;
}

export const isStruct = (parameter: MechanismParameter, name: ParameterName): parameter is ParameterStruct =>
  parameter !== null && !(parameter instanceof Uint8Array) && parameter.struct === name;
