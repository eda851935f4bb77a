// The large stores of the benches are made without the library, and are what it would have made.
import { describe, expect, test, vi } from 'vitest';
import { LIBRARY } from '../../src/cli/library.ts';
import { gather } from '../../src/cli/speed/contestants.ts';
import { measure, USUAL } from '../../src/cli/speed/meter.ts';
import { CKA, CKO } from '../../src/protocol/constants.ts';
import { fill, idOf } from '../bench/fill.ts';
import { logIn, visit } from '../support/module.ts';

const OBJECTS = 301;

describe('a store that was filled', () => {
  test('has so many keys, each found by its CKA_ID, with a name of its own', async () => {
    await using contest = await gather({ modules: [LIBRARY], token: undefined });
    const [contestant] = contest.contestants;
    const home = contestant!.environment.STRONGROOM_HOME!;
    await fill(contestant!, OBJECTS, new AbortController().signal);

    // The meter ends with an error where it does not find one of them, and would make them if the last were missing.
    const what = { ...USUAL, operation: 'find', threads: 2, objects: OBJECTS };
    expect((await measure(contestant!, what, 0.3)).done).toBeGreaterThan(0);

    vi.stubEnv('STRONGROOM_HOME', home);
    visit((module) => {
      const session = logIn(module, { label: contestant!.label, pin: contestant!.pin, soPin: '' });
      const found = (template: { type: number; value: Buffer | number }[]) => {
        module.C_FindObjectsInit(session, template);
        const handles = module.C_FindObjects(session, 1000);
        module.C_FindObjectsFinal(session);
        return handles;
      };
      const all = found([{ type: CKA.CLASS, value: CKO.SECRET_KEY }]);
      expect(all).toHaveLength(OBJECTS);
      const names = all.map((handle) => module.C_GetAttributeValue(session, handle, [{ type: CKA.UNIQUE_ID }])[0]!.value.toString());
      expect(new Set(names).size).toBe(OBJECTS);
      for (const n of [1, 2, 150, OBJECTS]) {
        const [handle, ...others] = found([{ type: CKA.ID, value: Buffer.from(idOf(n)) }]);
        expect(others).toEqual([]);
        const [label, value] = module.C_GetAttributeValue(session, handle!, [{ type: CKA.LABEL }, { type: CKA.ALWAYS_SENSITIVE }]);
        expect(label!.value.toString()).toBe('strongroom speed');
        expect(value!.value).toEqual(Buffer.of(0));
      }
    });
  }, 120_000);
});
