// What the tables of all kinds come to: each kind's rules made ready, and what holds whatever the kind.

import { CKA } from '../protocol/constants.ts';
import type { Attributes } from './attribute.ts';
import { ulongOf } from './attribute.ts';
import { ensure } from './error.ts';
import { classes } from './kinds.ts';
import type { Constraint, Kind, Rule, Rules, ValueType, Way } from './rules.ts';
import { note } from './rules.ts';

export const rulesOf = (objectClass: number, subtype?: number): Rules | undefined => classes.get(objectClass)?.kinds.get(subtype)?.rules;

/** The attribute that tells the kinds of a class apart. */
export const subtypeOf = (objectClass: number): number | undefined => classes.get(objectClass)?.subtype;

/** Whether objects of this class can be made for an application. */
export const canBeMade = (objectClass: number): boolean => classes.has(objectClass) && !isBuiltIn(objectClass);

export const isBuiltIn = (objectClass: number): boolean => classes.get(objectClass)?.builtIn ?? false;

/** Whether a search whose template names no class passes objects of this class by. */
export const isUnasked = (objectClass: number): boolean => classes.get(objectClass)?.unasked ?? false;

/** The rules of one kind, made ready: 10,000 objects a second are made by them. */
export interface Shape {
  readonly rules: ReadonlyMap<number, Rule>;
  readonly defaults: ReadonlyMap<number, Uint8Array>;
  readonly required: Readonly<Record<Way, readonly number[]>>;
  readonly essential: readonly number[];
  readonly computed: readonly (readonly [type: number, compute: (object: Attributes) => Uint8Array | undefined])[];
  readonly constraints: readonly Constraint[];
}

function shape({ rules, constraints = [] }: Kind, ofClass: readonly Constraint[]): Shape {
  const rows = Object.entries(rules).map(([type, rule]) => [Number(type), rule] as const);
  const noted = (mask: number): number[] => rows.filter(([, rule]) => rule.notes & mask).map(([type]) => type);
  const { create, generate, unwrap, encapsulate, derive } = note.required;
  return {
    rules: new Map(rows),
    defaults: new Map(rows.flatMap(([type, rule]) => (rule.default ? [[type, rule.default] as const] : []))),
    required: {
      create: noted(create),
      generate: noted(generate),
      unwrap: noted(unwrap),
      encapsulate: noted(encapsulate),
      derive: noted(derive),
    },
    essential: noted(note.essential),
    computed: rows.flatMap(([type, rule]) => (rule.computed ? [[type, rule.computed] as const] : [])),
    constraints: [...ofClass, ...constraints],
  };
}

const shapes = new Map(
  [...classes].map(([objectClass, { kinds, constraints = [] }]) => [
    objectClass,
    new Map([...kinds].map(([subtype, kind]) => [subtype, shape(kind, constraints)])),
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

/** The ways in which a value of an attribute is brought to the standard's spelling, whatever the kind of object. */
export const normalisers: ReadonlyMap<number, readonly ((value: Uint8Array) => Uint8Array)[]> = new Map(
  [...Map.groupBy(everyRule, ([type]) => type)].flatMap(([type, rows]) => {
    const found = new Set(rows.flatMap(([, { normalise }]) => (normalise === undefined ? [] : [normalise])));
    return found.size === 0 ? [] : [[type, [...found]] as const];
  }),
);

/** What type an attribute's value has, whatever the class: for templates within templates. */
export const valueTypes: ReadonlyMap<number, ValueType> = new Map(everyRule.map(([type, rule]) => [type, rule.type]));

/** §4.1.1, rule 1: the attributes that the standard describes; this library adds none. */
const { VENDOR_DEFINED: _, ...described } = CKA;
const attributeTypes: ReadonlySet<number> = new Set(Object.values(described));
export const isAttribute = (type: number): boolean => attributeTypes.has(type);
