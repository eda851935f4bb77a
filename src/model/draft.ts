// How an object comes to be: a template is found good first, and becomes an object once what else belongs to it was made (§4.1.1).

import { CK, CKA } from '../protocol/constants.ts';
import type { Attributes, Template } from './attribute.ts';
import { boolBytes, isTrue, sameBytes, TRUE, ulongBytes } from './attribute.ts';
import { checkConstraints, checkTypes, readTemplate, shapeAsked } from './check.ts';
import type { Shape } from './classes.ts';
import { ensure } from './error.ts';
import type { Rule, Way } from './rules.ts';
import { note } from './rules.ts';
import { isValid } from './value.ts';

/** What beside the template decides: who asks, by which mechanism, from which key. */
export interface Circumstances {
  readonly mechanism?: number;
  /** C_DeriveKey: the key that is derived from. */
  readonly base?: Attributes;
  /** The SO is logged in (footnote 10). */
  readonly bySo?: boolean;
}

/** A template found good, before anything slow or irreversible is done for it. */
export interface Draft {
  readonly way: Way;
  readonly shape: Shape;
  readonly given: ReadonlyMap<number, Uint8Array>;
  readonly circumstances: Circumstances;
}

export const NOTHING: Attributes = new Map();
const UNAVAILABLE = ulongBytes(CK.UNAVAILABLE_INFORMATION);

export const named = (type: number): string => `attribute 0x${type.toString(16)}`;

/** `implied`: class and key type, where the function and its mechanism leave no choice. */
export function draftObject(way: Way, template: Template, implied: Attributes = NOTHING, circumstances: Circumstances = {}): Draft {
  checkTypes(template);
  const shape = shapeAsked(template, implied);
  const { values, inconsistency } = readTemplate(shape, template);
  for (const [type, value] of values) {
    const { notes } = shape.rules.get(type)!;
    ensure(!(notes & note.forbidden[way]), 'ATTRIBUTE_READ_ONLY', `${named(type)} is not the application's to give`);
    ensure(
      !(notes & note.trueBySo) || value[0] !== 1 || circumstances.bySo,
      'ATTRIBUTE_READ_ONLY',
      `only the SO can set ${named(type)} to true`,
    );
  }
  for (const type of shape.required[way]) {
    ensure(values.has(type) || implied.has(type), 'TEMPLATE_INCOMPLETE', `${named(type)} is missing`);
  }
  ensure(inconsistency === undefined, 'TEMPLATE_INCONSISTENT', inconsistency ?? '');
  const given = new Map([...implied, ...values]);
  for (const [type, value] of implied) ensure(sameBytes(given.get(type)!, value), 'TEMPLATE_INCONSISTENT', `${named(type)} is implied`);
  return { way, shape, given, circumstances };
}

/** `made`: the values that the function or its mechanism contributes. */
export function finishObject({ way, shape, given, circumstances }: Draft, made: Attributes): Map<number, Uint8Array> {
  const object = new Map(shape.defaults);
  // C_UnwrapKey, C_EncapsulateKey and C_DecapsulateKey: "by default set to CK_TRUE".
  if (way === 'unwrap' && shape.rules.has(CKA.EXTRACTABLE)) object.set(CKA.EXTRACTABLE, TRUE);
  for (const [type, value] of given) object.set(type, value);
  for (const [type, value] of made) object.set(type, settle(shape, type, given.get(type), value));
  for (const [type, compute] of shape.computed) {
    const value = compute(object);
    if (value !== undefined) object.set(type, settle(shape, type, object.get(type), value));
  }
  setHistory(object, shape, way, circumstances);
  object.set(CKA.UNIQUE_ID, newUniqueId());
  for (const type of shape.essential) ensure(object.has(type), 'TEMPLATE_INCOMPLETE', `${named(type)} is missing`);
  checkConstraints(shape, object);
  return object;
}

/** Which of two values an object gets: one that the application gave, one that the library made. */
function settle(shape: Shape, type: number, given: Uint8Array | undefined, made: Uint8Array): Uint8Array {
  const rule = shape.rules.get(type);
  ensure(rule, 'GENERAL_ERROR', `${named(type)} was made for an object that cannot have it`);
  ensure(isValid(rule, made), 'ATTRIBUTE_VALUE_INVALID', `the value made for ${named(type)} is not valid`);
  if (given === undefined) return made;
  // Secret key objects: an empty CKA_CHECK_VALUE asks for none; where empty is the default, it asks for nothing in particular.
  if (rule.confirmed && given.length === 0) return rule.default ? made : given;
  ensure(
    sameValue(rule, given, made),
    rule.confirmed ? 'ATTRIBUTE_VALUE_INVALID' : 'TEMPLATE_INCONSISTENT',
    `${named(type)} is not what the template says`,
  );
  return given;
}

function sameValue(rule: Rule, a: Uint8Array, b: Uint8Array): boolean {
  if (rule.type !== 'bigInteger') return sameBytes(a, b);
  const significant = (value: Uint8Array): Uint8Array => value.subarray(value.findIndex((byte) => byte !== 0));
  return sameBytes(significant(a), significant(b));
}

/** What the library alone knows of where a key comes from. */
function setHistory(object: Map<number, Uint8Array>, shape: Shape, way: Way, { mechanism, base }: Circumstances): void {
  const set = (type: number, value: Uint8Array): void => {
    if (shape.rules.has(type)) object.set(type, value);
  };
  const generated = way === 'generate';
  // A derived key was never outside if its base key never was; one that was created or unwrapped was.
  const inherits = (history: number): boolean => generated || (way === 'derive' && base !== undefined && isTrue(base, history));
  set(CKA.LOCAL, boolBytes(generated));
  set(CKA.KEY_GEN_MECHANISM, generated && mechanism !== undefined ? ulongBytes(mechanism) : UNAVAILABLE);
  set(CKA.ALWAYS_SENSITIVE, boolBytes(inherits(CKA.ALWAYS_SENSITIVE) && isTrue(object, CKA.SENSITIVE)));
  set(CKA.NEVER_EXTRACTABLE, boolBytes(inherits(CKA.NEVER_EXTRACTABLE) && !isTrue(object, CKA.EXTRACTABLE)));
}

export const newUniqueId = (): Uint8Array => Uint8Array.from(Buffer.from(crypto.randomUUID(), 'latin1'));
