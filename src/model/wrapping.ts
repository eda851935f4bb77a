// What a key's own attributes say of keys that leave or arrive under it: may it wrap that key, and what is an arriving key to be.

import { CKA, CKO } from '../protocol/constants.ts';
import type { Attributes, Template } from './attribute.ts';
import { isTrue, ulongOf } from './attribute.ts';
import { ensure } from './error.ts';
import { unpackTemplate } from './nested.ts';
import { matches } from './reading.ts';

/**
 * C_WrapKey, C_WrapKeyAuthenticated: whether `key` may leave under `wrapping`. CKA_WRAP itself and CKA_ALLOWED_MECHANISMS are judged
 * where every other use of a key is.
 */
export function checkWrapped(wrapping: Attributes, key: Attributes): void {
  const keyClass = ulongOf(key, CKA.CLASS);
  ensure(keyClass === CKO.SECRET_KEY || keyClass === CKO.PRIVATE_KEY, 'KEY_NOT_WRAPPABLE', 'only secret and private keys are wrapped');
  ensure(isTrue(key, CKA.EXTRACTABLE), 'KEY_UNEXTRACTABLE', 'the key is not extractable');
  const trusted = !isTrue(key, CKA.WRAP_WITH_TRUSTED) || isTrue(wrapping, CKA.TRUSTED);
  ensure(trusted, 'KEY_NOT_WRAPPABLE', 'the key leaves under a trusted key only');
  ensure(satisfies(wrapping, CKA.WRAP_TEMPLATE, key), 'KEY_HANDLE_INVALID', 'the key is none of those that this one may wrap');
}

/** C_EncapsulateKey: whether the key as it was made is one that this public key may make. */
export const checkEncapsulated = (publicKey: Attributes, key: Attributes): void =>
  ensure(satisfies(publicKey, CKA.ENCAPSULATE_TEMPLATE, key), 'KEY_HANDLE_INVALID', 'the key is none of those that this one may make');

/** "If all attributes match according to the C_FindObject rules": so a template that names a secret value matches nothing. */
function satisfies(holder: Attributes, type: number, key: Attributes): boolean {
  const asked = holder.get(type);
  return asked === undefined || matches(key, unpackTemplate(asked));
}

/** The attribute whose template is "added to attributes of the key" that comes by this function. */
const added = { unwrap: CKA.UNWRAP_TEMPLATE, decapsulate: CKA.DECAPSULATE_TEMPLATE, derive: CKA.DERIVE_TEMPLATE } as const;

/**
 * The application's template with the key's own behind it, as one: where both say the same it is as if said once, where they differ
 * the draft of it is CKR_TEMPLATE_INCONSISTENT. It gives nobody a right that he has not: CKA_TRUSTED stays the SO's to set.
 */
export function withTemplateOf(key: Attributes, way: keyof typeof added, template: Template): Template {
  const own = key.get(added[way]);
  return own === undefined ? template : [...template, ...unpackTemplate(own)];
}
