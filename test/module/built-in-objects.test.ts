// The objects that a token has of itself, as an application meets them: who finds them, what they say, and that nobody changes them.
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKH, CKM, CKO, CKP, CKR, CKU } from '../../src/protocol/constants.ts';
import { startApplication } from '../support/application.ts';
import { stopEngine } from '../support/engine.ts';
import { createToken, load, openSession, slotOf, type Token } from '../support/module.ts';
import { refusal } from '../support/refusal.ts';
import { test as own, sharedTest } from '../support/token.ts';

const find = (module: PKCS11, session: Handle, template: Template): Handle[] => {
  module.C_FindObjectsInit(session, template);
  const found = module.C_FindObjects(session, 1000);
  module.C_FindObjectsFinal(session);
  return found;
};
const read = (module: PKCS11, session: Handle, object: Handle, ...types: number[]): Buffer[] =>
  module
    .C_GetAttributeValue(
      session,
      object,
      types.map((type) => ({ type })),
    )
    .map(({ value }) => value as Buffer);

const feature = (type: number): Template => [
  { type: CKA.CLASS, value: CKO.HW_FEATURE },
  { type: CKA.HW_FEATURE_TYPE, value: type },
];
const only = ([object, ...more]: Handle[]): Handle => {
  expect(object).toBeDefined();
  expect(more).toEqual([]);
  return object!;
};
const clockOf = (module: PKCS11, session: Handle) => only(find(module, session, feature(CKH.CLOCK)));
const counterOf = (module: PKCS11, session: Handle) => only(find(module, session, feature(CKH.MONOTONIC_COUNTER)));
const count = (module: PKCS11, session: Handle, counter = counterOf(module, session)): bigint =>
  read(module, session, counter, CKA.VALUE)[0]!.readBigUInt64BE();
const ulong = (bytes: Buffer): number => Number(bytes.readBigUInt64LE());
const profileIds = (module: PKCS11, session: Handle, found: Handle[]): number[] =>
  found.map((object) => ulong(read(module, session, object, CKA.PROFILE_ID)[0]!)).sort();

describe('a search', () => {
  sharedTest('finds hardware features and mechanisms for those only who name the class', ({ module, session }) => {
    const [clock, counter] = [clockOf(module, session), counterOf(module, session)];
    const everything = find(module, session, []);
    for (const object of [clock, counter]) expect(everything).not.toContainEqual(object);
    expect(find(module, session, [{ type: CKA.HW_FEATURE_TYPE, value: CKH.CLOCK }])).toEqual([]);
    expect(find(module, session, [{ type: CKA.MECHANISM_TYPE, value: CKM.SHA256 }])).toEqual([]);
    expect(find(module, session, [{ type: CKA.CLASS, value: CKO.HW_FEATURE }])).toEqual([clock, counter]);
  });

  sharedTest('for everything finds the profiles, since C_FindObjectsInit says so', ({ module, session }) => {
    const profiles = find(module, session, [{ type: CKA.CLASS, value: CKO.PROFILE }]);
    expect(find(module, session, [])).toEqual(profiles);
    expect(profileIds(module, session, profiles)).toContain(CKP.BASELINE_PROVIDER);
    const baseline: Template = [
      { type: CKA.CLASS, value: CKO.PROFILE },
      { type: CKA.PROFILE_ID, value: CKP.BASELINE_PROVIDER },
    ];
    expect(profileIds(module, session, find(module, session, baseline))).toEqual([CKP.BASELINE_PROVIDER]);
  });

  sharedTest('for what is stored finds none of them: they are no storage objects', ({ module, session }) => {
    for (const value of [true, false]) {
      expect(find(module, session, [{ type: CKA.TOKEN, value }])).toEqual([]);
      expect(find(module, session, [{ type: CKA.PRIVATE, value }])).toEqual([]);
    }
  });

  sharedTest('for validations finds none: nobody has validated this module', ({ module, session }) => {
    expect(find(module, session, [{ type: CKA.CLASS, value: CKO.VALIDATION }])).toEqual([]);
  });

  sharedTest('for a unique id finds at most one object', ({ module, session }) => {
    for (const objectClass of [CKO.HW_FEATURE, CKO.MECHANISM, CKO.PROFILE]) {
      for (const object of find(module, session, [{ type: CKA.CLASS, value: objectClass }])) {
        const [value] = read(module, session, object, CKA.UNIQUE_ID);
        const template = [
          { type: CKA.CLASS, value: objectClass },
          { type: CKA.UNIQUE_ID, value: value! },
        ];
        expect(find(module, session, template)).toEqual([object]);
      }
    }
  });
});

sharedTest('each mechanism that is offered has an object, and no other has', ({ token, module, session }) => {
  const objects = find(module, session, [{ type: CKA.CLASS, value: CKO.MECHANISM }]);
  const types = objects.map((object) => ulong(read(module, session, object, CKA.MECHANISM_TYPE)[0]!));
  const offered = module.C_GetMechanismList(slotOf(module, token.label));
  expect(types.toSorted((a, b) => a - b)).toEqual(offered.toSorted((a, b) => a - b));
});

sharedTest('they are the same objects in every session, logged in or not, and no number is a stored object’s', ({ token, module }) => {
  const everyOne = (session: Handle) =>
    [CKO.HW_FEATURE, CKO.MECHANISM, CKO.PROFILE].flatMap((value) => find(module, session, [{ type: CKA.CLASS, value }]));
  const session = openSession(module, slotOf(module, token.label));
  const before = everyOne(session);
  module.C_Login(session, CKU.USER, token.pin);
  expect(everyOne(session)).toEqual(before);
  expect(everyOne(module.C_OpenSession(slotOf(module, token.label), CKF.SERIAL_SESSION))).toEqual(before);
  const stored = module.C_CreateObject(session, [{ type: CKA.CLASS, value: CKO.DATA }]);
  for (const handle of before) {
    expect(handle).not.toEqual(stored);
    expect(handle.readBigUInt64LE()).toBeLessThan(2n ** 31n);
  }
});

sharedTest('the clock shows the time that C_GetTokenInfo tells', ({ token, module, session }) => {
  const clock = clockOf(module, session);
  const told = () => module.C_GetTokenInfo(slotOf(module, token.label)).utcTime;
  const before = told();
  const shown = read(module, session, clock, CKA.VALUE)[0]!.toString();
  expect(shown).toMatch(/^\d{14}00$/);
  expect([before, shown, told()].toSorted()).toEqual([before, shown, told()]);
});

describe('the monotonic counter', () => {
  sharedTest('increases each time its value is read, and not when only its length is asked', ({ module, session }) => {
    const counter = counterOf(module, session);
    const [first, second] = [count(module, session, counter), count(module, session, counter)];
    expect(second).toBeGreaterThan(first);
    expect(module.C_GetObjectSize(session, counter)).toBeGreaterThan(8);
    expect(read(module, session, counter, CKA.RESET_ON_INIT, CKA.HAS_RESET)).toEqual([Buffer.of(0), Buffer.of(0)]);
    expect(count(module, session, counter)).toBe(second + 1n);
  });

  sharedTest('is each token’s own', ({ module, session }) => {
    const first = count(module, session);
    const other = { label: 'another', soPin: '12345678', pin: '123456' };
    createToken(module, other);
    expect(count(module, openSession(module, slotOf(module, other.label)))).toBe(1n);
    expect(count(module, session)).toBe(first + 1n);
  });

  sharedTest('gives no value twice to two applications that read it at the same time', async ({ room, token, module, session }) => {
    const other = startApplication(room).module;
    await other.C_Initialize({ flags: CKF.OS_LOCKING_OK });
    const slot = slotOf(module, token.label);
    const its = await other.C_OpenSession(slot, CKF.SERIAL_SESSION);
    const counter = counterOf(module, session);
    const theirs = Array.from({ length: 50 }, () => other.C_GetAttributeValue(its, counter, [{ type: CKA.VALUE }]));
    const ours = Array.from({ length: 50 }, () => count(module, session, counter));
    const values = [
      ...ours,
      ...(await Promise.all(theirs)).map(([{ value } = { value: Buffer.alloc(0) }]) => Buffer.from(value as Buffer).readBigUInt64BE()),
    ];
    expect(new Set(values).size).toBe(100);
  });

  const again = (token: Token, work: (module: PKCS11, slot: Handle) => bigint): bigint => {
    const module = load();
    module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
    try {
      return work(module, slotOf(module, token.label));
    } finally {
      module.C_Finalize();
      module.close();
    }
  };
  const counted = (module: PKCS11, slot: Handle) => count(module, openSession(module, slot));

  own('goes on where it was after the engine was restarted, and after C_InitToken', async ({ home, token }) => {
    expect(again(token, counted)).toBe(1n);
    expect(await stopEngine(home)).toEqual([]);
    expect(again(token, counted)).toBe(2n);
    const fresh = again(token, (module, slot) => {
      module.C_InitToken(slot, token.soPin, token.label.padEnd(32));
      return counted(module, slotOf(module, token.label));
    });
    expect(fresh).toBe(3n);
  });
});

describe('nobody', () => {
  const each = (module: PKCS11, session: Handle): Handle[] => [
    clockOf(module, session),
    counterOf(module, session),
    ...find(module, session, [
      { type: CKA.CLASS, value: CKO.MECHANISM },
      { type: CKA.MECHANISM_TYPE, value: CKM.SHA256 },
    ]),
    ...find(module, session, [{ type: CKA.CLASS, value: CKO.PROFILE }]),
  ];

  sharedTest('changes, copies or destroys one, and the SO neither', ({ token, module }) => {
    const session = openSession(module, slotOf(module, token.label));
    for (const [user, pin] of [
      [CKU.USER, token.pin],
      [CKU.SO, token.soPin],
    ] as const) {
      module.C_Login(session, user, pin);
      for (const object of each(module, session)) {
        const value = [{ type: CKA.VALUE, value: Buffer.from('2026010100000000') }];
        expect(refusal(() => module.C_SetAttributeValue(session, object, value))).toBe(CKR.ACTION_PROHIBITED);
        expect(refusal(() => module.C_CopyObject(session, object, []))).toBe(CKR.ACTION_PROHIBITED);
        expect(refusal(() => module.C_DestroyObject(session, object))).toBe(CKR.ACTION_PROHIBITED);
      }
      module.C_Logout(session);
    }
    expect(each(module, session)).toHaveLength(8);
  });

  sharedTest('makes one', ({ module, session }) => {
    for (const template of [feature(CKH.CLOCK), [{ type: CKA.CLASS, value: CKO.MECHANISM }], [{ type: CKA.CLASS, value: CKO.PROFILE }]])
      expect(() => module.C_CreateObject(session, template)).toThrow('CKR_TEMPLATE_INCONSISTENT');
  });

  sharedTest('uses one as a key', ({ module, session }) => {
    for (const object of each(module, session)) {
      expect(() => module.C_SignInit(session, { mechanism: CKM.SHA256_HMAC }, object)).toThrow('CKR_KEY_HANDLE_INVALID');
      expect(() => module.C_EncryptInit(session, { mechanism: CKM.RSA_PKCS }, object)).toThrow('CKR_KEY_HANDLE_INVALID');
    }
  });
});
