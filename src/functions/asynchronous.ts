// Asynchronous functions (§5.23): no session is asynchronous, so none of them has an operation to ask for.

import { ensure } from '../model/error.ts';
import { sessionOf } from '../token/context.ts';
import type { Handlers } from './handler.ts';

export const asynchronous: Pick<Handlers, 'C_AsyncComplete' | 'C_AsyncGetID' | 'C_AsyncJoin'> = {
  C_AsyncComplete: (context, { hSession }) => {
    sessionOf(context, hSession);
    ensure(false, 'OPERATION_NOT_INITIALIZED', 'no function works asynchronously');
  },

  C_AsyncGetID: (context, { hSession }) => {
    sessionOf(context, hSession);
    ensure(false, 'OPERATION_NOT_INITIALIZED', 'no function works asynchronously');
  },

  C_AsyncJoin: (context, { hSession }) => {
    sessionOf(context, hSession);
    ensure(false, 'SAVED_STATE_INVALID', 'no such asynchronous operation');
  },
};
