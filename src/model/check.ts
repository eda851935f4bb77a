// A template read against the rules of one kind of object, in the order of §4.1.1: types, then values, and what is inconsistent last.

import { CKA, CKC, CKK, CKO } from '../protocol/constants.ts';
import type { Attributes, Template, TemplateEntry } from './attribute.ts';
import { EMPTY, readUlong, sameBytes } from './attribute.ts';
import type { Shape } from './classes.ts';
import { canBeMade, isAttribute, shapeFor, subtypeOf } from './classes.ts';
import { type CkrName, ensure } from './error.ts';
import { packTemplateValue } from './nested.ts';
import type { Rule, Way } from './rules.ts';
import { isValid, isWellFormed } from './value.ts';

export interface Given {
  readonly values: ReadonlyMap<number, Uint8Array>;
  /** Kept back until the earlier rules were judged. */
  readonly inconsistency: string | undefined;
}

export function checkTypes(template: Template): void {
  for (const { type } of template) ensure(isAttribute(type), 'ATTRIBUTE_TYPE_INVALID', () => `no attribute is 0x${type.toString(16)}`);
}

/** The values may be kept as they are: whoever read the frame copied them out of it. A null value without a length is an empty one. */
function readValue(rule: Rule, entry: TemplateEntry, way: Way | undefined): Uint8Array {
  ensure(entry.nullLength === undefined, 'ATTRIBUTE_VALUE_INVALID', 'a value has a length and no place');
  if (rule.type === 'template') return packTemplateValue(entry);
  const value = entry.value ?? EMPTY;
  const bytes = rule.normalise?.(value) ?? value;
  ensure(isValid(rule, bytes), refusalOf(rule, bytes, way), () => `the value of attribute 0x${entry.type.toString(16)} is not valid`);
  return bytes;
}

/** A code of its own is for values that are at least of their type; and C_DeriveKey, and what copies and changes objects, has none. */
function refusalOf({ type, refusal }: Rule, value: Uint8Array, way: Way | undefined): CkrName {
  const mayBeOwn = way !== undefined && way !== 'derive' && isWellFormed(type, value);
  return (mayBeOwn && refusal) || 'ATTRIBUTE_VALUE_INVALID';
}

/** @param way undefined where an object that exists is copied or changed. */
export function readTemplate(shape: Shape, template: Template, way?: Way): Given {
  const values = new Map<number, Uint8Array>();
  let inconsistency: string | undefined;
  for (const entry of template) {
    const rule = shape.rules.get(entry.type);
    if (rule === undefined) {
      inconsistency ??= `attribute 0x${entry.type.toString(16)} is not one of this class and type`;
      continue;
    }
    const value = readValue(rule, entry, way);
    const before = values.get(entry.type);
    if (before === undefined) values.set(entry.type, value);
    // §4.1.1, rule 6: "encouraged to behave as though the attribute had only appeared once".
    else if (!sameBytes(before, value)) inconsistency ??= `attribute 0x${entry.type.toString(16)} is given two values`;
  }
  return { values, inconsistency };
}

/** Values that the standard has, supported or not: one of the others is invalid, not inconsistent. */
const described: ReadonlyMap<number, ReadonlySet<number>> = new Map(
  (
    [
      [CKA.CLASS, CKO],
      [CKA.KEY_TYPE, CKK],
      [CKA.CERTIFICATE_TYPE, CKC],
    ] as const
  ).map(([type, { VENDOR_DEFINED: _, ...values }]) => [type, new Set<number>(Object.values(values))]),
);

/** CKA_CLASS or the attribute of its subtypes, as the template says or the function implies. */
function kindAttribute(type: number, template: Template, implied: Attributes): number {
  const given = template.find((entry) => entry.type === type);
  const value = given ? (given.value ?? EMPTY) : implied.get(type);
  ensure(value, 'TEMPLATE_INCOMPLETE', () => `attribute 0x${type.toString(16)} is missing`);
  const number = readUlong(value);
  ensure(described.get(type)?.has(number), 'ATTRIBUTE_VALUE_INVALID', 'an unknown class of object or type of key or certificate');
  const expected = implied.get(type);
  ensure(
    expected === undefined || sameBytes(value, expected),
    'TEMPLATE_INCONSISTENT',
    'the template contradicts the function or its mechanism',
  );
  return number;
}

/** What a template, with what the function implies, asks for. */
export function shapeAsked(template: Template, implied: Attributes): Shape {
  const objectClass = kindAttribute(CKA.CLASS, template, implied);
  // Built in, or of a class that is not offered: valid in Cryptoki, not to be satisfied by this token (§4.1.1, rule 5).
  ensure(canBeMade(objectClass), 'TEMPLATE_INCONSISTENT', () => `objects of class ${objectClass} cannot be made`);
  const subtype = subtypeOf(objectClass);
  const shape = shapeFor(objectClass, subtype === undefined ? undefined : kindAttribute(subtype, template, implied));
  ensure(shape, 'TEMPLATE_INCONSISTENT', () => `objects of class ${objectClass} cannot be made of this type`);
  return shape;
}

/** @param making false where an object that exists is changed: what it lacks then is no incomplete template. */
export function checkConstraints(shape: Shape, object: Attributes, making: boolean): void {
  for (const { says, holds, refusal } of shape.constraints) ensure(holds(object), (making && refusal) || 'TEMPLATE_INCONSISTENT', says);
}
