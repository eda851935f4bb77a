// Searching (§5.7.7 to §5.7.9): what a session can view is found, each once, and nothing else.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CKA, CKO } from '../../src/protocol/constants.ts';
import { type Act, act, pick } from './act.ts';
import { numbers, numbersOf, template } from './caller.ts';
import { read } from './making.ts';
import { inSession } from './sessions.ts';
import { type Application, bool, type Rule, type SearchOperation, type Session, type Thing, ulong, type World } from './world.ts';

const anything: fc.Arbitrary<ReadonlyMap<number, Buffer>> = fc
  .record(
    {
      [CKA.CLASS]: fc.constantFrom(CKO.DATA, CKO.SECRET_KEY, CKO.PRIVATE_KEY).map(ulong),
      [CKA.TOKEN]: fc.boolean().map(bool),
      [CKA.PRIVATE]: fc.boolean().map(bool),
      [CKA.LABEL]: fc.constantFrom('a', 'b', '').map((label) => Buffer.from(label)),
    },
    { requiredKeys: [] },
  )
  .map((wanted) => new Map(Object.entries(wanted).map(([type, value]) => [Number(type), value])));

/** "An exact byte-for-byte match with all attributes in the template." */
const fits =
  (wanted: ReadonlyMap<number, Buffer>) =>
  ({ attributes }: Thing): boolean =>
    [...wanted].every(([type, value]) => attributes.get(type)?.equals(value));

const begin = (world: World, application: Application, choices: { session: number; wanted: ReadonlyMap<number, Buffer> }): Rule =>
  inSession(
    'C_FindObjectsInit',
    application,
    choices.session,
    (session) => ({
      faults: [session.search !== undefined && 'OPERATION_ACTIVE'],
      succeed: () => {
        const isMatch = fits(choices.wanted);
        const fitted = new Set([...world.objects].filter((thing) => isMatch(thing) && world.sees(application, thing)));
        session.search = { fits: isMatch, due: new Set(fitted), fitted, found: new Set(), disturbed: false };
      },
    }),
    [template(choices.wanted)],
  );

const isSearching = ({ search }: Session): boolean => search !== undefined;

/** Objects that are created or destroyed while a search goes on "may or may not be found". */
const judge = async (world: World, application: Application, session: number, search: SearchOperation, handle: number): Promise<void> => {
  assert(!search.found.has(handle), 'an object is found once');
  search.found.add(handle);
  if (world.builtIn.has(handle)) return;
  const known = application.handles.get(handle);
  const uniqueId = (await read(application, session, handle, CKA.UNIQUE_ID))?.toString();
  if (uniqueId === undefined) {
    assert(search.disturbed && !known, 'a handle that is found leads to an object');
    return;
  }
  const thing = [...world.objects].find((other) => other.uniqueId === uniqueId);
  assert(thing && world.sees(application, thing), 'the session can view what it finds');
  assert(known === undefined || known === thing, 'a handle stays that of its object');
  assert(search.fitted.has(thing) || search.fits(thing), 'what is found fits the template');
  search.due.delete(thing);
  world.hand(application, handle, thing);
};

const find = (world: World, application: Application, choices: { session: number; most: number }): Rule =>
  inSession(
    'C_FindObjects',
    application,
    choices.session,
    ({ search }, session) => ({
      faults: [search === undefined && 'OPERATION_NOT_INITIALIZED'],
      succeed: async ([output]) => {
        const handles = numbersOf(output);
        assert(handles.length <= choices.most);
        for (const handle of handles) await judge(world, application, session, search!, handle);
        if (handles.length === choices.most) return;
        for (const thing of search!.due) assert(!world.sees(application, thing), 'whatever fits is found');
      },
    }),
    [numbers(choices.most)],
    isSearching,
  );

export const searchActs: Record<string, Act> = {
  findInit: act(3, { session: pick(), wanted: anything }, begin),
  find: act(5, { session: pick(), most: fc.constantFrom(1, 2, 3, 1000) }, find),
  findFinal: act(1, { session: pick() }, (_, application, { session }) =>
    inSession(
      'C_FindObjectsFinal',
      application,
      session,
      (picked) => ({
        faults: [picked.search === undefined && 'OPERATION_NOT_INITIALIZED'],
        succeed: () => {
          picked.search = undefined;
        },
      }),
      [],
      isSearching,
    ),
  ),
};
