// Making objects (§4.1.1, §5.7.1, §5.18.1): what a template must say, who may have such an object, what the token adds.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { type Act, act, pick, rarely } from './act.ts';
import { attributesOf, type CkrName, mechanism, NUMBER_OUT, number, numbersOf, spaces, template } from './caller.ts';
import { inSession } from './sessions.ts';
import { type Application, bool, keepsItsValue, type Rule, type Session, ulong, type World } from './world.ts';

type Attributes = ReadonlyMap<number, Buffer>;

export const EC_PRIVATE = Buffer.from('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721', 'hex');
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
/** The values of objects that come from outside. */
export const VALUES = {
  aes: Buffer.alloc(16, 0x51),
  hmac: Buffer.alloc(20, 0x52),
  data: Buffer.from('some data'),
  ec: EC_PRIVATE,
} as const;

/** Of each kind, what its template must say, and what else is known of it then. */
const secretKey = (type: number): Attributes =>
  new Map([
    [CKA.CLASS, ulong(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulong(type)],
  ]);
const KINDS = {
  data: new Map([[CKA.CLASS, ulong(CKO.DATA)]]),
  aes: secretKey(CKK.AES),
  hmac: secretKey(CKK.GENERIC_SECRET),
  ec: new Map([
    [CKA.CLASS, ulong(CKO.PRIVATE_KEY)],
    [CKA.KEY_TYPE, ulong(CKK.EC)],
    [CKA.EC_PARAMS, P256],
  ]),
} as const satisfies Record<string, Attributes>;
type Kind = keyof typeof KINDS;

const USES: Record<Kind, readonly number[]> = {
  data: [],
  aes: [CKA.ENCRYPT, CKA.DECRYPT],
  hmac: [CKA.SIGN, CKA.VERIFY],
  ec: [CKA.SIGN],
};

interface Made {
  readonly kind: Kind;
  readonly token: boolean;
  readonly private: boolean;
  readonly modifiable: boolean;
  readonly copyable: boolean;
  readonly destroyable: boolean;
  readonly sensitive: boolean;
  readonly extractable: boolean;
  readonly uses: boolean;
  readonly asksEachTime: boolean;
  readonly label: string;
}

const made: { [K in keyof Made]: fc.Arbitrary<Made[K]> } = {
  kind: fc.constantFrom('data', 'aes', 'aes', 'hmac', 'hmac', 'ec'),
  token: fc.boolean(),
  private: fc.boolean(),
  modifiable: rarely(5).map((not) => !not),
  copyable: rarely(5).map((not) => !not),
  destroyable: rarely(8).map((not) => !not),
  sensitive: fc.boolean(),
  extractable: fc.boolean(),
  uses: rarely(6).map((not) => !not),
  asksEachTime: rarely(3),
  label: fc.constantFrom('a', 'b', ''),
};

const attributesToMake = (wanted: Made): Map<number, Buffer> => {
  const { kind } = wanted;
  const result = new Map(KINDS[kind] as Attributes)
    .set(CKA.TOKEN, bool(wanted.token))
    .set(CKA.PRIVATE, bool(wanted.private))
    .set(CKA.MODIFIABLE, bool(wanted.modifiable))
    .set(CKA.COPYABLE, bool(wanted.copyable))
    .set(CKA.DESTROYABLE, bool(wanted.destroyable))
    .set(CKA.LABEL, Buffer.from(wanted.label));
  if (kind === 'data') return result;
  result.set(CKA.SENSITIVE, bool(wanted.sensitive)).set(CKA.EXTRACTABLE, bool(wanted.extractable));
  for (const use of USES[kind]) result.set(use, bool(wanted.uses));
  if (kind === 'ec') result.set(CKA.ALWAYS_AUTHENTICATE, bool(wanted.asksEachTime));
  return result;
};

/** What the token alone knows of a key that came from outside, and of one that it made (§4.7, §4.10). */
const history = (attributes: Attributes, isLocal: boolean): [number, Buffer][] => [
  [CKA.LOCAL, bool(isLocal)],
  [CKA.ALWAYS_SENSITIVE, bool(isLocal && attributes.get(CKA.SENSITIVE)![0] === 1)],
  [CKA.NEVER_EXTRACTABLE, bool(isLocal && attributes.get(CKA.EXTRACTABLE)![0] === 0)],
];

/** Who may have such an object: token objects need a read-write session, private ones the user (§5.4, access rules of the user guide). */
export const accessFaults = ({ login }: Application, { readWrite }: Session, attributes: Attributes): (CkrName | false)[] => [
  attributes.get(CKA.TOKEN)![0] === 1 && !readWrite && 'SESSION_READ_ONLY',
  attributes.get(CKA.PRIVATE)![0] === 1 && login !== 'user' && 'USER_NOT_LOGGED_IN',
];

/** Each object's CKA_UNIQUE_ID is its own. */
export const register =
  (world: World, application: Application, session: number, attributes: Map<number, Buffer>) =>
  async ([output]: readonly string[]): Promise<void> => {
    const [handle] = numbersOf(output);
    assert(handle, 'a handle is not CK_INVALID_HANDLE');
    assert(!application.handles.has(handle), 'two objects have two handles');
    const uniqueId = (await read(application, session, handle, CKA.UNIQUE_ID))?.toString();
    assert(uniqueId, 'a new object can be read');
    for (const other of world.objects) assert.notEqual(uniqueId, other.uniqueId);
    const owner = attributes.get(CKA.TOKEN)![0] === 1 ? undefined : { application, session };
    const thing = { attributes, uniqueId, owner };
    world.add(application, handle, thing);
    // A generated key that may be read: from now on its value is known.
    if (!attributes.has(CKA.VALUE) && !keepsItsValue(thing))
      attributes.set(CKA.VALUE, (await read(application, session, handle, CKA.VALUE))!);
  };

/** An attribute; undefined where the handle leads nowhere. */
export const read = async ({ caller }: Application, session: number, handle: number, type: number): Promise<Buffer | undefined> => {
  const answer = await caller.call('C_GetAttributeValue', number(session), number(handle), spaces([[type, 64]]));
  if (answer.rv === 'OK') return attributesOf(answer.outputs[0])[0]!.value;
  assert.equal(answer.rv, 'OBJECT_HANDLE_INVALID');
  return undefined;
};

/** What can be wrong with a template (§4.1.1). */
const FLAWS: Record<string, { entry?: readonly [number, Buffer]; without?: number; fault: CkrName }> = {
  'an attribute that there is not': { entry: [0x7777, Buffer.of(1)], fault: 'ATTRIBUTE_TYPE_INVALID' },
  'an attribute that the token sets': { entry: [CKA.UNIQUE_ID, Buffer.from('mine')], fault: 'ATTRIBUTE_READ_ONLY' },
  'a boolean of two bytes': { entry: [CKA.DERIVE, Buffer.of(1, 0)], fault: 'ATTRIBUTE_VALUE_INVALID' },
  'no class': { without: CKA.CLASS, fault: 'TEMPLATE_INCOMPLETE' },
};

const create = (world: World, application: Application, choices: Made & { session: number; flaw: string }): Rule => {
  const attributes = attributesToMake(choices);
  attributes.set(CKA.VALUE, VALUES[choices.kind]);
  const flaw = choices.kind === 'data' ? undefined : FLAWS[choices.flaw];
  const asked = new Map([...attributes, ...(flaw?.entry ? [flaw.entry] : [])]);
  if (flaw?.without !== undefined) asked.delete(flaw.without);
  const needsLogin = choices.kind === 'ec' && choices.asksEachTime && !choices.private;
  return inSession(
    'C_CreateObject',
    application,
    choices.session,
    (session, handle) => {
      const all = new Map(attributes);
      if (choices.kind !== 'data') for (const [type, value] of history(attributes, false)) all.set(type, value);
      if (choices.kind === 'aes') all.set(CKA.VALUE_LEN, ulong(16));
      return {
        // "CKA_ALWAYS_AUTHENTICATE may only be CK_TRUE if CKA_PRIVATE is" (§4.9).
        faults: [...accessFaults(application, session, attributes), flaw?.fault ?? false, needsLogin && 'TEMPLATE_INCONSISTENT'],
        succeed: register(world, application, handle, all),
      };
    },
    [template(asked), NUMBER_OUT],
  );
};

const generate = (world: World, application: Application, choices: Made & { session: number }): Rule => {
  const attributes = attributesToMake({ ...choices, kind: 'aes' });
  attributes.set(CKA.VALUE_LEN, ulong(16));
  const asked = new Map(attributes);
  for (const implied of [CKA.CLASS, CKA.KEY_TYPE]) asked.delete(implied);
  return inSession(
    'C_GenerateKey',
    application,
    choices.session,
    (session, handle) => ({
      faults: accessFaults(application, session, attributes),
      succeed: register(world, application, handle, new Map([...attributes, ...history(attributes, true)])),
    }),
    [mechanism(CKM.AES_KEY_GEN), template(asked), NUMBER_OUT],
  );
};

/** What each application begins with: a public key of each kind that works, of its own. */
export const firstObjects = (world: World, application: Application): Rule[] =>
  (['aes', 'hmac', 'ec'] as const).map((kind, session) =>
    create(world, application, {
      ...{ kind, session, flaw: '', label: kind, asksEachTime: false },
      ...{
        token: false,
        private: false,
        modifiable: true,
        copyable: true,
        destroyable: true,
        sensitive: false,
        extractable: true,
        uses: true,
      },
    }),
  );

export const makingActs: Record<string, Act> = {
  create: act(8, { session: pick(), ...made, flaw: fc.constantFrom(...Array<string>(12).fill(''), ...Object.keys(FLAWS)) }, create),
  generate: act(2, { session: pick(), ...made }, generate),
};
