// What each function of the standard that makes, copies, changes, reads or finds objects does by the rules (§4.1, §5.7).

import { CKA } from '../protocol/constants.ts';
import type { Attributes, Template, TemplateEntry } from './attribute.ts';
import { EMPTY, FALSE, isTrue, sameBytes } from './attribute.ts';
import { checkConstraints, checkTypes, readTemplate } from './check.ts';
import { secretTypes, shapeOf } from './classes.ts';
import type { Circumstances } from './draft.ts';
import { draftObject, finishObject, NOTHING, named, newUniqueId, settle } from './draft.ts';
import { ensure } from './error.ts';
import { unpackTemplate } from './nested.ts';
import type { Rule, Way } from './rules.ts';
import { note } from './rules.ts';

/** C_CreateObject. What crypto can add to the object (a check value, the CRT parts) goes through `contribute`. */
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

/** Adds what follows from the object's own values; where the application gave such a value itself, it must be the same. */
export function contribute(object: Map<number, Uint8Array>, made: Attributes): void {
  const shape = shapeOf(object);
  for (const [type, value] of made) object.set(type, settle(shape, type, object.get(type), value));
}

/** C_CopyObject. */
export function copyObject(source: Attributes, template: Template, circumstances: Circumstances = {}): Map<number, Uint8Array> {
  ensure(isTrue(source, CKA.COPYABLE), 'ACTION_PROHIBITED', 'the object may not be copied');
  const copy = rewritten(source, template, note.modifiable | note.onCopy, circumstances);
  // The standard leaves it to the token: what only the user may see does not become public by being copied.
  ensure(!isTrue(source, CKA.PRIVATE) || isTrue(copy, CKA.PRIVATE), 'TEMPLATE_INCONSISTENT', 'the copy of a private object is private');
  copy.set(CKA.UNIQUE_ID, newUniqueId());
  return copy;
}

/** C_SetAttributeValue: the object as it is afterwards. */
export function changeObject(source: Attributes, template: Template, circumstances: Circumstances = {}): Map<number, Uint8Array> {
  ensure(isTrue(source, CKA.MODIFIABLE), 'ACTION_PROHIBITED', 'the object may not be modified');
  return rewritten(source, template, note.modifiable, circumstances);
}

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
  checkConstraints(shape, object);
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

/** Footnote 7. */
const keepsSecrets = (object: Attributes): boolean => isTrue(object, CKA.SENSITIVE) || object.get(CKA.EXTRACTABLE)?.[0] === 0;

function isSecret(object: Attributes, type: number): boolean {
  // Most attributes are nobody's secret: the object's own rules are looked up for the few that may be.
  if (!secretTypes.has(type) || !keepsSecrets(object)) return false;
  return ((shapeOf(object).rules.get(type)?.notes ?? 0) & note.secret) !== 0;
}

/** C_GetAttributeValue's cases 1 and 2, in its order: a secret is refused even where the object does not have it. */
export function readAttribute(object: Attributes, type: number): Uint8Array | 'sensitive' | 'invalid' {
  if (isSecret(object, type)) return 'sensitive';
  return object.get(type) ?? 'invalid';
}

/** C_FindObjects. A value that cannot be read cannot be guessed either: whether it would match is never told. */
export function matches(object: Attributes, template: Template): boolean {
  for (const entry of template) if (!hasValue(object, entry)) return false;
  return true;
}

function hasValue(object: Attributes, { type, value, nested }: TemplateEntry): boolean {
  const own = object.get(type);
  if (own === undefined || isSecret(object, type)) return false;
  return nested ? sameTemplate(unpackTemplate(own), nested) : sameBytes(own, value ?? EMPTY);
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
