// PINs: what is wrong, how often, what the token's flags say of it, and what locks.
import type { Handle, PKCS11 } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKF, CKU } from '../../src/protocol/constants.ts';
import { stopEngine } from '../support/engine.ts';
import { openSession, slotOf, type Token, visit } from '../support/module.ts';
import { sharedTest as test } from '../support/token.ts';

const TRIES = 10;

const names = {
  low: { [CKU.USER]: CKF.USER_PIN_COUNT_LOW, [CKU.SO]: CKF.SO_PIN_COUNT_LOW },
  final: { [CKU.USER]: CKF.USER_PIN_FINAL_TRY, [CKU.SO]: CKF.SO_PIN_FINAL_TRY },
  locked: { [CKU.USER]: CKF.USER_PIN_LOCKED, [CKU.SO]: CKF.SO_PIN_LOCKED },
};

type User = typeof CKU.USER | typeof CKU.SO;

/** What the token says of a user's tries. */
const state = (module: PKCS11, token: Token, user: User): string[] => {
  const { flags } = module.C_GetTokenInfo(slotOf(module, token.label));
  return Object.entries(names).flatMap(([name, flag]) => (flags & flag[user] ? [name] : []));
};

const tryWrong = (module: PKCS11, session: Handle, user: User, times: number): void => {
  for (let n = 0; n < times; n += 1) expect(() => module.C_Login(session, user, 'wrong pin')).toThrow('CKR_PIN_INCORRECT');
};

describe('a wrong user PIN', () => {
  test('is counted, and the right one ends the count', ({ token, module }) => {
    const session = openSession(module, slotOf(module, token.label));
    expect(state(module, token, CKU.USER)).toEqual([]);
    tryWrong(module, session, CKU.USER, 1);
    expect(state(module, token, CKU.USER)).toEqual(['low']);
    expect(state(module, token, CKU.SO)).toEqual([]);
    module.C_Login(session, CKU.USER, token.pin);
    expect(state(module, token, CKU.USER)).toEqual([]);
  });

  test('locks the PIN at the tenth time in a row, through a restart of the engine, until the SO sets another', async ({ room, token }) => {
    visit((module) => tryWrong(module, openSession(module, slotOf(module, token.label)), CKU.USER, TRIES - 1));
    expect(await stopEngine(room.home)).toEqual([]);
    visit((module) => {
      const session = openSession(module, slotOf(module, token.label));
      expect(state(module, token, CKU.USER)).toEqual(['low', 'final']);
      tryWrong(module, session, CKU.USER, 1);
      expect(state(module, token, CKU.USER)).toEqual(['low', 'locked']);
      expect(() => module.C_Login(session, CKU.USER, token.pin)).toThrow('CKR_PIN_LOCKED');

      module.C_Login(session, CKU.SO, token.soPin);
      module.C_InitPIN(session, 'another pin');
      module.C_Logout(session);
      module.C_Login(session, CKU.USER, 'another pin');
      expect(state(module, token, CKU.USER)).toEqual([]);
    });
  });
});

test('a wrong SO PIN locks at the tenth time, for good', ({ token, module }) => {
  const session = openSession(module, slotOf(module, token.label));
  tryWrong(module, session, CKU.SO, TRIES);
  expect(state(module, token, CKU.SO)).toEqual(['low', 'locked']);
  expect(() => module.C_Login(session, CKU.SO, token.soPin)).toThrow('CKR_PIN_LOCKED');
  module.C_CloseSession(session);
  expect(() => module.C_InitToken(slotOf(module, token.label), token.soPin, 'new'.padEnd(32))).toThrow('CKR_PIN_LOCKED');
});

describe('C_SetPIN', () => {
  test('takes the old PIN, and from then on only the new one is right', ({ token, module, session }) => {
    expect(() => module.C_SetPIN(session, 'wrong pin', 'new pin')).toThrow('CKR_PIN_INCORRECT');
    module.C_SetPIN(session, token.pin, 'new pin');
    module.C_Logout(session);
    expect(() => module.C_Login(session, CKU.USER, token.pin)).toThrow('CKR_PIN_INCORRECT');
    module.C_Login(session, CKU.USER, 'new pin');
  });

  test('refuses a PIN that is too short or too long, and the old one stays', ({ token, module, session }) => {
    for (const pin of ['123', 'x'.repeat(256)]) expect(() => module.C_SetPIN(session, token.pin, pin)).toThrow('CKR_PIN_LEN_RANGE');
    module.C_Logout(session);
    module.C_Login(session, CKU.USER, token.pin);
  });
});

test('a second login, the other user, and a logout that was none are told apart', ({ token, module, session }) => {
  expect(() => module.C_Login(session, CKU.USER, token.pin)).toThrow('CKR_USER_ALREADY_LOGGED_IN');
  expect(() => module.C_Login(session, CKU.SO, token.soPin)).toThrow('CKR_USER_ANOTHER_ALREADY_LOGGED_IN');
  module.C_Logout(session);
  expect(() => module.C_Logout(session)).toThrow('CKR_USER_NOT_LOGGED_IN');
  module.C_OpenSession(slotOf(module, token.label), CKF.SERIAL_SESSION);
  expect(() => module.C_Login(session, CKU.SO, token.soPin)).toThrow('CKR_SESSION_READ_ONLY_EXISTS');
});
