// What an application may learn of an object: C_GetAttributeValue and C_FindObjects.

import { CKA } from '../protocol/constants.ts';
import type { Attributes, Template, TemplateEntry } from './attribute.ts';
import { EMPTY, isTrue, sameBytes } from './attribute.ts';
import { normalisers, secretTypes, shapeOf } from './classes.ts';
import { isTemplateAttribute, unpackTemplate } from './nested.ts';
import { note } from './rules.ts';

/** Footnote 7. */
const keepsSecrets = (object: Attributes): boolean => isTrue(object, CKA.SENSITIVE) || object.get(CKA.EXTRACTABLE)?.[0] === 0;

function isSecret(object: Attributes, type: number): boolean {
  // Most attributes are nobody's secret: the object's own rules are looked up for the few that may be.
  if (!secretTypes().has(type) || !keepsSecrets(object)) return false;
  return ((shapeOf(object).rules.get(type)?.notes ?? 0) & note.secret) !== 0;
}

/**
 * C_GetAttributeValue's cases 1 and 2, in its order: a secret is refused even where the object does not have it.
 * @param older in the spelling of older versions of the standard, where they had another.
 */
export function readAttribute(object: Attributes, type: number, older = false): Uint8Array | 'sensitive' | 'invalid' {
  if (isSecret(object, type)) return 'sensitive';
  const value = object.get(type) ?? 'invalid';
  return older && value !== 'invalid' ? (shapeOf(object).rules.get(type)?.older?.(value) ?? value) : value;
}

/**
 * A search template in each spelling that objects may have it in: applications give CKA_EC_POINT bare, as OCTET STRING and as BIT STRING,
 * and which of them is stored depends on the type of the key. One entry is spelled; a template that repeats it is compared as it came.
 */
export function spellings(template: Template): readonly Template[] {
  const spelled = template.filter(({ type }) => normalisers().has(type));
  const [entry] = spelled;
  if (spelled.length !== 1 || !entry?.value) return [template];
  const { type, value } = entry;
  const values = new Map(
    [...normalisers().get(type)!].map((normalise) => [Buffer.from(normalise(value)).toString('latin1'), normalise(value)]),
  );
  return [...values.values()].map((other) => template.with(template.indexOf(entry), { type, value: other }));
}

/** C_FindObjects. A value that cannot be read cannot be guessed either: whether it would match is never told. */
export function matches(object: Attributes, template: Template): boolean {
  for (const entry of template) if (!hasValue(object, entry)) return false;
  return true;
}

function hasValue(object: Attributes, { type, value, nullLength, nested }: TemplateEntry): boolean {
  const own = object.get(type);
  if (own === undefined || nullLength !== undefined || isSecret(object, type)) return false;
  if (nested) return isTemplateAttribute(type) && sameTemplate(unpackTemplate(own), nested);
  return sameBytes(own, value ?? EMPTY);
}

/** A template to search for is compared as it came: that it may be nonsense only means that nothing matches. */
function sameTemplate(own: Template, asked: Template): boolean {
  if (own.length !== asked.length) return false;
  return own.every(({ type, value, nested }, i) => {
    const other = asked[i]!;
    if (type !== other.type) return false;
    return nested ? other.nested !== undefined && sameTemplate(nested, other.nested) : sameBytes(value ?? EMPTY, other.value ?? EMPTY);
  });
}
