// Session management (§5.6).

import { ensure } from '../model/error.ts';
import { CKF } from '../protocol/constants.ts';
import { operationBit, operations } from '../protocol/operations.ts';
import { type Context, sessionOf } from '../token/context.ts';
import type { Handlers } from './handler.ts';

const has = (flags: bigint, flag: number): boolean => (flags & BigInt(flag)) !== 0n;

export const sessions: Pick<
  Handlers,
  'C_OpenSession' | 'C_CloseSession' | 'C_CloseAllSessions' | 'C_GetSessionInfo' | 'C_SessionCancel' | 'C_GetSessionValidationFlags'
> = {
  C_OpenSession: (context, { slotID, flags }) => {
    ensure(has(flags, CKF.SERIAL_SESSION), 'SESSION_PARALLEL_NOT_SUPPORTED', 'CKF_SERIAL_SESSION is not set');
    ensure(!has(flags, CKF.ASYNC_SESSION), 'SESSION_ASYNC_NOT_SUPPORTED', 'asynchronous sessions are not offered');
    context.tokens.initialized(slotID);
    const session = context.sessions.open(context.application, slotID, has(flags, CKF.RW_SESSION));
    return { phSession: session.handle };
  },

  C_CloseSession: (context, { hSession }) => {
    const session = sessionOf(context, hSession);
    const loggedOut = context.sessions.close(session);
    // Its session objects go with a session, and with the last one the login (§5.6.2).
    context.objects.own.closed(session);
    return loggedOut ? endLogin(context, session.slot) : undefined;
  },

  C_CloseAllSessions: async ({ tokens, application, supervisor }, { slotID }) => {
    tokens.get(slotID);
    const loggedOut = application.board.closeAll(slotID);
    await supervisor.closedAll(application.id, slotID);
    if (loggedOut) await supervisor.loggedOut(application.id, slotID);
    return undefined;
  },

  C_GetSessionInfo: (context, { hSession }) => {
    const { slot, state, flags } = sessionOf(context, hSession);
    return { pInfo: { slotID: slot, state, flags, ulDeviceError: 0 } };
  },

  C_SessionCancel: (context, { hSession, flags, failed }) => {
    const session = sessionOf(context, hSession);
    for (const [flag, operation] of CANCELLED) if (has(flags, flag)) session.operations.end(operation);
    for (const operation of operations) if (failed & operationBit(operation)) session.operations.fail(operation);
    return undefined;
  },

  // The token has no validation: there is none whose last check could have gone well (§4.16.3.1).
  C_GetSessionValidationFlags: (context, { hSession }) => {
    sessionOf(context, hSession);
    return { pFlags: 0 };
  },
};

const CANCELLED = [
  [CKF.ENCRYPT, 'encrypt'],
  [CKF.DECRYPT, 'decrypt'],
  [CKF.DIGEST, 'digest'],
  [CKF.SIGN, 'sign'],
  [CKF.SIGN_RECOVER, 'signRecover'],
  [CKF.VERIFY, 'verify'],
  [CKF.VERIFY, 'verifySignature'],
  [CKF.VERIFY_RECOVER, 'verifyRecover'],
  [CKF.MESSAGE_ENCRYPT, 'messageEncrypt'],
  [CKF.MESSAGE_DECRYPT, 'messageDecrypt'],
  [CKF.MESSAGE_SIGN, 'messageSign'],
  [CKF.MESSAGE_VERIFY, 'messageVerify'],
  [CKF.FIND_OBJECTS, 'find'],
] as const;

async function endLogin({ supervisor, application }: Context, slot: number): Promise<undefined> {
  await supervisor.loggedOut(application.id, slot);
  return undefined;
}
