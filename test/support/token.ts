// The tests' `test`: a room, a token in it, the module in this process, and a session of the token's user.
import type { Handle, PKCS11 } from 'pkcs11js';
import { CKF } from '../../src/protocol/constants.ts';
import { createToken, freshToken, load, logIn, type Token, visit } from './module.ts';
import { test as own, type Room, type Scope, sharedTest as shared } from './room.ts';

/** With both PINs. */
const makeToken = ({ room: _room }: { room: Room }): Token => {
  const token = freshToken();
  visit((module) => createToken(module, token));
  return token;
};

/** Initialised, beside the token, until the test ends. */
const openModule = ({ token: _token }: { token: Token }, { onCleanup }: Scope): PKCS11 => {
  const module = load();
  module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  onCleanup(() => {
    module.C_Finalize();
    module.close();
  });
  return module;
};

/** The token's user, logged in. */
const openUser = ({ token, module }: { token: Token; module: PKCS11 }): Handle => logIn(module, token);

export const test = own.extend('token', makeToken).extend('module', openModule).extend('session', openUser);

/** One engine for the whole file; each test has a token of its own in it. */
export const sharedTest = shared.extend('token', makeToken).extend('module', openModule).extend('session', openUser);
