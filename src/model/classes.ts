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

/** Made when first asked for: an application waits in C_Initialize while this file is loaded, and uses a few kinds. */
const shapes = new Map<Kind, Shape>();

export function shapeFor(objectClass: number, subtype?: number): Shape | undefined {
  const found = classes.get(objectClass);
  const kind = found?.kinds.get(subtype);
  if (kind === undefined) return undefined;
  let made = shapes.get(kind);
  if (made === undefined) {
    made = shape(kind, found?.constraints ?? []);
    shapes.set(kind, made);
  }
  return made;
}

/** The shape of an object that exists. */
export function shapeOf(object: Attributes): Shape {
  const objectClass = ulongOf(object, CKA.CLASS);
  const subtype = objectClass === undefined ? undefined : subtypeOf(objectClass);
  const found = objectClass === undefined ? undefined : shapeFor(objectClass, subtype === undefined ? undefined : ulongOf(object, subtype));
  ensure(found, 'GENERAL_ERROR', 'an object is of no kind that there is');
  return found;
}

interface Overall {
  readonly secret: ReadonlySet<number>;
  readonly normalisers: ReadonlyMap<number, ReadonlySet<(value: Uint8Array) => Uint8Array>>;
  readonly types: ReadonlyMap<number, ValueType>;
}

function overall(): Overall {
  const secret = new Set<number>();
  const normalisers = new Map<number, Set<(value: Uint8Array) => Uint8Array>>();
  const types = new Map<number, ValueType>();
  for (const { rules } of [...classes.values()].flatMap(({ kinds }) => [...kinds.values()])) {
    for (const [name, { type, notes, normalise }] of Object.entries(rules)) {
      const attribute = Number(name);
      types.set(attribute, type);
      if (notes & note.secret) secret.add(attribute);
      if (normalise !== undefined) normalisers.set(attribute, (normalisers.get(attribute) ?? new Set()).add(normalise));
    }
  }
  return { secret, normalisers, types };
}

let known: Overall | undefined;
/** What the rules of all kinds say of an attribute, whatever the kind. Made when first asked for, as shapes are. */
const whateverKind = (): Overall => (known ??= overall());

/** Attributes that some kind of object keeps to itself (footnote 7). */
export const secretTypes = (): ReadonlySet<number> => whateverKind().secret;

/** The ways in which a value of an attribute is brought to the standard's spelling, whatever the kind of object. */
export const normalisers = (): Overall['normalisers'] => whateverKind().normalisers;

/** What type an attribute's value has, whatever the class: for templates within templates. */
export const valueTypes = (): ReadonlyMap<number, ValueType> => whateverKind().types;

/** §4.1.1, rule 1: the attributes that the standard describes; this library adds none. */
const { VENDOR_DEFINED: _, ...described } = CKA;
const attributeTypes: ReadonlySet<number> = new Set(Object.values(described));
export const isAttribute = (type: number): boolean => attributeTypes.has(type);
