// What each function of the standard that makes, copies or changes objects does by the rules (§4.1, §5.7).

import { CKA, CKO } from '../protocol/constants.ts';
import type { Attributes, Template } from './attribute.ts';
import { FALSE, isTrue, ulongOf } from './attribute.ts';
import { checkConstraints, checkTypes, readTemplate } from './check.ts';
import { shapeOf } from './classes.ts';
import { draftObject, finishObject, NOTHING, named, newUniqueId } from './draft.ts';
import { ensure } from './error.ts';
import type { Circumstances } from './history.ts';
import type { Rule, Way } from './rules.ts';
import { note } from './rules.ts';

/** C_CreateObject. Values that take cryptography to find or to check (a check value, CRT parts) are the mechanisms' to add. */
export const createObject = (template: Template, circumstances: Circumstances = {}): Map<number, Uint8Array> =>
  finishObject(draftObject('create', template, NOTHING, circumstances), NOTHING);

/** C_GenerateKey, C_GenerateKeyPair (each key), C_UnwrapKey, C_EncapsulateKey, C_DecapsulateKey, C_DeriveKey. */
export const makeObject = (
  way: Exclude<Way, 'create'>,
  template: Template,
  implied: Attributes,
  made: Attributes,
  circumstances: Circumstances = {},
): Map<number, Uint8Array> => finishObject(draftObject(way, template, implied, circumstances), made);

/** C_CopyObject. */
export function copyObject(source: Attributes, template: Template, circumstances: Circumstances = {}): Map<number, Uint8Array> {
  ensure(isTrue(source, CKA.COPYABLE), 'ACTION_PROHIBITED', 'the object may not be copied');
  const open = isFrozen(source, circumstances) ? note.onCopy : note.modifiable | note.onCopy;
  const copy = rewritten(source, template, open, circumstances);
  // The standard leaves it to the token: what only the user may see does not become public by being copied.
  ensure(!isTrue(source, CKA.PRIVATE) || isTrue(copy, CKA.PRIVATE), 'TEMPLATE_INCONSISTENT', 'the copy of a private object is private');
  copy.set(CKA.UNIQUE_ID, newUniqueId());
  return copy;
}

/** C_SetAttributeValue: the object as it is afterwards. */
export function changeObject(source: Attributes, template: Template, circumstances: Circumstances = {}): Map<number, Uint8Array> {
  ensure(isTrue(source, CKA.MODIFIABLE), 'ACTION_PROHIBITED', 'the object may not be modified');
  ensure(!isFrozen(source, circumstances), 'ACTION_PROHIBITED', 'the certificate is trusted');
  return rewritten(source, template, note.modifiable, circumstances);
}

/** "Trusted certificates cannot be modified" (Certificate objects): only the SO, who gave the trust, may take it back. */
const isFrozen = (source: Attributes, { bySo }: Circumstances): boolean =>
  !bySo && ulongOf(source, CKA.CLASS) === CKO.CERTIFICATE && isTrue(source, CKA.TRUSTED);

function rewritten(source: Attributes, template: Template, open: number, { bySo = false }: Circumstances): Map<number, Uint8Array> {
  checkTypes(template);
  const shape = shapeOf(source);
  const { values, inconsistency } = readTemplate(shape, template);
  for (const [type, value] of values) {
    const rule = shape.rules.get(type)!;
    ensure(mayBecome(rule, source.get(type) ?? FALSE, value, open, bySo), 'ATTRIBUTE_READ_ONLY', `${named(type)} cannot be changed so`);
  }
  ensure(inconsistency === undefined, 'TEMPLATE_INCONSISTENT', inconsistency ?? '');
  const object = new Map([...source, ...values]);
  checkConstraints(shape, object, false);
  return object;
}

/** `open`: the footnotes that open an attribute to this function. Footnotes 11 and 12 alone open it too, until it has the value that stays. */
function mayBecome({ notes, erasable }: Rule, old: Uint8Array, value: Uint8Array, open: number, bySo: boolean): boolean {
  if (erasable) return value.length === 0;
  if (notes & note.staysTrue) return old[0] !== 1 || value[0] === 1;
  if (notes & note.staysFalse) return old[0] === 1 || value[0] !== 1;
  if (notes & note.trueBySo) return bySo;
  return (notes & open) !== 0;
}
