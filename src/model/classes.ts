// Every class of object, and what its kinds' rules come to. A new kind is a row here and a table in classes/.

import { CKA, CKC, CKO } from '../protocol/constants.ts';
import type { Attributes } from './attribute.ts';
import { ulongOf } from './attribute.ts';
import { certificateConstraints, x509 } from './classes/certificate.ts';
import { privateKeyConstraints, privateKeys } from './classes/private-key.ts';
import { publicKeys } from './classes/public-key.ts';
import { secretKeys } from './classes/secret-key.ts';
import { data } from './classes/storage.ts';
import { ensure } from './error.ts';
import type { Constraint, Rule, Rules, ValueType, Way } from './rules.ts';
import { note } from './rules.ts';

interface ObjectClass {
  /** The attribute that tells the kinds of this class apart; undefined where there is only one. */
  readonly subtype?: number;
  readonly kinds: ReadonlyMap<number | undefined, Rules>;
  readonly constraints?: readonly Constraint[];
}

const classes: ReadonlyMap<number, ObjectClass> = new Map<number, ObjectClass>([
  [CKO.DATA, { kinds: new Map([[undefined, data]]) }],
  [CKO.CERTIFICATE, { subtype: CKA.CERTIFICATE_TYPE, kinds: new Map([[CKC.X_509, x509]]), constraints: certificateConstraints }],
  [CKO.PUBLIC_KEY, { subtype: CKA.KEY_TYPE, kinds: publicKeys }],
  [CKO.PRIVATE_KEY, { subtype: CKA.KEY_TYPE, kinds: privateKeys, constraints: privateKeyConstraints }],
  [CKO.SECRET_KEY, { subtype: CKA.KEY_TYPE, kinds: secretKeys }],
]);

export const rulesOf = (objectClass: number, subtype?: number): Rules | undefined => classes.get(objectClass)?.kinds.get(subtype);

/** The attribute that tells the kinds of a class apart. */
export const subtypeOf = (objectClass: number): number | undefined => classes.get(objectClass)?.subtype;

export const isClass = (objectClass: number): boolean => classes.has(objectClass);

/** The rules of one kind, made ready: 10,000 objects a second are made by them. */
export interface Shape {
  readonly rules: ReadonlyMap<number, Rule>;
  readonly defaults: ReadonlyMap<number, Uint8Array>;
  readonly required: Readonly<Record<Way, readonly number[]>>;
  readonly essential: readonly number[];
  readonly computed: readonly (readonly [type: number, compute: (object: Attributes) => Uint8Array | undefined])[];
  readonly constraints: readonly Constraint[];
}

function shape(rules: Rules, constraints: readonly Constraint[]): Shape {
  const rows = Object.entries(rules).map(([type, rule]) => [Number(type), rule] as const);
  const noted = (mask: number): number[] => rows.filter(([, rule]) => rule.notes & mask).map(([type]) => type);
  return {
    rules: new Map(rows),
    defaults: new Map(rows.flatMap(([type, rule]) => (rule.default ? [[type, rule.default] as const] : []))),
    required: {
      create: noted(note.required.create),
      generate: noted(note.required.generate),
      unwrap: noted(note.required.unwrap),
      derive: noted(note.required.derive),
    },
    essential: noted(note.essential),
    computed: rows.flatMap(([type, rule]) => (rule.computed ? [[type, rule.computed] as const] : [])),
    constraints,
  };
}

const shapes = new Map(
  [...classes].map(([objectClass, { kinds, constraints = [] }]) => [
    objectClass,
    new Map([...kinds].map(([subtype, rules]) => [subtype, shape(rules, constraints)])),
  ]),
);

export const shapeFor = (objectClass: number, subtype?: number): Shape | undefined => shapes.get(objectClass)?.get(subtype);

/** The shape of an object that exists. */
export function shapeOf(object: Attributes): Shape {
  const objectClass = ulongOf(object, CKA.CLASS);
  const subtype = objectClass === undefined ? undefined : subtypeOf(objectClass);
  const found = objectClass === undefined ? undefined : shapeFor(objectClass, subtype === undefined ? undefined : ulongOf(object, subtype));
  ensure(found, 'GENERAL_ERROR', 'an object is of no kind that there is');
  return found;
}

const everyRule = [...shapes.values()].flatMap((kinds) => [...kinds.values()].flatMap(({ rules }) => [...rules]));

/** Attributes that some kind of object keeps to itself (footnote 7). */
export const secretTypes: ReadonlySet<number> = new Set(everyRule.filter(([, rule]) => rule.notes & note.secret).map(([type]) => type));

/** What type an attribute's value has, whatever the class: for templates within templates. */
export const valueTypes: ReadonlyMap<number, ValueType> = new Map(everyRule.map(([type, rule]) => [type, rule.type]));

/** §4.1.1, rule 1: the attributes that the standard describes; this library adds none. */
const { VENDOR_DEFINED: _, ...described } = CKA;
const attributeTypes: ReadonlySet<number> = new Set(Object.values(described));
export const isAttribute = (type: number): boolean => attributeTypes.has(type);
