// Objects that the token itself provides. Nobody's template: what is wrong with one is this library's mistake.

import { CKA } from '../protocol/constants.ts';
import type { Attributes } from './attribute.ts';
import { ulongOf } from './attribute.ts';
import { isBuiltIn, shapeOf } from './classes.ts';
import { ensure } from './error.ts';
import { isValid } from './value.ts';

/** @param values all but the defaults; CKA_UNIQUE_ID among them, for it is to be the same at each reading. */
export function builtInObject(values: Attributes): Map<number, Uint8Array> {
  const { rules, defaults } = shapeOf(values);
  ensure(isBuiltIn(ulongOf(values, CKA.CLASS) ?? -1), 'GENERAL_ERROR', "objects of this class are applications' to make");
  const object = new Map([...defaults, ...values]);
  for (const [type, rule] of rules) {
    const value = object.get(type);
    ensure(value !== undefined && isValid(rule, value), 'GENERAL_ERROR', `a built-in object has no valid attribute 0x${type.toString(16)}`);
  }
  ensure(object.size === rules.size, 'GENERAL_ERROR', 'a built-in object has attributes of another class');
  return object;
}
