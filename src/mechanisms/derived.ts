// Secret keys that come about from bytes: derived, unwrapped, encapsulated. What their templates leave open, and what they lack.

import type { Attributes, Template } from '../model/attribute.ts';
import { readUlong, ulongBytes } from '../model/attribute.ts';
import { rulesOf } from '../model/classes.ts';
import { type CkrName, ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { completeObject } from './complete.ts';
import { given } from './key.ts';
import type { Made, NewKey } from './mechanism.ts';
import { withOddParity } from './secret-type.ts';

const ulongIn = (template: Template, type: number): number | undefined => {
  const value = given(template, type);
  return value && readUlong(value);
};

export const classIn = (template: Template): number => ulongIn(template, CKA.CLASS) ?? CKO.SECRET_KEY;

/** "If no key type is provided": a generic secret (Miscellaneous simple key derivation mechanisms). */
export const keyTypeIn = (template: Template): number => ulongIn(template, CKA.KEY_TYPE) ?? CKK.GENERIC_SECRET;

const lengthsOf = (keyType: number): readonly number[] | undefined => rulesOf(CKO.SECRET_KEY, keyType)?.[CKA.VALUE]?.lengths;

/** Bytes of the key: what the template says, or what its type leaves no choice about. */
export function lengthIn(template: Template): number | undefined {
  const lengths = lengthsOf(keyTypeIn(template));
  return ulongIn(template, CKA.VALUE_LEN) ?? (lengths?.length === 1 ? lengths[0] : undefined);
}

/**
 * The length that a derivation is asked for, where it can give any up to `most`.
 * @param own its own length, taken for a generic secret that asks for none; without it the template has to say.
 */
export function lengthAsked(template: Template, most: number, own?: number | undefined): number {
  const length = lengthIn(template) ?? (keyTypeIn(template) === CKK.GENERIC_SECRET ? own : undefined);
  ensure(length !== undefined, 'TEMPLATE_INCOMPLETE', 'the template lacks CKA_VALUE_LEN, and the key type has several lengths');
  ensure(length > 0 && length <= most, 'KEY_SIZE_RANGE', 'the mechanism does not give so many bytes');
  return length;
}

/** A secret key of this value. @param wrongLength the answer where the template's type has no keys of that length. */
export function secretKey(template: Template, value: Uint8Array, wrongLength: CkrName = 'KEY_SIZE_RANGE'): NewKey {
  const keyType = keyTypeIn(template);
  const implied = new Map([
    [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulongBytes(keyType)],
  ]);
  return { template, implied, made: secretMade(implied, keyType, value, wrongLength) };
}

function secretMade(implied: Attributes, keyType: number, value: Uint8Array, wrongLength: CkrName): Made {
  ensure(lengthsOf(keyType)?.includes(value.length) ?? value.length > 0, wrongLength, 'the key type has no keys of that length');
  const made = new Map([...implied, [CKA.VALUE, isDes(keyType) ? withOddParity(value) : Uint8Array.from(value)]]);
  completeObject(made);
  return made;
}

const isDes = (keyType: number): boolean => [CKK.DES, CKK.DES2, CKK.DES3].some((each) => each === keyType);

/** A derivation that fills its key from the front of `material`. */
export function derivedFrom(template: Template, material: Uint8Array, own = material.length): NewKey {
  const length = lengthAsked(template, material.length, own);
  return secretKey(template, material.subarray(0, length));
}
