// Attributes whose value is a template, an array of CK_ATTRIBUTE: pointers and all, so that it crosses entry by entry.
// CKF_ARRAY_ATTRIBUTE does not tell them: CKA_ALLOWED_MECHANISMS has the bit and is an array of numbers, v3.2's own two lack it.

import { CKA } from './constants.ts';

export const templateAttributes: readonly number[] = [
  CKA.WRAP_TEMPLATE,
  CKA.UNWRAP_TEMPLATE,
  CKA.DERIVE_TEMPLATE,
  CKA.ENCAPSULATE_TEMPLATE,
  CKA.DECAPSULATE_TEMPLATE,
];

const known: ReadonlySet<number> = new Set(templateAttributes);
export const isTemplateAttribute = (type: number): boolean => known.has(type);
