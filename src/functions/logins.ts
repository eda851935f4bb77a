// Logging in and out (§5.6).

import { ensure } from '../model/error.ts';
import { CKU } from '../protocol/constants.ts';
import { LOGIN } from '../token/board.ts';
import { type Context, sessionOf } from '../token/context.ts';
import type { Session } from '../token/session.ts';
import type { Handlers } from './handler.ts';
import { awaitingLogin } from './key.ts';

export const logins: Pick<Handlers, 'C_Login' | 'C_LoginUser' | 'C_Logout'> = {
  C_Login: (context, { hSession, userType, pPin }) => login(context, hSession, userType, pPin),

  // Users have no names here: the one of a type is meant.
  C_LoginUser: (context, { hSession, userType, pPin, pUsername }) => {
    sessionOf(context, hSession);
    ensure(pUsername === null || pUsername.length === 0, 'USER_TYPE_INVALID', 'no user of that type has a name');
    return login(context, hSession, userType, pPin);
  },

  C_Logout: async (context, { hSession }) => {
    const { slot } = sessionOf(context, hSession);
    ensure(context.application.board.logOut(slot), 'USER_NOT_LOGGED_IN', 'nobody is logged in');
    await context.supervisor.loggedOut(context.application.id, slot);
    return undefined;
  },
};

async function login(context: Context, hSession: number, userType: number, pPin: Uint8Array | null): Promise<undefined> {
  const session = sessionOf(context, hSession);
  ensure(userType === CKU.USER || userType === CKU.SO || userType === CKU.CONTEXT_SPECIFIC, 'USER_TYPE_INVALID', 'no such type of user');
  ensure(pPin !== null, 'ARGUMENTS_BAD', 'a PIN is needed: there is no protected authentication path');
  if (userType === CKU.CONTEXT_SPECIFIC) return contextLogin(context, session, pPin.slice());
  await context.supervisor.login(context.application.id, session.slot, userType === CKU.SO ? LOGIN.SO : LOGIN.USER, pPin.slice());
  return undefined;
}

/** For the one use of a key that wants a login each time (CKA_ALWAYS_AUTHENTICATE). */
async function contextLogin(context: Context, session: Session, pin: Uint8Array): Promise<undefined> {
  const waiting = awaitingLogin(session);
  ensure(waiting.length > 0, 'OPERATION_NOT_INITIALIZED', 'no operation waits for a context-specific login');
  await context.supervisor.authenticate(session.slot, pin);
  for (const keyed of waiting) keyed.awaitsLogin = false;
  return undefined;
}
