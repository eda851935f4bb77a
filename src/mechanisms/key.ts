// From an object's attributes to what an operation works with.

import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Attributes, Template } from '../model/attribute.ts';
import { readUlong } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA } from '../protocol/constants.ts';
import type { Key } from './mechanism.ts';

/** What `load` makes of the key's attributes: made when first asked for, and then as long as this worker caches the key. */
export function remembered<T>(key: Key, name: string, load: (attributes: Attributes, key: Key) => T): T {
  const known = key.memo.get(name);
  if (known !== undefined) return known as T;
  const loaded = load(key.attributes, key);
  key.memo.set(name, loaded);
  return loaded;
}

/** An attribute without which the key is not of the kind that the operation needs: a public key where a private one is asked for. */
export function attribute(attributes: Attributes, type: number): Uint8Array {
  const value = attributes.get(type);
  ensure(value !== undefined, 'KEY_TYPE_INCONSISTENT', 'the key lacks an attribute that the operation needs');
  return value;
}

const loadSecret = (attributes: Attributes): KeyObject => createSecretKey(attribute(attributes, CKA.VALUE));

/** A secret key's value, as node:crypto takes it. */
export const secret = (key: Key): KeyObject => remembered(key, 'secret', loadSecret);

/** A template's value, or undefined where it has none. */
export function given(template: Template, type: number): Uint8Array | undefined {
  const entry = template.find((each) => each.type === type);
  ensure(entry?.value !== null, 'ATTRIBUTE_VALUE_INVALID', 'an attribute of the template is NULL');
  return entry?.value;
}

/** @throws CKR_TEMPLATE_INCOMPLETE */
export function required(template: Template, type: number): Uint8Array {
  const value = given(template, type);
  ensure(value !== undefined, 'TEMPLATE_INCOMPLETE', 'the template lacks an attribute that the mechanism needs');
  return value;
}

export const requiredUlong = (template: Template, type: number): number => readUlong(required(template, type));
