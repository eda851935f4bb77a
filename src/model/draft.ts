// How an object comes to be: a template is found good first, and becomes an object once what else belongs to it was made (§4.1.1).

import { CKA } from '../protocol/constants.ts';
import type { Attributes, Template } from './attribute.ts';
import { sameBytes, TRUE } from './attribute.ts';
import { checkConstraints, checkTypes, readTemplate, shapeAsked } from './check.ts';
import type { Shape } from './classes.ts';
import { type CkrName, ensure } from './error.ts';
import type { Circumstances } from './history.ts';
import { inherited, inheritedDefaults, setHistory } from './history.ts';
import type { Rule, Way } from './rules.ts';
import { note } from './rules.ts';
import { hasLength, isValid } from './value.ts';

/** A template found good, before anything slow or irreversible is done for it. */
export interface Draft {
  readonly way: Way;
  readonly shape: Shape;
  readonly given: ReadonlyMap<number, Uint8Array>;
  readonly circumstances: Circumstances;
}

export const NOTHING: Attributes = new Map();

export const named = (type: number): string => `attribute 0x${type.toString(16)}`;

/** `implied`: class and key type, where the function and its mechanism leave no choice. */
export function draftObject(way: Way, template: Template, implied: Attributes = NOTHING, circumstances: Circumstances = {}): Draft {
  checkTypes(template);
  const shape = shapeAsked(template, implied);
  const { values, inconsistency } = readTemplate(shape, template, way);
  for (const [type, value] of values) {
    const { notes, repeatable } = shape.rules.get(type)!;
    const mayBeGiven = !(notes & note.forbidden[way]) || (repeatable && way === 'generate');
    ensure(mayBeGiven, 'ATTRIBUTE_READ_ONLY', () => `${named(type)} is not the application's to give`);
    const mayBeTrue = !(notes & note.trueBySo) || value[0] !== 1 || circumstances.bySo;
    ensure(mayBeTrue, 'ATTRIBUTE_READ_ONLY', () => `only the SO can set ${named(type)} to true`);
  }
  for (const type of shape.required[way]) {
    ensure(values.has(type) || implied.has(type), 'TEMPLATE_INCOMPLETE', () => `${named(type)} is missing`);
  }
  ensure(inconsistency === undefined, 'TEMPLATE_INCONSISTENT', inconsistency ?? '');
  const settled = joined(implied, inherited(shape, circumstances));
  const given = joined(inheritedDefaults(shape, circumstances), settled, values);
  for (const [type, value] of settled)
    ensure(sameBytes(given.get(type)!, value), 'TEMPLATE_INCONSISTENT', () => `${named(type)} is implied`);
  return { way, shape, given, circumstances };
}

/** What a later one says goes before what an earlier one does. */
function joined(...parts: readonly Attributes[]): Attributes {
  const all = new Map<number, Uint8Array>();
  for (const part of parts) for (const [type, value] of part) all.set(type, value);
  return all;
}

/** `made`: the values that the function or its mechanism contributes. */
export function finishObject({ way, shape, given, circumstances }: Draft, made: Attributes): Map<number, Uint8Array> {
  const object = new Map(shape.defaults);
  // C_UnwrapKey, C_EncapsulateKey and C_DecapsulateKey: "by default set to CK_TRUE".
  if ((way === 'unwrap' || way === 'encapsulate') && shape.rules.has(CKA.EXTRACTABLE)) object.set(CKA.EXTRACTABLE, TRUE);
  for (const [type, value] of given) object.set(type, value);
  for (const [type, value] of made) object.set(type, settle(shape, way, type, given.get(type), value));
  for (const [type, compute] of shape.computed) {
    const value = compute(object);
    if (value !== undefined) object.set(type, settle(shape, way, type, object.get(type), value));
    if (shape.rules.get(type)!.unkept) object.delete(type);
  }
  setHistory(object, shape, way, circumstances);
  object.set(CKA.UNIQUE_ID, newUniqueId());
  for (const type of shape.essential) ensure(object.has(type), 'TEMPLATE_INCOMPLETE', () => `${named(type)} is missing`);
  checkConstraints(shape, object, true);
  return object;
}

/** §5.18: what a key is that has not the length that its template or its type asks for. */
const lengthConflict: Readonly<Record<Way, CkrName>> = {
  create: 'ATTRIBUTE_VALUE_INVALID',
  generate: 'TEMPLATE_INCONSISTENT',
  unwrap: 'WRAPPED_KEY_LEN_RANGE',
  encapsulate: 'KEY_SIZE_RANGE',
  derive: 'KEY_SIZE_RANGE',
};

/** A value that is none of its attribute's: whose fault that is depends on where it came from. */
function misfit(rule: Rule, way: Way, made: Uint8Array): CkrName {
  if (!hasLength(rule, made)) return lengthConflict[way];
  return way === 'unwrap' ? 'WRAPPED_KEY_INVALID' : 'ATTRIBUTE_VALUE_INVALID';
}

/** Which of two values an object gets: one that the application gave, one that the library made. */
function settle(shape: Shape, way: Way, type: number, given: Uint8Array | undefined, made: Uint8Array): Uint8Array {
  const rule = shape.rules.get(type);
  ensure(rule, 'GENERAL_ERROR', () => `${named(type)} was made for an object that cannot have it`);
  ensure(isValid(rule, made), misfit(rule, way, made), () => `the value made for ${named(type)} is not valid`);
  if (given === undefined) return made;
  // Secret key objects: an empty CKA_CHECK_VALUE asks for none; where empty is the default, it asks for nothing in particular.
  if (rule.confirmed && given.length === 0) return rule.default ? made : given;
  const conflict = type === CKA.VALUE_LEN ? lengthConflict[way] : 'TEMPLATE_INCONSISTENT';
  ensure(
    sameValue(rule, given, made),
    rule.confirmed ? 'ATTRIBUTE_VALUE_INVALID' : conflict,
    () => `${named(type)} is not what the template says`,
  );
  return given;
}

function sameValue(rule: Rule, a: Uint8Array, b: Uint8Array): boolean {
  if (rule.type !== 'bigInteger') return sameBytes(a, b);
  const significant = (value: Uint8Array): Uint8Array => value.subarray(value.findIndex((byte) => byte !== 0));
  return sameBytes(significant(a), significant(b));
}

export function newUniqueId(): Uint8Array {
  const text = crypto.randomUUID();
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
