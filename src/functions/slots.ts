// Slot and token management (§5.5).

import { flagsOf } from '../mechanisms/registry.ts';
import { ensure } from '../model/error.ts';
import { CK, CKF } from '../protocol/constants.ts';
import type { TokenRow } from '../store/store.ts';
import { LOGIN, SESSIONS } from '../token/board.ts';
import { utcTime } from '../token/clock.ts';
import { type Context, sessionOf } from '../token/context.ts';
import { checkPin, PIN_MAX, PIN_MIN, TRIES } from '../token/pin.ts';
import type { Handlers } from './handler.ts';
import { LIBRARY, VERSION } from './identity.ts';

const UNAVAILABLE = CK.UNAVAILABLE_INFORMATION;

export const slots: Pick<
  Handlers,
  | 'C_GetSlotList'
  | 'C_GetSlotInfo'
  | 'C_GetTokenInfo'
  | 'C_GetMechanismList'
  | 'C_GetMechanismInfo'
  | 'C_InitToken'
  | 'C_InitPIN'
  | 'C_SetPIN'
  | 'C_WaitForSlotEvent'
> = {
  // Every slot holds a token, initialised or not, so tokenPresent chooses nothing.
  C_GetSlotList: ({ tokens }) => ({ pSlotList: tokens.slots }),

  C_GetSlotInfo: ({ tokens }, { slotID }) => {
    const token = tokens.get(slotID);
    const description = token ? `Strongroom slot ${slotID}` : `Strongroom slot ${slotID} (free)`;
    const flags = CKF.TOKEN_PRESENT;
    return {
      pInfo: {
        slotDescription: description,
        manufacturerID: LIBRARY.manufacturer,
        flags,
        hardwareVersion: VERSION,
        firmwareVersion: VERSION,
      },
    };
  },

  C_GetTokenInfo: ({ tokens, application }, { slotID }) => {
    const token = tokens.get(slotID);
    const { sessions, rwSessions } = application.board.state(slotID);
    return {
      pInfo: {
        label: token ? Buffer.from(token.label).toString() : '',
        manufacturerID: LIBRARY.manufacturer,
        model: LIBRARY.model,
        serialNumber: token?.serial ?? '',
        flags: token ? tokenFlags(token) : CKF.RNG | CKF.LOGIN_REQUIRED,
        ulMaxSessionCount: SESSIONS,
        ulSessionCount: sessions,
        ulMaxRwSessionCount: SESSIONS,
        ulRwSessionCount: rwSessions,
        ulMaxPinLen: PIN_MAX,
        ulMinPinLen: PIN_MIN,
        ulTotalPublicMemory: UNAVAILABLE,
        ulFreePublicMemory: UNAVAILABLE,
        ulTotalPrivateMemory: UNAVAILABLE,
        ulFreePrivateMemory: UNAVAILABLE,
        hardwareVersion: VERSION,
        firmwareVersion: VERSION,
        utcTime: utcTime(),
      },
    };
  },

  C_GetMechanismList: ({ tokens, mechanisms }, { slotID }) => {
    tokens.get(slotID);
    return { pMechanismList: [...mechanisms.keys()] };
  },

  C_GetMechanismInfo: ({ tokens, mechanisms }, { slotID, type }) => {
    tokens.get(slotID);
    const mechanism = mechanisms.get(type);
    ensure(mechanism !== undefined, 'MECHANISM_INVALID', 'no such mechanism');
    const [ulMinKeySize, ulMaxKeySize] = mechanism.keySize;
    return { pInfo: { ulMinKeySize, ulMaxKeySize, flags: flagsOf(mechanism) } };
  },

  C_InitToken: async ({ tokens, supervisor }, { slotID, pPin, pLabel }) => {
    tokens.get(slotID);
    await supervisor.initToken(slotID, checkPin(pPin), pLabel.slice());
    return undefined;
  },

  C_InitPIN: async (context, { hSession, pPin }) => {
    const session = sessionOf(context, hSession);
    ensure(session.login === LOGIN.SO && session.readWrite, 'USER_NOT_LOGGED_IN', 'only the SO sets the user PIN');
    await context.supervisor.initPin(session.slot, checkPin(pPin));
    return undefined;
  },

  C_SetPIN: async (context, { hSession, pOldPin, pNewPin }) => {
    const session = sessionOf(context, hSession);
    ensure(session.readWrite, 'SESSION_READ_ONLY', 'a PIN is changed in a read-write session only');
    // Without a login, it is the user's PIN that is changed.
    const user = session.login === LOGIN.SO ? LOGIN.SO : LOGIN.USER;
    const old = (pOldPin ?? new Uint8Array()).slice();
    await context.supervisor.setPin(session.slot, user, old, checkPin(pNewPin));
    return undefined;
  },

  C_WaitForSlotEvent: (context, { flags }) => {
    const pSlot = context.application.board.takeEvent(context.board);
    if (pSlot !== undefined) return { pSlot };
    ensure((flags & BigInt(CKF.DONT_BLOCK)) === 0n, 'NO_EVENT', 'no slot event');
    return nextSlotEvent(context);
  },
};

/** Waits without holding the worker; C_Finalize lets the caller go, and this with it. */
async function nextSlotEvent({ application, board, events }: Context): Promise<{ pSlot: number }> {
  for (;;) {
    await events.next(application.id);
    const pSlot = application.board.takeEvent(board);
    if (pSlot !== undefined) return { pSlot };
  }
}

function tokenFlags(token: TokenRow): number {
  const tries = (wrong: number, low: number, final: number, locked: number) =>
    wrong === 0 ? 0 : wrong >= TRIES ? low | locked : wrong === TRIES - 1 ? low | final : low;
  return (
    CKF.RNG |
    CKF.LOGIN_REQUIRED |
    CKF.TOKEN_INITIALIZED |
    CKF.CLOCK_ON_TOKEN |
    CKF.DUAL_CRYPTO_OPERATIONS |
    CKF.RESTORE_KEY_NOT_NEEDED |
    (token.userPin ? CKF.USER_PIN_INITIALIZED : 0) |
    tries(token.userTries, CKF.USER_PIN_COUNT_LOW, CKF.USER_PIN_FINAL_TRY, CKF.USER_PIN_LOCKED) |
    tries(token.soTries, CKF.SO_PIN_COUNT_LOW, CKF.SO_PIN_FINAL_TRY, CKF.SO_PIN_LOCKED)
  );
}
