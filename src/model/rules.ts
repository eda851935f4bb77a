// What a row of the standard's attribute tables says: the type of a value, its footnotes and its default.

import type { Attributes } from './attribute.ts';
import type { CkrName } from './error.ts';

export type ValueType = 'bool' | 'ulong' | 'text' | 'bytes' | 'date' | 'bigInteger' | 'ulongs' | 'template';

export interface Rule {
  readonly type: ValueType;
  /** The footnotes as a bit mask: bit n is footnote n. */
  readonly notes: number;
  readonly default?: Uint8Array;
  /** Bytes that a value may have, where the row says it. */
  readonly lengths?: readonly number[];
  /** What type and length do not tell of a valid value. */
  readonly valid?: (value: Uint8Array) => boolean;
  /** Where the standard has a code of its own for a value that is not valid. */
  readonly refusal?: CkrName;
  /** Other spellings that applications use, brought to the standard's. */
  readonly normalise?: (value: Uint8Array) => Uint8Array;
  /** The spelling of older versions of the standard, for applications that know no other. */
  readonly older?: (value: Uint8Array) => Uint8Array;
  /** Follows from other attributes; undefined where they are not there. */
  readonly computed?: (object: Attributes) => Uint8Array | undefined;
  /** The library finds this value itself: an application may give it, but must give the same (CKR_ATTRIBUTE_VALUE_INVALID). */
  readonly confirmed?: true;
  /** C_SetAttributeValue may take the value away, and nothing else (Secret key objects, CKA_CHECK_VALUE). */
  readonly erasable?: true;
  /** Footnote 4, and yet a template may say what the function contributes anyway (§4.1.1, rule 6): applications do. */
  readonly repeatable?: true;
  /** No attribute of the object: a template may state it, and what it states must be so. */
  readonly unkept?: true;
}

/** The rows of one kind of object, its class's and the storage object's among them. */
export type Rules = Readonly<Record<number, Rule>>;

/** What must hold between the attributes of one object. */
export interface Constraint {
  readonly says: string;
  readonly holds: (object: Attributes) => boolean;
  /** Instead of CKR_TEMPLATE_INCONSISTENT. */
  readonly refusal?: CkrName;
}

/** One kind of object: of one class, and of one type where its class has types. */
export interface Kind {
  readonly rules: Rules;
  readonly constraints?: readonly Constraint[];
}

/** A kind whose rules are made when they are first asked for: there are many kinds, and an application uses a few. */
export function lazily(make: () => Rules): Kind {
  let rules: Rules | undefined;
  return {
    get rules() {
      rules ??= make();
      return rules;
    },
  };
}

/** How an object comes to be. C_DecapsulateKey follows the rules of 'unwrap'. */
export type Way = 'create' | 'generate' | 'unwrap' | 'encapsulate' | 'derive';

const mask = (...notes: number[]): number => notes.reduce((bits, note) => bits | (1 << note), 0);

/** Beside the standard's thirteen: §4.1.3's four attributes that C_CopyObject may change and C_SetAttributeValue may not. */
export const ON_COPY = 14;

/** The footnotes by what they decide (PKCS#11 v3.2, "Common footnotes for object attribute tables"), as masks. */
export const note = {
  /** Must be in the template. The standard has no such footnote for C_DeriveKey. */
  required: { create: mask(1), generate: mask(3), unwrap: mask(5), encapsulate: mask(5), derive: 0 },
  /** Must not be in the template. A derived or encapsulated key's material, as an unwrapped one's, comes from elsewhere. */
  forbidden: { create: mask(2), generate: mask(4), unwrap: mask(6), encapsulate: mask(6), derive: mask(6) },
  /** Nothing of its class can be without it, however it came to be. */
  essential: mask(1),
  secret: mask(7),
  modifiable: mask(8),
  trueBySo: mask(10),
  staysTrue: mask(11),
  staysFalse: mask(12),
  onCopy: mask(ON_COPY),
} as const;

const attribute =
  (type: ValueType) =>
  (...notes: number[]): Rule => ({ type, notes: mask(...notes) });

export const bool = attribute('bool');
export const ulong = attribute('ulong');
export const text = attribute('text');
export const bytes = attribute('bytes');
export const date = attribute('date');
export const bigInteger = attribute('bigInteger');
export const ulongs = attribute('ulongs');
export const template = attribute('template');

/** The same rows with other defaults. */
export const withDefault = (rules: Rules, value: Uint8Array, ...types: number[]): Rules =>
  Object.fromEntries(types.map((type) => [type, { ...rules[type]!, default: value }]));
