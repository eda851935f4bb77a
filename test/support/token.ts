// The tests' `test`: a room, a token in it, the module in this process, and a session of the token's user.
import type { Handle, PKCS11 } from 'pkcs11js';
import { CKF } from '../../src/protocol/constants.ts';
import { createToken, freshToken, load, logIn, type Token, visit } from './module.ts';
import { test as withRoom } from './room.ts';

/** `token`: with both PINs. `module`: initialised beside it until the test ends. `session`: the token's user, logged in. */
export const test = withRoom
  .extend('token', ({ room: _room }): Token => {
    visit((module) => createToken(module, freshToken));
    return freshToken;
  })
  .extend('module', ({ token: _token }, { onCleanup }): PKCS11 => {
    const module = load();
    module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
    onCleanup(() => {
      module.C_Finalize();
      module.close();
    });
    return module;
  })
  .extend('session', ({ token, module }): Handle => logIn(module, token));
