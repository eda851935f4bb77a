// The value of an array attribute (CKA_WRAP_TEMPLATE ...): a template, kept as bytes as every other value is.
// Each entry: type, length, value; two 64-bit numbers and the bytes.

import { isTemplateAttribute } from '../protocol/templates.ts';
import type { Template, TemplateEntry } from './attribute.ts';
import { EMPTY, readUlong, sameBytes, ulongBytes } from './attribute.ts';
import { isAttribute, valueTypes } from './classes.ts';
import { ensure } from './error.ts';
import { isWellFormed } from './value.ts';

export { isTemplateAttribute };

/** As deep as a frame may nest them (docs/wire.md). */
const DEEPEST = 4;

export function packTemplate(template: Template, depth = 1): Uint8Array {
  // Template attributes: an implementation may limit how deep templates lie within templates.
  ensure(depth < DEEPEST, 'TEMPLATE_INCONSISTENT', 'templates are nested too deep');
  const seen = new Map<number, Uint8Array>();
  const parts: Uint8Array[] = [];
  for (const entry of template) {
    ensure(isAttribute(entry.type), 'ATTRIBUTE_TYPE_INVALID', 'a template within a template names an attribute that does not exist');
    const value = packValue(entry, depth);
    const before = seen.get(entry.type);
    ensure(!before || sameBytes(before, value), 'TEMPLATE_INCONSISTENT', 'a template within a template gives an attribute two values');
    seen.set(entry.type, value);
    if (before === undefined) parts.push(ulongBytes(entry.type), ulongBytes(value.length), value);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** Template attributes: one that cannot be kept, for its bytes are pointers into an application, is CKR_TEMPLATE_INCONSISTENT. */
export function packTemplateValue({ value, nested }: TemplateEntry, depth = 1): Uint8Array {
  ensure(nested !== undefined || value === null || value.length === 0, 'TEMPLATE_INCONSISTENT', 'an array attribute came as bytes');
  return packTemplate(nested ?? [], depth);
}

function packValue(entry: TemplateEntry, depth: number): Uint8Array {
  ensure(entry.nullLength === undefined, 'ATTRIBUTE_VALUE_INVALID', 'a value within a template has a length and no place');
  if (isTemplateAttribute(entry.type)) return packTemplateValue(entry, depth + 1);
  const bytes = entry.value ?? EMPTY;
  ensure(
    isWellFormed(valueTypes().get(entry.type) ?? 'bytes', bytes),
    'ATTRIBUTE_VALUE_INVALID',
    'a value within a template is not of its type',
  );
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
