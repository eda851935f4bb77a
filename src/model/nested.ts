// The value of an array attribute (CKA_WRAP_TEMPLATE ...): a template, kept as bytes as every other value is.
// Each entry: type, length, value; two 64-bit numbers and the bytes.

import { CKA, CKF } from '../protocol/constants.ts';
import type { Template, TemplateEntry } from './attribute.ts';
import { EMPTY, readUlong, ulongBytes } from './attribute.ts';
import { isAttribute, valueTypes } from './classes.ts';
import { ensure } from './error.ts';
import { isWellFormed } from './value.ts';

/** As deep as a frame may nest them (docs/wire.md). */
const DEEPEST = 4;

/** CKA_ALLOWED_MECHANISMS has the array bit too, but is an array of numbers. */
export const isTemplateAttribute = (type: number): boolean => type % 2 ** 31 >= CKF.ARRAY_ATTRIBUTE && type !== CKA.ALLOWED_MECHANISMS;

export function packTemplate(template: Template, depth = 1): Uint8Array {
  // Template attributes: an implementation may limit how deep templates lie within templates.
  ensure(depth < DEEPEST, 'TEMPLATE_INCONSISTENT', 'templates are nested too deep');
  const seen = new Set<number>();
  const parts: Uint8Array[] = [];
  for (const entry of template) {
    ensure(isAttribute(entry.type), 'ATTRIBUTE_TYPE_INVALID', 'a template within a template names an attribute that does not exist');
    ensure(!seen.has(entry.type), 'TEMPLATE_INCONSISTENT', 'a template within a template gives an attribute twice');
    seen.add(entry.type);
    const value = packValue(entry, depth);
    parts.push(ulongBytes(entry.type), ulongBytes(value.length), value);
  }
  return Buffer.concat(parts);
}

function packValue({ type, value, nested }: TemplateEntry, depth: number): Uint8Array {
  if (isTemplateAttribute(type)) {
    ensure(nested, 'ATTRIBUTE_VALUE_INVALID', 'an array attribute within a template is not an array');
    return packTemplate(nested, depth + 1);
  }
  const bytes = value ?? EMPTY;
  ensure(isWellFormed(valueTypes.get(type) ?? 'bytes', bytes), 'ATTRIBUTE_VALUE_INVALID', 'a value within a template is not of its type');
  return bytes;
}

/** Reads what packTemplate wrote, and nothing else: it is no parser of hostile bytes. */
export function unpackTemplate(packed: Uint8Array): Template {
  const entries: TemplateEntry[] = [];
  for (let offset = 0; offset < packed.length; ) {
    const type = readUlong(packed.subarray(offset, offset + 8));
    const start = offset + 16;
    offset = start + readUlong(packed.subarray(offset + 8, start));
    const value = packed.subarray(start, offset);
    entries.push(isTemplateAttribute(type) ? { type, value: null, nested: unpackTemplate(value) } : { type, value });
  }
  return entries;
}
