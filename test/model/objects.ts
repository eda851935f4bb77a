// Objects that there are (§4.1.2, §4.1.3, §5.7): who sees, reads, changes, copies and destroys them.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CKA } from '../../src/protocol/constants.ts';
import { type Act, act, pick } from './act.ts';
import { type Argument, attributesOf, type CkrName, NUMBER_OUT, number, spaces, template } from './caller.ts';
import { accessFaults, register } from './making.ts';
import { inSession } from './sessions.ts';
import { type Application, bool, isTrue, keepsItsValue, pickThing, type Rule, type Session, type Thing, type World } from './world.ts';

/** A call about an object. One that the session does not see is not there for it. */
const withObject = (
  name: string,
  world: World,
  application: Application,
  choices: { session: number; object: number },
  rule: (thing: Thing, session: Session, handle: number) => Omit<Rule, 'name' | 'words'>,
  words: readonly Argument[] = [],
): Rule => {
  const { handle: object, thing } = pickThing(world, application, choices.object);
  return inSession(
    name,
    application,
    choices.session,
    (session, handle) => (thing ? rule(thing, session, handle) : { faults: ['OBJECT_HANDLE_INVALID'] }),
    [number(object), ...words],
  );
};

interface Change {
  readonly attribute: number;
  readonly value: Buffer;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.uniqueArray(
  fc.oneof(
    fc.record({ attribute: fc.constant<number>(CKA.LABEL), value: fc.constantFrom('a', 'b', 'c').map((label) => Buffer.from(label)) }),
    fc.record({
      attribute: fc.constantFrom<number>(
        CKA.SENSITIVE,
        CKA.EXTRACTABLE,
        CKA.TOKEN,
        CKA.PRIVATE,
        CKA.MODIFIABLE,
        CKA.DESTROYABLE,
        CKA.COPYABLE,
      ),
      value: fc.boolean().map(bool),
    }),
    fc.record({ attribute: fc.constant<number>(CKA.VALUE), value: fc.constant(Buffer.alloc(16, 7)) }),
  ),
  { selector: ({ attribute }) => attribute, minLength: 1, maxLength: 3 },
);

/** §4.1.2, §4.1.3: which attributes may get which value, by C_SetAttributeValue and in a copy. */
const mayBecome = (thing: Thing, { attribute, value }: Change, isCopy: boolean): boolean => {
  const old = thing.attributes.get(attribute)?.[0];
  switch (attribute) {
    case CKA.LABEL:
      return true;
    // Footnotes 11 and 12; "cannot be set to CK_TRUE once it is CK_FALSE" (CKA_COPYABLE).
    case CKA.SENSITIVE:
      return old === 0 || value[0] === 1;
    case CKA.EXTRACTABLE:
    case CKA.COPYABLE:
      return old === 1 || value[0] === 0;
    case CKA.TOKEN:
    case CKA.PRIVATE:
    case CKA.MODIFIABLE:
    case CKA.DESTROYABLE:
      return isCopy;
    default:
      return false;
  }
};

const has = (thing: Thing, { attribute }: Change): boolean => thing.attributes.has(attribute) || attribute === CKA.VALUE;
const changeFaults = (thing: Thing, wanted: readonly Change[], isCopy: boolean): CkrName[] =>
  wanted.flatMap((change) => {
    if (!has(thing, change)) return ['TEMPLATE_INCONSISTENT'];
    return mayBecome(thing, change, isCopy) ? [] : ['ATTRIBUTE_READ_ONLY'];
  });
const entries = (wanted: readonly Change[]): Argument => template(wanted.map(({ attribute, value }) => [attribute, value] as const));
const changed = (thing: Thing, wanted: readonly Change[]): Map<number, Buffer> =>
  new Map([...thing.attributes, ...wanted.map(({ attribute, value }) => [attribute, value] as const)]);

interface ChangeChoices {
  readonly session: number;
  readonly object: number;
  readonly wanted: readonly Change[];
}

const copy = (world: World, application: Application, choices: ChangeChoices): Rule =>
  withObject(
    'C_CopyObject',
    world,
    application,
    choices,
    (thing, session, handle) => {
      const attributes = changed(thing, choices.wanted);
      const becomesPublic = isTrue(thing, CKA.PRIVATE) && attributes.get(CKA.PRIVATE)![0] === 0;
      return {
        faults: [
          !isTrue(thing, CKA.COPYABLE) && 'ACTION_PROHIBITED',
          ...accessFaults(application, session, attributes),
          ...changeFaults(thing, choices.wanted, true),
          // Ours: the standard lets a token refuse some changes in copies.
          becomesPublic && 'TEMPLATE_INCONSISTENT',
        ],
        succeed: register(world, application, handle, attributes),
      };
    },
    [entries(choices.wanted), NUMBER_OUT],
  );

const set = (world: World, application: Application, choices: ChangeChoices): Rule =>
  withObject(
    'C_SetAttributeValue',
    world,
    application,
    choices,
    (thing, session) => ({
      faults: [
        !isTrue(thing, CKA.MODIFIABLE) && 'ACTION_PROHIBITED',
        ...accessFaults(application, session, thing.attributes),
        ...changeFaults(thing, choices.wanted, false),
      ],
      succeed: () => {
        for (const { attribute, value } of choices.wanted) thing.attributes.set(attribute, value);
        for (const { search } of world.applications.flatMap(({ sessions }) => [...sessions.values()])) {
          if (search && !search.fits(thing)) search.due.delete(thing);
        }
      },
    }),
    [entries(choices.wanted)],
  );

const READABLE = [
  ...[CKA.CLASS, CKA.TOKEN, CKA.PRIVATE, CKA.LABEL, CKA.MODIFIABLE, CKA.COPYABLE, CKA.DESTROYABLE, CKA.VALUE, CKA.KEY_TYPE],
  ...[CKA.SENSITIVE, CKA.EXTRACTABLE, CKA.ALWAYS_SENSITIVE, CKA.NEVER_EXTRACTABLE, CKA.LOCAL, CKA.MODULUS],
];
const ROOMS = { none: undefined, little: 0, enough: 64 } as const;
interface Wanted {
  readonly type: number;
  readonly room: keyof typeof ROOMS;
}
/** §5.7.5's five cases, one attribute at a time. */
const expected = (thing: Thing, { type, room }: Wanted): { fault?: CkrName; length: number; value?: Buffer } => {
  const value = thing.attributes.get(type);
  if (type === CKA.VALUE && keepsItsValue(thing)) return { fault: 'ATTRIBUTE_SENSITIVE', length: -1 };
  if (value === undefined) return { fault: 'ATTRIBUTE_TYPE_INVALID', length: -1 };
  if (room === 'little' && value.length > 0) return { fault: 'BUFFER_TOO_SMALL', length: -1 };
  return { length: value.length, ...(room === 'enough' && { value }) };
};

const get = (world: World, application: Application, choices: { session: number; object: number; wanted: readonly Wanted[] }): Rule =>
  withObject(
    'C_GetAttributeValue',
    world,
    application,
    choices,
    (thing) => {
      const answers = choices.wanted.map((wanted) => expected(thing, wanted));
      const check = ([output]: readonly string[]) =>
        attributesOf(output).forEach(({ type, length, value }, at) => {
          assert.equal(length, answers[at]!.length, `the length of attribute ${type}`);
          if (answers[at]!.value) assert.deepEqual(value, answers[at]!.value, `the value of attribute ${type}`);
        });
      return { faults: answers.map(({ fault }) => fault ?? false), succeed: check, fail: (_, outputs) => check(outputs) };
    },
    [spaces(choices.wanted.map(({ type, room }) => [type, ROOMS[room]] as const))],
  );

const found = { session: pick(), object: pick() };
const wantedAttribute = fc.record({
  type: fc.constantFrom(...READABLE),
  room: fc.constantFrom('none', 'little', 'enough', 'enough'),
}) as fc.Arbitrary<Wanted>;

export const objectActs: Record<string, Act> = {
  copy: act(4, { ...found, wanted: changes }, copy),
  set: act(4, { ...found, wanted: changes }, set),
  get: act(8, { ...found, wanted: fc.array(wantedAttribute, { minLength: 1, maxLength: 4 }) }, get),
  size: act(1, found, (world, application, choices) =>
    withObject('C_GetObjectSize', world, application, choices, () => ({ faults: [] }), [NUMBER_OUT]),
  ),
  destroy: act(3, found, (world, application, choices) =>
    withObject('C_DestroyObject', world, application, choices, (thing, session) => ({
      faults: [!isTrue(thing, CKA.DESTROYABLE) && 'ACTION_PROHIBITED', ...accessFaults(application, session, thing.attributes)],
      succeed: () => world.destroy((other) => other === thing),
    })),
  ),
};
