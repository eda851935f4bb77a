// Attributes that the token computes: contributed where they are missing, checked where the application gave them.

import { ensure } from '../model/error.ts';

/** An object's attributes while it is being made. */
export type Draft = Map<number, Uint8Array>;

/** Given values must be the ones computed (v3.2 §4.8, §4.9, §4.10: CKR_ATTRIBUTE_VALUE_INVALID); an empty one is as good as none. */
export function contribute(draft: Draft, type: number, value: Uint8Array): void {
  const theirs = draft.get(type);
  if (theirs === undefined || theirs.length === 0) draft.set(type, value);
  else ensure(Buffer.compare(theirs, value) === 0, 'ATTRIBUTE_VALUE_INVALID', 'an attribute does not belong to the key it was given with');
}

/** @throws CKR_TEMPLATE_INCOMPLETE */
export function drafted(draft: Draft, type: number): Uint8Array {
  const value = draft.get(type);
  ensure(value !== undefined, 'TEMPLATE_INCOMPLETE', 'the key lacks an attribute that its type needs');
  return value;
}
