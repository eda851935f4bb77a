// How long a secret key is to be, as far as its template and its type say: for mechanisms that could make it of any length.

import { CKA } from '../protocol/constants.ts';
import { readUlong } from './attribute.ts';
import type { Draft } from './draft.ts';

/** Bytes; undefined where neither says: the mechanism's own length then, or CKR_TEMPLATE_INCOMPLETE where it has none. */
export function lengthAsked({ shape, given }: Draft): number | undefined {
  const stated = given.get(CKA.VALUE_LEN);
  if (stated !== undefined) return readUlong(stated);
  const lengths = shape.rules.get(CKA.VALUE)?.lengths;
  return lengths?.length === 1 ? lengths[0] : undefined;
}
