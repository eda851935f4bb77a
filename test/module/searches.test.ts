// What a search found first comes with C_FindObjectsInit's answer and is given out by the library (native/pkcs11/search.c). Nobody may
// be able to tell.
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKM, CKO, CKU } from '../../src/protocol/constants.ts';
import { call, read } from '../support/cryptoki.ts';
import { loadCryptoki } from '../support/functions.ts';
import { openSession, slotOf } from '../support/module.ts';
import { modulePath } from '../support/paths.ts';
import { sharedTest as test } from '../support/token.ts';

/** More than the library keeps at once. */
const MANY = 100;
/** More than the engine gives at a time, and more than it looks at. */
const THOUSANDS = 5000;

const label = (name: string) => [{ type: CKA.LABEL, value: name }];

const makeData = (module: PKCS11, session: Handle, name: string, count: number): Handle[] =>
  Array.from({ length: count }, (_, n) =>
    module.C_CreateObject(session, [{ type: CKA.CLASS, value: CKO.DATA }, ...label(name), { type: CKA.VALUE, value: Buffer.from([n]) }]),
  );

const numbers = (handles: readonly Handle[]): bigint[] => handles.map((handle) => handle.readBigUInt64LE()).sort((a, b) => Number(a - b));

/** Takes so many at a time, until there are no more. */
const takeAll = (module: PKCS11, session: Handle, most: number): Handle[] => {
  const found: Handle[] = [];
  for (;;) {
    const part = module.C_FindObjects(session, most);
    found.push(...part);
    if (part.length === 0) return found;
    expect(part.length).toBeLessThanOrEqual(most);
  }
};

describe('a search', () => {
  test('gives everything once, however many are taken at a time', ({ module, session }) => {
    const made = numbers(makeData(module, session, 'paged', MANY));
    for (const most of [1, 37, 38, 39, 64, 99, 100, 500]) {
      module.C_FindObjectsInit(session, label('paged'));
      expect(numbers(takeAll(module, session, most))).toEqual(made);
      expect(module.C_FindObjects(session, most)).toEqual([]);
      module.C_FindObjectsFinal(session);
    }
  });

  test('fills the room that it is given as long as there is something', ({ module, session }) => {
    makeData(module, session, 'filled', MANY);
    module.C_FindObjectsInit(session, label('filled'));
    expect([30, 30, 30, 30].map((most) => module.C_FindObjects(session, most).length)).toEqual([30, 30, 30, 10]);
    module.C_FindObjectsFinal(session);
  });

  test.for([0, 3, MANY])('is the session’s one search until it is ended: %i objects', (count, { module, session }) => {
    const name = `ended ${count}`;
    makeData(module, session, name, count);
    for (const taken of [0, 1, MANY]) {
      module.C_FindObjectsInit(session, label(name));
      if (taken > 0) module.C_FindObjects(session, taken);
      expect(() => module.C_FindObjectsInit(session, label(name))).toThrow('CKR_OPERATION_ACTIVE');
      module.C_FindObjectsFinal(session);
      expect(() => module.C_FindObjectsFinal(session)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
      expect(() => module.C_FindObjects(session, 1)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
    }
  });

  test('refused, is none', ({ module, session }) => {
    expect(() => module.C_FindObjectsInit(Buffer.from([255, 255, 0, 0, 0, 0, 0, 0]), [])).toThrow('CKR_SESSION_HANDLE_INVALID');
    expect(() => module.C_FindObjects(session, 1)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });

  test.for([3, MANY])('ends where it is cancelled, and with its session: %i objects', (count, { module, session, token }) => {
    const name = `cancelled ${count}`;
    makeData(module, session, name, count);
    const [find, end] = [() => module.C_FindObjects(session, 1), () => module.C_FindObjectsFinal(session)];
    module.C_FindObjectsInit(session, label(name));
    expect(call('C_SessionCancel', read(session), CKF.SIGN)).toBe('OK');
    expect(find()).toHaveLength(1);
    expect(call('C_SessionCancel', read(session), CKF.FIND_OBJECTS)).toBe('OK');
    expect(find).toThrow('CKR_OPERATION_NOT_INITIALIZED');
    const other = openSession(module, slotOf(module, token.label));
    module.C_FindObjectsInit(other, label(name));
    module.C_CloseSession(other);
    expect(() => module.C_FindObjects(other, 1)).toThrow('CKR_SESSION_HANDLE_INVALID');
    module.C_FindObjectsInit(session, label(name));
    module.C_CloseAllSessions(slotOf(module, token.label));
    expect(() => module.C_FindObjectsInit(session, label(name))).toThrow('CKR_SESSION_HANDLE_INVALID');
    expect(find).toThrow('CKR_SESSION_HANDLE_INVALID');
    expect(end).toThrow('CKR_SESSION_HANDLE_INVALID');
  });

  test('goes on whatever others change: what was found stays found, what is made later is not', ({ module, session, token }) => {
    const name = 'changing';
    const made = makeData(module, session, name, MANY);
    const other = openSession(module, slotOf(module, token.label));
    module.C_FindObjectsInit(session, label(name));
    const first = module.C_FindObjects(session, 5);
    makeData(module, other, name, 1);
    module.C_DestroyObject(other, made[0]!);
    const rest = takeAll(module, session, 10);
    expect(numbers([...first, ...rest])).toEqual(numbers(made));
    module.C_FindObjectsFinal(session);
    module.C_CloseSession(other);
  });

  test('for two classes at once finds nothing, in whatever order they are named', ({ module, session }) => {
    makeData(module, session, 'of one class', 1);
    const classes = [CKO.DATA, CKO.SECRET_KEY].map((value) => ({ type: CKA.CLASS, value }));
    for (const template of [classes, classes.toReversed()]) {
      module.C_FindObjectsInit(session, [...template, ...label('of one class')]);
      expect(module.C_FindObjects(session, 5)).toEqual([]);
      module.C_FindObjectsFinal(session);
    }
  });

  test('is every session’s own', ({ module, session, token }) => {
    const slot = slotOf(module, token.label);
    // More sessions than the library has places for searches.
    const sessions = Array.from({ length: 300 }, () => openSession(module, slot));
    const made = makeData(module, session, 'own', 50);
    for (const each of sessions) module.C_FindObjectsInit(each, label('own'));
    for (const each of sessions) expect(module.C_FindObjects(each, 20)).toHaveLength(20);
    for (const each of sessions) expect(() => module.C_FindObjectsInit(each, label('own'))).toThrow('CKR_OPERATION_ACTIVE');
    for (const each of sessions) expect(takeAll(module, each, 7)).toHaveLength(made.length - 20);
    for (const each of sessions) module.C_FindObjectsFinal(each);
    for (const each of sessions) module.C_CloseSession(each);
  });

  test.for([0, 3, MANY])('is cancelled by C_SetOperationState, where that does not fail: %i objects', (count, { module, session }) => {
    const [name, functions, of] = [`restored ${count}`, loadCryptoki(modulePath), read(session)];
    makeData(module, session, name, count);
    functions.C_DigestInit(of, { mechanism: CKM.SHA256 });
    const [state] = functions.C_GetOperationState(of);
    module.C_FindObjectsInit(session, label(name));
    expect(() => functions.C_SetOperationState(of, Buffer.alloc(64), 0, 0)).toThrow('CKR_SAVED_STATE_INVALID');
    expect(() => module.C_FindObjectsInit(session, label(name))).toThrow('CKR_OPERATION_ACTIVE');
    functions.C_SetOperationState(of, state, 0, 0);
    expect(() => module.C_FindObjects(session, 1)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
    expect(() => module.C_FindObjectsFinal(session)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  });

  test.for([3, MANY])('loses nothing where room for nothing is offered: %i objects', (count, { module, session }) => {
    const name = `no room ${count}`;
    const made = makeData(module, session, name, count);
    module.C_FindObjectsInit(session, label(name));
    expect(module.C_FindObjects(session, 0)).toEqual([]);
    const [one] = module.C_FindObjects(session, 1);
    expect(module.C_FindObjects(session, 0)).toEqual([]);
    expect(numbers([one!, ...takeAll(module, session, 50)])).toEqual(numbers(made));
    module.C_FindObjectsFinal(session);
  });

  test.for([3, MANY])('is nothing that the library knows of when it is initialised again: %i objects', (count, { module, session }) => {
    makeData(module, session, 'before', count);
    module.C_FindObjectsInit(session, label('before'));
    module.C_Finalize();
    expect(() => module.C_FindObjects(session, 1)).toThrow('CKR_CRYPTOKI_NOT_INITIALIZED');
    expect(() => module.C_FindObjectsFinal(session)).toThrow('CKR_CRYPTOKI_NOT_INITIALIZED');
    module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
    expect(() => module.C_FindObjects(session, 1)).toThrow('CKR_SESSION_HANDLE_INVALID');
  });

  test('of thousands gives them whole, in one call or in many, found by an index or each looked at', ({ module, session }) => {
    const made = numbers(makeData(module, session, 'thousands', THOUSANDS));
    const others = numbers(
      Array.from({ length: 3 }, () =>
        module.C_CreateObject(session, [
          { type: CKA.CLASS, value: CKO.DATA },
          { type: CKA.MODIFIABLE, value: false },
        ]),
      ),
    );
    const searched = (template: Template, most: number): bigint[] => {
      module.C_FindObjectsInit(session, template);
      const found: Handle[] = [];
      for (let part = module.C_FindObjects(session, most); ; part = module.C_FindObjects(session, most)) {
        found.push(...part);
        // An application may take it for the end when it gets fewer than it has room for.
        if (part.length < most) break;
      }
      module.C_FindObjectsFinal(session);
      return numbers(found);
    };
    const data = { type: CKA.CLASS, value: CKO.DATA };
    for (const most of [999, 2048, THOUSANDS, 100_000]) {
      expect(searched(label('thousands'), most)).toEqual(made);
      expect(searched([data], most)).toEqual([...made, ...others].sort((a, b) => Number(a - b)));
      expect(searched([data, { type: CKA.MODIFIABLE, value: true }], most)).toEqual(made);
      expect(searched([data, { type: CKA.MODIFIABLE, value: false }], most)).toEqual(others);
    }
  });

  test('finds no private object once its login has ended, however much of it is still to come', ({ module, session, token }) => {
    makeData(module, session, 'logged out', THOUSANDS);
    module.C_FindObjectsInit(session, label('logged out'));
    const first = module.C_FindObjects(session, 10);
    module.C_Logout(session);
    const rest = takeAll(module, session, 1000);
    expect(rest.length).toBeLessThan(THOUSANDS - 10);
    for (const handle of [...first, ...rest.slice(0, 10)])
      expect(() => module.C_GetAttributeValue(session, handle, [{ type: CKA.LABEL }])).toThrow('CKR_OBJECT_HANDLE_INVALID');
    module.C_FindObjectsFinal(session);
    module.C_Login(session, CKU.USER, token.pin);
  });
});
