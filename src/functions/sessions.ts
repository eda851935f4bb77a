// Session management (§5.6).

import { ensure } from '../model/error.ts';
import { CKF, CKU } from '../protocol/constants.ts';
import { LOGIN } from '../token/board.ts';
import type { Context } from '../token/context.ts';
import { sessionOf } from '../token/context.ts';
import type { Session } from '../token/session.ts';
import type { Handlers } from './handler.ts';
import { awaitingLogin } from './key.ts';

const has = (flags: number, flag: number): boolean => Math.floor(flags / flag) % 2 === 1;

export const sessions: Pick<
  Handlers,
  'C_OpenSession' | 'C_CloseSession' | 'C_CloseAllSessions' | 'C_GetSessionInfo' | 'C_Login' | 'C_Logout' | 'C_SessionCancel'
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
    if (session.hasObjects || loggedOut) return closed(context, session, loggedOut);
    return undefined;
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

  C_Login: async (context, { hSession, userType, pPin }) => {
    const session = sessionOf(context, hSession);
    ensure(userType === CKU.USER || userType === CKU.SO || userType === CKU.CONTEXT_SPECIFIC, 'USER_TYPE_INVALID', 'no such type of user');
    ensure(pPin !== null, 'ARGUMENTS_BAD', 'a PIN is needed: there is no protected authentication path');
    if (userType === CKU.CONTEXT_SPECIFIC) return contextLogin(context, session, pPin.slice());
    await context.supervisor.login(context.application.id, session.slot, userType === CKU.SO ? LOGIN.SO : LOGIN.USER, pPin.slice());
    return undefined;
  },

  C_Logout: async (context, { hSession }) => {
    const { slot } = sessionOf(context, hSession);
    ensure(context.application.board.logOut(slot), 'USER_NOT_LOGGED_IN', 'nobody is logged in');
    await loggedOut(context, slot);
    return undefined;
  },

  C_SessionCancel: (context, { hSession, flags }) => {
    const session = sessionOf(context, hSession);
    for (const [flag, operation] of CANCELLED) if (has(flags, flag)) session.operations.end(operation);
    return undefined;
  },
};

const CANCELLED = [
  [CKF.ENCRYPT, 'encrypt'],
  [CKF.DECRYPT, 'decrypt'],
  [CKF.DIGEST, 'digest'],
  [CKF.SIGN, 'sign'],
  [CKF.VERIFY, 'verify'],
  [CKF.FIND_OBJECTS, 'find'],
] as const;

/** For the one use of a key that wants a login each time (CKA_ALWAYS_AUTHENTICATE). */
async function contextLogin(context: Context, session: Session, pin: Uint8Array): Promise<undefined> {
  const waiting = awaitingLogin(session);
  ensure(waiting.length > 0, 'OPERATION_NOT_INITIALIZED', 'no operation waits for a context-specific login');
  await context.supervisor.authenticate(session.slot, pin);
  for (const keyed of waiting) keyed.awaitsLogin = false;
  return undefined;
}

/** Its session objects go with a session, and with the last one the login (§5.6.2). */
async function closed(context: Context, session: Session, endedLogin: boolean): Promise<undefined> {
  if (session.hasObjects) await context.supervisor.forget(context.application.id, session.slot, { session: session.handle });
  if (endedLogin) await loggedOut(context, session.slot);
  return undefined;
}

/** Private session objects do not outlive the login (C_Logout). */
async function loggedOut({ supervisor, application }: Context, slot: number): Promise<void> {
  await supervisor.forget(application.id, slot, { private: true });
  await supervisor.loggedOut(application.id, slot);
}
